import { setTimeout as pause } from 'node:timers/promises';
import { startBare } from './support/bare';
import { startCpuClock } from './support/cpu';
import { type Endpoint, openEndpoint } from './support/endpoint';
import { until } from './support/processes';
import { type Program, startProgram } from './support/program';
import { type Benchmark, exactly, type Row, reported } from './support/table';

const PER_SECOND = 15;
const REACH = { median: 3, worst: 6 };
const REACH_AT_ONCE = 100;

/** Waits that all events of a second end, for each that the paced part has. */
const AT_ONCE_TIMES = 5;

/** V8 compiles workflow code while it runs. */
const WARM_UP = 50;

/**
 * Users who wait for an event: the time from the answer to the event until the next tile's request arrives, against that
 * of a bare workflow from its start to its activity, both paced, on one server; then as many waits as a second has
 * events, all at once, and as many bare workflows that wait for a signal.
 */
async function run(size = 200): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  const bare = await startBare(program.temporalAddress);
  try {
    const wait = await startWaiting(program, endpoint);
    const warmUp = Math.min(size, WARM_UP);
    await wait.enter(warmUp + size);
    const paced: number[] = await wait.pace(warmUp + size);
    const plain: number[] = [];
    for (let count = -warmUp; count < size; count += 1) {
      const ms = await bare.run(1);
      if (count >= 0) plain.push(ms);
      await pause(1_000 / PER_SECOND - ms);
    }
    const many = size * AT_ONCE_TIMES;
    await wait.enter(many);
    const atOnce = await wait.atOnce(many);
    const bareAtOnce = many / ((await bare.runWaiting(many)) / 1_000);
    return rowsOf({ paced: paced.slice(warmUp), plain }, { ...atOnce, many, bare: bareAtOnce });
  } finally {
    await bare.close();
    await program.close();
    await endpoint.close();
  }
}

interface AtOnce {
  /** How many went on a second. */
  perSecond: number;
  /** The processor time for each in ms, Wayhook's and Temporal's. */
  costMs: number[];
  requests: number;
}

async function startWaiting(program: Program, endpoint: Endpoint) {
  const { api } = program;
  const create = async (path: string, body: object) => (await api.post(path, body)) as { id: number };
  const { id: webhookId } = await create('/api/journeyWebhooks', {
    name: 'Benchmark',
    endpoint: endpoint.url,
  });
  const { id } = await create('/api/journeys', {
    name: 'Waits',
    tiles: [
      { id: 'wait', type: 'waitFor', for: [{ event: 'go' }], timeout: '1 day', onTimeout: 'exit' },
      { id: 'call', type: 'webhook', webhookId },
    ],
  });
  await api.post(`/api/journeys/${id}/publish`, {});
  /** By the order in which the users were called. */
  const arrivedAt = new Map<number, number>();
  let arrivals = 0;
  endpoint.answerBy(({ order }) => {
    arrivals += 1;
    arrivedAt.set(order, performance.now());
    return { status: 200 };
  });
  let users = 0;
  let sent = 0;
  const arrived = (count: number) =>
    until('the endpoint is called for each', () => arrivals >= count, { withinMs: 120_000, everyMs: 5 });
  const emailOf = (user: number) => `user-${user}@example.com`;
  const send = () =>
    api.post('/api/events/track', { email: emailOf(sent++), eventName: 'go', dataFields: {} });
  return {
    /** Sends so many new users in, and waits until they wait. */
    async enter(count: number): Promise<void> {
      users += count;
      if ((await api.trigger(id, count)) !== count) throw new Error('Not every trigger was accepted.');
      await until('all of them wait', async () => (await api.countAt(id, 'wait')) === users - sent, {
        withinMs: 240_000,
        everyMs: 250,
      });
    },
    /** Ends the waits of so many users one by one. Returns the ms from each answer to the request. */
    async pace(count: number): Promise<number[]> {
      const answeredAt: number[] = [];
      const first = sent;
      for (let index = 0; index < count; index += 1) {
        const began = performance.now();
        await send();
        answeredAt.push(performance.now());
        await pause(1_000 / PER_SECOND - (performance.now() - began));
      }
      await arrived(first + count);
      return answeredAt.map((at, index) => {
        const { order } = endpoint.seen.get(emailOf(first + index))!;
        return arrivedAt.get(order)! - at;
      });
    },
    /** Ends the waits of so many users within a second. */
    async atOnce(count: number): Promise<AtOnce> {
      const before = arrivals;
      const cost = startCpuClock(program);
      const began = performance.now();
      const calls = Array.from({ length: count }, async (_, index) => {
        await pause((index * 1_000) / count);
        await send();
      });
      await Promise.all(calls);
      await arrived(before + count);
      const perSecond = count / ((performance.now() - began) / 1_000);
      const costMs = cost().map((ms) => ms / count);
      // One that was called twice would be by now.
      await pause(2_000);
      return { perSecond, costMs, requests: arrivals - before };
    },
  };
}

function rowsOf(
  { paced, plain }: { paced: number[]; plain: number[] },
  { perSecond, costMs, requests, many, bare }: AtOnce & { many: number; bare: number },
): Row[] {
  const ratio = (part: number) => quantile(paced, part) / quantile(plain, part);
  const row = (what: string, part: number, reach: number): Row => ({
    what: `${what} time from an event to the next request over that to a bare workflow’s activity`,
    reach: `≤ ${reach}`,
    measured: ratio(part).toFixed(2),
    reached: ratio(part) <= reach,
  });
  const ms = (times: number[]) => [0.5, 0.99].map((part) => quantile(times, part).toFixed(0)).join(', ');
  return [
    row('median', 0.5, REACH.median),
    row('99 %', 0.99, REACH.worst),
    reported('ms from an event to the next request: median, 99 %', ms(paced)),
    reported('ms from the start to a bare workflow’s activity: median, 99 %', ms(plain)),
    exactly(`requests after ${many} events in a second ended ${many} waits`, many, requests),
    {
      what: 'users a second who went on',
      reach: `≥ ${REACH_AT_ONCE}`,
      measured: perSecond.toFixed(0),
      reached: perSecond >= REACH_AT_ONCE,
    },
    reported('bare workflows a second that a signal ends, after one activity', bare.toFixed(0)),
    reported(
      'ms of processor time for each: Wayhook’s, Temporal’s',
      costMs.map((ms) => ms.toFixed(1)).join(', '),
    ),
  ];
}

function quantile(values: number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)]!;
}

export default {
  summary: 'from an event to the request after the wait that it ends, paced and 1,000 at once (2 minutes)',
  run,
} satisfies Benchmark;
