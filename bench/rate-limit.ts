import { openEndpoint } from './support/endpoint';
import { startParts } from './support/parts';
import { until } from './support/processes';
import { type Benchmark, exactly, type Row, reported } from './support/table';

/** The target: how far a pace may be from its limit. */
const TOLERANCE = 0.1;

const FAST = { limit: 10, per: 'second' };
const SLOW = { limit: 6, per: 'minute' };
const SLOW_EVERY_S = 10;

/** The most single entries through the tile without a limit; their median counts. */
const SINGLE_ENTRIES = 15;

/** Where journeys are published and triggered. */
export interface Site {
  /** Publishes a journey of one tile that calls the endpoint. Returns its id. */
  publish: (endpoint: string, tile: object) => Promise<number>;
  /** Triggers the journey for new users, many at once. */
  trigger: (journeyId: number, users: number) => Promise<unknown>;
}

/**
 * Three tiles that call one endpoint: `users` wait for one with 10 per second, others for one with 6 per minute, and
 * single users pass a third without a limit, first alone and then while the others wait.
 */
export async function measure(site: Site, users: number): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const arrivals = { fast: [] as number[], slow: [] as number[], free: [] as number[] };
  endpoint.answerBy((_sighting, { url }) => {
    arrivals[url!.slice(1) as keyof typeof arrivals].push(performance.now() / 1_000);
    return { status: 200 };
  });
  const publish = (name: keyof typeof arrivals, tile: object) =>
    site.publish(`${endpoint.url}/${name}`, tile);
  const untilArrived = (name: keyof typeof arrivals, count: number) =>
    until(`${count} requests arrive`, () => arrivals[name].length >= count, {
      withinMs: 600_000,
      everyMs: 5,
    });
  const free = await publish('free', {});
  const fast = await publish('fast', { rateLimit: FAST });
  const slow = await publish('slow', { rateLimit: SLOW });
  const passSingly = async () => {
    const took: number[] = [];
    for (let entry = 0; entry < Math.min(SINGLE_ENTRIES, users / 10); entry += 1) {
      const began = performance.now() / 1_000;
      const count = arrivals.free.length + 1;
      await site.trigger(free, 1);
      await untilArrived('free', count);
      took.push(arrivals.free.at(-1)! - began);
    }
    return middle(took);
  };
  try {
    const alone = await passSingly();
    const began = performance.now() / 1_000;
    await Promise.all([site.trigger(slow, users / 10), site.trigger(fast, users)]);
    const beside = await passSingly();
    await untilArrived('fast', users);
    return [
      exactly('users who passed the tile of 10 a second', users, arrivals.fast.length),
      ...paces(arrivals.fast, arrivals.slow),
      exactly('requests ahead of 10 a second', 0, ahead(arrivals.fast, began, 10)),
      exactly('requests ahead of 6 a minute', 0, ahead(arrivals.slow, began, 1 / SLOW_EVERY_S)),
      reported('tile without a limit, from trigger to request, alone', milliseconds(alone)),
      {
        what: 'the same beside the two, with their users waiting',
        reach: '≤ 3 × alone',
        measured: milliseconds(beside),
        reached: beside <= 3 * alone,
      },
    ];
  } finally {
    await endpoint.close();
  }
}

/** Both paces after the allowed burst; none where there are too few requests to tell. */
function paces(fast: number[], slow: number[]): Row[] {
  const settled = fast.filter((at) => at > fast[0]! + 1);
  const pace = settled.length / (settled.at(-1)! - fast[0]! - 1);
  const gaps = slow.slice(2).map((at, index) => at - slow[index + 1]!);
  const rows = [within('requests a second after the first second, of 10', 10, pace)];
  if (gaps.length === 0) return rows;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const extremes = [Math.min(...gaps), Math.max(...gaps)].map((gap) => gap.toFixed(2));
  return [
    ...rows,
    within('seconds between requests, of 6 a minute, mean', SLOW_EVERY_S, mean),
    reported('the same, shortest and longest', extremes.join(' and ')),
  ];
}

function within(what: string, figure: number, measured: number): Row {
  return {
    what,
    reach: `${figure} ± ${100 * TOLERANCE} %`,
    measured: measured.toFixed(2),
    reached: Math.abs(measured - figure) <= figure * TOLERANCE,
  };
}

/** The most requests by which a tile was ahead of its rate, beyond one second and one request. */
function ahead(times: number[], began: number, rate: number): number {
  return Math.max(0, ...times.map((at, index) => index + 1 - Math.floor(1 + rate * (at - began + 1))));
}

function middle(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1_000)} ms`;
}

async function run(users = 2_000): Promise<Row[]> {
  const { api, close } = await startParts(2);
  try {
    const publish = (endpoint: string, tile: object) => api.publish({ endpoint }, 1, tile);
    return await measure({ publish, trigger: api.trigger }, users);
  } finally {
    await close();
  }
}

export default {
  summary: 'two tiles with a rate limit and one without, two worker processes (about 4 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
