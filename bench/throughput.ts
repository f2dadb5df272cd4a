import { Client, Connection } from '@temporalio/client';
import { type Bare, startBare } from './support/bare';
import { cpuMs } from './support/cpu';
import { type Endpoint, openEndpoint } from './support/endpoint';
import { until } from './support/processes';
import { type Program, startProgram } from './support/program';
import { NAMESPACE } from './support/settings';
import { type Benchmark, type Row, reported } from './support/table';

const REACH = 0.9;
const REACH_MS = 3.5;

/** Six hide a change of 0.05: on a machine with two processors each pair differs by more. */
const PAIRS = 20;

/** V8 compiles the embedded database while it runs: it takes hundreds of entries to reach full speed. */
const WARM_UP = 500;

const NOT_AVAILABLE = 'not available on this system';

/** One lap of one kind: its speed, and the CPU time of each workflow, in its own process and in Temporal. */
interface Lap {
  perSecond: number;
  ownMs: number | undefined;
  temporalMs: number | undefined;
}

interface Pair {
  journeys: Lap;
  bare: Lap;
}

/**
 * One-webhook journeys, from the HTTP call that triggers them to the workflow's end, against bare workflows with one
 * activity that does nothing: alternating on one server, each in a process of its own. Load and endpoint are in this
 * third process. Only the ratio means anything: the absolute figures depend on the machine.
 */
async function run(size = 300): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  const bare = await startBare(program.temporalAddress);
  const connection = await Connection.connect({ address: program.temporalAddress });
  const client = new Client({ connection, namespace: NAMESPACE });
  try {
    const race = await contest({ program, endpoint, bare, client });
    await race.journeys(WARM_UP);
    await race.bare(WARM_UP);
    const pairs: Pair[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      // Each goes first equally often.
      const first = pair % 2 === 0 ? await race.journeys(size) : undefined;
      const bareLap = await race.bare(size);
      pairs.push({ journeys: first ?? (await race.journeys(size)), bare: bareLap });
    }
    return rowsOf(pairs);
  } finally {
    await connection.close();
    await bare.close();
    await program.close();
    await endpoint.close();
  }
}

interface Contest {
  program: Program;
  endpoint: Endpoint;
  bare: Bare;
  client: Client;
}

/** A lap of either kind ends when its last activity has run and no workflow is open. */
async function contest({ program: { api, pids }, endpoint, bare, client }: Contest) {
  const journeyId = await api.publish({ endpoint: endpoint.url });
  const lap = async (count: number, pid: number, work: () => Promise<unknown>): Promise<Lap> => {
    const times = () => [cpuMs(pid), cpuMs(pids().temporal)];
    const before = times();
    const began = performance.now();
    await work();
    await until('no workflow is open', async () => (await openWorkflows(client)) === 0, {
      withinMs: 60_000,
      everyMs: 10,
    });
    const perSecond = count / ((performance.now() - began) / 1000);
    const [ownMs, temporalMs] = times().map((time, index) => time && (time - before[index]!) / count);
    return { perSecond, ownMs, temporalMs };
  };
  return {
    bare: (count: number) => lap(count, bare.pid, () => bare.run(count)),
    journeys: (count: number) =>
      lap(count, pids().program, async () => {
        const expected = endpoint.requests() + count;
        const accepted = await api.trigger(journeyId, count);
        if (accepted !== count) throw new Error(`Only ${accepted} of ${count} triggers were accepted.`);
        const arrived = () => endpoint.requests() === expected;
        await until('the endpoint is called for each', arrived, { withinMs: 120_000, everyMs: 5 });
      }),
  };
}

async function openWorkflows(client: Client): Promise<number> {
  const { count } = await client.workflow.count("ExecutionStatus = 'Running'");
  return count;
}

function rowsOf(pairs: Pair[]): Row[] {
  const ratios = pairs.map(({ journeys, bare }) => journeys.perSecond / bare.perSecond);
  const ratio = median(ratios);
  const journeys = pairs.map((pair) => pair.journeys);
  const bare = pairs.map((pair) => pair.bare);
  const speed = (laps: Lap[]) => median(laps.map(({ perSecond }) => perSecond)).toFixed(1);
  return [
    {
      what: 'journeys a second over bare workflows a second, median of pairs',
      reach: `≥ ${REACH.toFixed(2)}`,
      measured: ratio.toFixed(2),
      reached: ratio >= REACH,
    },
    reported('the same, pair by pair', ratios.map((each) => each.toFixed(2)).join(', ')),
    reported(
      'the same, lowest and highest',
      `${Math.min(...ratios).toFixed(2)} and ${Math.max(...ratios).toFixed(2)}`,
    ),
    reported('journeys a second on this machine, median', speed(journeys)),
    reported('bare workflows a second on this machine, median', speed(bare)),
    ownCost(pairs),
    reported('processor time of a journey, median: Wayhook, Temporal', costOf(journeys)),
    reported('processor time of a bare workflow, median: its process, Temporal', costOf(bare)),
  ];
}

/** What a journey costs Wayhook itself: its call, rendering, delivery and rows, and not the SDK's workflow and activity. */
function ownCost(pairs: Pair[]): Row {
  const what = 'processor time of a journey in Wayhook beyond a bare workflow’s process, median of pairs';
  const costs = pairs.map(({ journeys, bare }) => (journeys.ownMs ?? NaN) - (bare.ownMs ?? NaN));
  if (costs.some(Number.isNaN)) return reported(what, NOT_AVAILABLE);
  const cost = median(costs);
  return {
    what,
    reach: `≤ ${REACH_MS.toFixed(1)} ms`,
    measured: `${cost.toFixed(1)} ms`,
    reached: cost <= REACH_MS,
  };
}

function costOf(laps: Lap[]): string {
  if (laps.some(({ ownMs, temporalMs }) => ownMs === undefined || temporalMs === undefined)) {
    return NOT_AVAILABLE;
  }
  const cost = (of: (lap: Lap) => number | undefined) =>
    `${median(laps.map((lap) => of(lap)!)).toFixed(1)} ms`;
  return `${cost((lap) => lap.ownMs)}, ${cost((lap) => lap.temporalMs)}`;
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}

export default {
  summary: 'one-webhook journeys a second, against bare one-activity workflows (over 5 minutes)',
  run,
} satisfies Benchmark;
