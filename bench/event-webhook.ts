import { setTimeout as pause } from 'node:timers/promises';
import { startBare } from './support/bare';
import { type Endpoint, openEndpoint } from './support/endpoint';
import { until } from './support/processes';
import { type Program, startProgram } from './support/program';
import { type Benchmark, type Row, reported } from './support/table';

const REACH = 1.2;

/** V8 compiles workflow code and the embedded database while they run. */
const WARM_UP = 50;

/** Lets the server finish before the next: what is measured is a single event. */
const REST_MS = 60;

/**
 * The latency of an event webhook, from the response to the call that caused it until its request arrives, against that
 * of a bare workflow, from the client's start until its one activity runs: one at a time, alternating, on one server,
 * each in a process of its own. Load and endpoint are in this third process.
 */
async function run(size = 200): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  const bare = await startBare(program.temporalAddress);
  try {
    const trigger = await subscribe(program, endpoint);
    const times = { event: [] as number[], bare: [] as number[] };
    for (let turn = -Math.min(size, WARM_UP); turn < size; turn += 1) {
      const event = await trigger();
      await pause(REST_MS);
      const plain = await bare.run(1);
      await pause(REST_MS);
      if (turn < 0) continue;
      times.event.push(event);
      times.bare.push(plain);
    }
    return rowsOf(times);
  } finally {
    await bare.close();
    await program.close();
    await endpoint.close();
  }
}

/** Saves an event webhook. Returns a function that causes one event, and returns the ms from the response to the request. */
async function subscribe({ api }: Program, endpoint: Endpoint): Promise<() => Promise<number>> {
  let arrivedAt: number | undefined;
  endpoint.answerBy(() => {
    arrivedAt = performance.now();
    return { status: 200 };
  });
  const eventTypes = ['participant.created'];
  await api.post('/api/eventWebhooks', { name: 'Benchmark', targetUrl: endpoint.url, eventTypes });
  let users = 0;
  return async () => {
    arrivedAt = undefined;
    const email = `participant-${users++}@example.com`;
    await api.post('/api/events/track', { email, eventName: 'signup', dataFields: { plan: 'pro' } });
    const answered = performance.now();
    await until('the event arrives', () => arrivedAt !== undefined, { withinMs: 30_000, everyMs: 10 });
    return arrivedAt! - answered;
  };
}

function rowsOf({ event, bare }: { event: number[]; bare: number[] }): Row[] {
  const ratio = quantile(event, 0.5) / quantile(bare, 0.5);
  const ms = (times: number[]) =>
    [0.5, 0.25, 0.75, 0.95].map((part) => quantile(times, part).toFixed(1)).join(', ');
  return [
    {
      what: 'median time to the request of an event webhook over that to a bare workflow’s activity',
      reach: `≤ ${REACH.toFixed(1)}`,
      measured: ratio.toFixed(2),
      reached: ratio <= REACH,
    },
    reported('ms from the answer to the event webhook: median, quartiles, 95 %', ms(event)),
    reported('ms from the start to a bare workflow’s activity: median, quartiles, 95 %', ms(bare)),
  ];
}

function quantile(values: number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)]!;
}

export default {
  summary:
    'an event webhook’s way to its endpoint, against a bare workflow’s to its activity (about a minute)',
  run,
} satisfies Benchmark;
