import { openEndpoint } from './support/endpoint';
import { startParts } from './support/parts';
import { until } from './support/processes';
import { type Benchmark, exactly, type Row, told } from './support/table';

/** The figure to reach: how far a pace may be from its limit. */
const TOLERANCE = 0.1;

const FAST = { limit: 10, per: 'second' };
const SLOW = { limit: 6, per: 'minute' };
const SLOW_EVERY_S = 10;

/** Single passages through the tile without a limit, at most, whose middle one counts. */
const PASSAGES = 15;

/** Where journeys are published and users sent in. */
export interface Site {
  /** Publishes a journey of one tile that calls the endpoint. Returns its id. */
  publish: (endpoint: string, tile: object) => Promise<number>;
  /** Sends users of their own in, many at once. */
  trigger: (journeyId: number, users: number) => Promise<unknown>;
}

/**
 * Three tiles that call one endpoint: `users` wait for one of 10 a second, others for one of 6 a minute, and
 * single users pass a third, which has no limit, first without the two and then beside them.
 */
export async function measure(site: Site, users: number): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const came = { fast: [] as number[], slow: [] as number[], free: [] as number[] };
  endpoint.follow((_sighting, { url }) => {
    came[url!.slice(1) as keyof typeof came].push(performance.now() / 1_000);
    return { status: 200 };
  });
  const publish = (name: keyof typeof came, tile: object) => site.publish(`${endpoint.url}/${name}`, tile);
  const arrived = (name: keyof typeof came, count: number) =>
    until(`${count} requests came`, () => came[name].length >= count, { withinMs: 600_000, everyMs: 5 });
  const free = await publish('free', {});
  const fast = await publish('fast', { rateLimit: FAST });
  const slow = await publish('slow', { rateLimit: SLOW });
  const passages = async () => {
    const took: number[] = [];
    for (let passage = 0; passage < Math.min(PASSAGES, users / 10); passage += 1) {
      const began = performance.now() / 1_000;
      const count = came.free.length + 1;
      await site.trigger(free, 1);
      await arrived('free', count);
      took.push(came.free.at(-1)! - began);
    }
    return middle(took);
  };
  try {
    const alone = await passages();
    const began = performance.now() / 1_000;
    await Promise.all([site.trigger(slow, users / 10), site.trigger(fast, users)]);
    const beside = await passages();
    await arrived('fast', users);
    return [
      exactly('users who passed the tile of 10 a second', users, came.fast.length),
      ...paces(came.fast, came.slow),
      exactly('requests ahead of 10 a second', 0, ahead(came.fast, began, 10)),
      exactly('requests ahead of 6 a minute', 0, ahead(came.slow, began, 1 / SLOW_EVERY_S)),
      told('tile without a limit, from trigger to request, alone', milliseconds(alone)),
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

/** Both paces once what may be sent at once is gone; too few requests tell none. */
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
    told('the same, shortest and longest', extremes.join(' and ')),
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

/** By how many requests a tile was ever further than one second, and one request, ahead of its rate. */
function ahead(came: number[], began: number, rate: number): number {
  return Math.max(0, ...came.map((at, index) => index + 1 - Math.floor(1 + rate * (at - began + 1))));
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
