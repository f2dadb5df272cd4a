import { setTimeout as pause } from 'node:timers/promises';
import { connect, createClient } from '../src/temporal/connect';
import { WORKFLOW_TYPE } from '../src/workflows/messages';
import { untilHeld } from './support/drill';
import { type Endpoint, openEndpoint } from './support/endpoint';
import { until } from './support/processes';
import { type Program, startProgram } from './support/program';
import { NAMESPACE } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

/* How soon users go on whose request was under way when a process died; and that a frozen one is not taken for dead. */

const GOES_ON_WITHIN_S = 15;

const FROZEN_MS = 8_000;

/** Few, so that none of their requests has timed out when the freeze ends. */
const FROZEN_AT_ONCE = 20;

/** Only ends a drill in which a user stands still. */
const WITHIN_MS = 600_000;

type Kill = (program: Program) => Promise<void>;

const killProgram: Kill = (program) => program.killProcess();

/** The process first: otherwise it might restart its server in between. */
const killAll: Kill = async (program) => {
  await program.killProcess();
  await program.killTemporal();
};

/** Sends users to an endpoint that does not answer, until so many requests are under way. */
async function holdUsers({ api }: Program, endpoint: Endpoint, users: number) {
  endpoint.answerBy(() => ({ status: 200, held: true }));
  const accepted = await api.trigger(await api.publish({ endpoint: endpoint.url }), users);
  await untilHeld(endpoint.held, users);
  return { accepted, underWay: endpoint.held() };
}

const untilAllWentOn = ({ api }: Program) =>
  until('every user has gone on', async () => !(await api.isBusy()), { withinMs: WITHIN_MS });

/** Kills with requests under way, starts the program again, and waits until the last user has gone on. */
export async function drillKill(kill: Kill, users: number): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  try {
    const { accepted, underWay } = await holdUsers(program, endpoint, users);
    await kill(program);
    endpoint.answerBy(() => ({ status: 200 }));
    const began = performance.now();
    await program.restart();
    const running = performance.now();
    await untilAllWentOn(program);
    const ended = performance.now();
    const { completed } = await program.endWithLedger();
    return [
      reported('requests under way at the kill', underWay),
      exactly('users lost', 0, accepted - completed),
      atMost(
        'seconds from when the program runs again until the last user went on',
        GOES_ON_WITHIN_S,
        seconds(ended - running),
      ),
      reported('the same from its start', seconds(ended - began)),
    ];
  } finally {
    await program.close();
    await endpoint.close();
  }
}

/** Freezes the program with requests under way, which the endpoint answers meanwhile. */
export async function drillFreeze(users: number): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  try {
    const { accepted, underWay } = await holdUsers(program, endpoint, users);
    const { program: pid } = program.pids();
    process.kill(pid, 'SIGSTOP');
    await pause(FROZEN_MS);
    endpoint.release();
    process.kill(pid, 'SIGCONT');
    await untilAllWentOn(program);
    return [
      reported('requests under way at the freeze', underWay),
      exactly('requests that were sent again', 0, endpoint.requests() - accepted),
      exactly('deliveries that Temporal took for lost', 0, await countLosses(program)),
    ];
  } finally {
    await program.close();
    await endpoint.close();
  }
}

async function countLosses({ temporalAddress }: Program): Promise<number> {
  const connection = await connect({ address: temporalAddress });
  const { workflow } = createClient({ connection, namespace: NAMESPACE });
  let losses = 0;
  for await (const { workflowId } of workflow.list({ query: `WorkflowType = '${WORKFLOW_TYPE}'` })) {
    const { events } = await workflow.getHandle(workflowId).fetchHistory();
    losses += events!.filter((event) => event.activityTaskTimedOutEventAttributes).length;
  }
  await connection.close();
  return losses;
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

export async function run(users = 200): Promise<Row[]> {
  return [
    ...about('kill -9 of the program', await drillKill(killProgram, users)),
    ...about('kill -9 of program and Temporal server', await drillKill(killAll, users)),
    ...about('program frozen for 8 s', await drillFreeze(Math.min(users, FROZEN_AT_ONCE))),
  ];
}

const about = (drill: string, rows: Row[]) => rows.map((row) => ({ ...row, what: `${drill}: ${row.what}` }));

export default {
  summary: 'kill -9 with 200 requests under way: how soon the users go on; the program frozen for 8 s',
  run,
} satisfies Benchmark;
