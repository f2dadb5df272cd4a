import { sql } from 'drizzle-orm';
import { rowsOf } from '../src/db/connection/client';
import { createWorld, hasClosed, type World } from '../test/support/world';
import { startDevServer } from './support/dev-server';
import { until } from './support/processes';
import { NAMESPACE, temporaryFolder } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

/** From here on Temporal warns; it ends a workflow at five times as much. */
const MOST_EVENTS = 10_240;
const MOST_MB = 10;

const DAY_MS = 86_400_000;
/** What a round itself may take, in real time. */
const ROUND_MS = 60_000;
const MB = 1_024 ** 2;
const ENDED_WITHIN_MS = 3_600_000;

/**
 * The server holds a run back for a second that continues another “too soon”, which it judges by two clocks, and then
 * skips all the time a second time that has been skipped before: it has a to-do there. Without skipped time neither happens.
 */
const NOT_HELD_BACK = ['--dynamic-config-value', 'history.workflowIdReuseMinimalInterval="0s"'];

/**
 * One user who goes round once a day, on a Temporal server as `npm start` runs it, but with its time skipped. Each round
 * fetches a number, sends it on, and goes on by it.
 */
async function run(rounds = 730): Promise<Row[]> {
  const folder = temporaryFolder();
  const server = await startDevServer(folder.path, NOT_HELD_BACK);
  const world = await createWorld({ address: server.address });
  try {
    const entryId = await world.enter(await publishRound(world, rounds));
    const handle = world.client.workflow.getHandle(entryId);
    await until('the workflow has closed', () => hasClosed(handle), { withinMs: ENDED_WITHIN_MS });
    return [...(await rowsOfEntry(world, entryId, rounds)), ...(await rowsOfHistory(world, entryId))];
  } finally {
    await world.close();
    await server.kill();
    folder.remove();
  }
}

async function publishRound({ receiver, webhook, journey }: World, rounds: number): Promise<number> {
  let fetched = 0;
  receiver.respondAt('/fetch', (_request, response) => {
    fetched += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ round: fetched }));
  });
  const retrieval = { dataRetrieval: true, liveDataFields: [{ path: 'round', type: 'number' }] };
  const fetching = await webhook({ endpoint: `${receiver.url}/fetch`, method: 'GET', ...retrieval });
  const sending = await webhook({
    endpoint: `${receiver.url}/send`,
    includeEmailAndWorkflowId: false,
    body: '{"round": {{liveData.round}}}',
  });
  return journey([
    { id: 'fetch', type: 'liveData', webhookId: fetching, name: 'count' },
    { id: 'send', type: 'webhook', webhookId: sending },
    {
      id: 'more',
      type: 'yesNoSplit',
      when: { field: 'liveData.round', is: 'lessThan', value: rounds },
      no: 'exit',
    },
    { id: 'day', type: 'delay', for: '1 day', next: 'fetch' },
  ]);
}

/** What the endpoints and the database have of each round. */
async function rowsOfEntry(
  { db, receiver, passage }: World,
  entryId: string,
  rounds: number,
): Promise<Row[]> {
  const { entry } = await passage(entryId);
  const sent = receiver.requests.filter(({ url }) => url === '/send').map((request) => request.text);
  const expected = Array.from({ length: rounds }, (_, index) => `{"round":${index + 1}}`);
  const [visits] = await rowsOf<{ wrong: number }>(
    db,
    sql`
    select count(*) filter (where visits <> ${rounds}::int or highest <> ${rounds}::int) as wrong
    from (
      select count(distinct visit) as visits, max(visit) as highest
      from deliveries where entry_id = ${entryId} group by tile_id
    ) tiles`,
  );
  const days = await rowsOf<{ ms: number }>(
    db,
    sql`
    select (extract(epoch from created_at - lag(created_at) over (order by visit)) * 1000)::float8 as ms
    from deliveries where entry_id = ${entryId} and tile_id = 'fetch' order by visit offset 1`,
  );
  const isDay = ({ ms }: { ms: number }) => ms >= DAY_MS && ms < DAY_MS + ROUND_MS;
  return [
    exactly('entries that completed', 1, entry.status === 'completed' ? 1 : 0),
    exactly('requests of the tile that sends on', rounds, sent.length),
    exactly(
      'of them, with another number than the round’s',
      0,
      expected.filter((text, index) => sent[index] !== text).length,
    ),
    exactly('tiles whose visits are not counted from 1 to the last round', 0, visits!.wrong),
    exactly('rounds that began a virtual day after the one before', rounds - 1, days.filter(isDay).length),
    reported(
      'virtual days from the first request to the last',
      Math.round(days.reduce((sum, { ms }) => sum + ms, 0) / DAY_MS),
    ),
  ];
}

/** Each run of the workflow continues the one before; a history only grows, so its end is its largest. */
async function rowsOfHistory({ client: { workflowService } }: World, entryId: string): Promise<Row[]> {
  const runs: { events: number; bytes: number }[] = [];
  let runId: string | undefined;
  do {
    const execution = { workflowId: entryId, runId };
    const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({
      namespace: NAMESPACE,
      execution,
    });
    const { historyLength, historySizeBytes } = workflowExecutionInfo!;
    runs.push({ events: Number(historyLength), bytes: Number(historySizeBytes) });
    const { history } = await workflowService.getWorkflowExecutionHistory({
      namespace: NAMESPACE,
      execution,
      maximumPageSize: 1,
    });
    const begun = history!.events![0]!.workflowExecutionStartedEventAttributes!;
    runId = begun.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return [
    reported('runs of the workflow', runs.length),
    atMost('events of the longest history', MOST_EVENTS, Math.max(...runs.map(({ events }) => events))),
    atMost(
      'MB of the largest history',
      MOST_MB,
      Number((Math.max(...runs.map(({ bytes }) => bytes)) / MB).toFixed(2)),
    ),
  ];
}

export default {
  summary: 'a journey that goes round every day for two years, in virtual time: its history (3 minutes)',
  needs: ['engine'],
  run,
} satisfies Benchmark;
