import { openEmptyDatabase } from '../test/support/database';
import type { Api } from './support/api';
import { inLanes } from './support/lanes';
import { type Benchmark, type Row, reported } from './support/table';
import { startTrackServer } from './support/track-server';

const CONNECTIONS = 32;
const ROUNDS = 12;

/** Enough for either database to reach full speed. */
const WARM_UP = 1_000;

/** Calls use them in turn: the same one is rarely used twice at the same time. */
const USERS = 500;

/** A kind of call, and the target ratio of its speed to the bare server's. */
interface Kind {
  what: string;
  eventName: string;
  reach: Record<'embedded' | 'Postgres', number>;
}

const KINDS: Kind[] = [
  { what: 'that starts nothing', eventName: 'quiet', reach: { embedded: 0.45, Postgres: 0.5 } },
  { what: 'that starts a journey', eventName: 'signup', reach: { embedded: 0.25, Postgres: 0.3 } },
  {
    what: 'that starts a journey with a condition and a limit',
    eventName: 'order',
    reach: { embedded: 0.2, Postgres: 0.2 },
  },
];

/** Calls per second of each kind, and of the bare server, in one round. */
interface Round {
  bare: number;
  kinds: number[];
}

/** Calls of `events/track` per second against those of a bare server, alternating, in one process on one database. */
export async function run(size = 500): Promise<Row[]> {
  const { connection, url, drop } = await openEmptyDatabase();
  await connection.close();
  try {
    return [
      ...rowsOf('embedded', await race(size)),
      ...(url === undefined ? [] : rowsOf('Postgres', await race(size, url))),
    ];
  } finally {
    await drop();
  }
}

async function race(size: number, url?: string): Promise<Round[]> {
  const { api, bare, close } = await startTrackServer(url);
  try {
    await prepare(api);
    const racers = KINDS.map(({ eventName }) => speed(api, '/api/events/track', eventName));
    const bareRacer = speed(bare, '/', 'bare');
    for (const racer of [...racers, bareRacer]) await racer(Math.min(size, WARM_UP));
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const speeds = new Map<typeof bareRacer, number>();
      // Each goes first equally often.
      const all = [...racers, bareRacer];
      for (let turn = 0; turn < all.length; turn += 1) {
        const racer = all[(round + turn) % all.length]!;
        speeds.set(racer, await racer(size));
      }
      rounds.push({ bare: speeds.get(bareRacer)!, kinds: racers.map((racer) => speeds.get(racer)!) });
    }
    return rounds;
  } finally {
    await close();
  }
}

/** The users, and the journeys that two of the events start. */
async function prepare(api: Api): Promise<void> {
  const webhook = { endpoint: 'https://api.example.com/users' };
  await api.publish(webhook, 1, {}, { entry: { source: 'event', eventName: 'signup' } });
  const where = { all: [{ field: 'event.total', is: 'greaterThan', value: 10 }] };
  const entry = { source: 'event', eventName: 'order', where };
  await api.publish(webhook, 1, {}, { entry, lifetimeLimit: 1_000_000 });
  await inLanes(CONNECTIONS, USERS, (user) =>
    api.post('/api/users/update', { email: emailOf(user), dataFields: { plan: 'pro', city: 'Lyon' } }),
  );
}

const emailOf = (user: number) => `user-${user}@example.com`;

/** Makes `count` calls over all connections. Returns how many per second. */
function speed(api: Api, path: string, eventName: string): (count: number) => Promise<number> {
  const dataFields = { plan: 'pro', total: 42.5, city: 'Lyon', tags: ['a', 'b'] };
  return async (count) => {
    const began = performance.now();
    await inLanes(CONNECTIONS, count, (call) =>
      api.post(path, { email: emailOf(call % USERS), eventName, dataFields }),
    );
    return count / ((performance.now() - began) / 1_000);
  };
}

function rowsOf(database: 'embedded' | 'Postgres', rounds: Round[]): Row[] {
  const rows = KINDS.flatMap(({ what, reach: targets }, kind) => {
    const reach = targets[database];
    const ratios = rounds.map(({ bare, kinds }) => kinds[kind]! / bare);
    const ratio = median(ratios);
    const measured = `${ratio.toFixed(2)}, from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const name = `${database}: calls a second of events/track ${what} over those of one bare insert, median`;
    const speeds = rounds.map(({ kinds }) => kinds[kind]!);
    return [
      { what: name, reach: `≥ ${reach.toFixed(2)}`, measured, reached: ratio >= reach },
      reported(`${database}: calls a second ${what} on this machine, median`, median(speeds).toFixed(0)),
    ];
  });
  const bare = median(rounds.map((round) => round.bare)).toFixed(0);
  return [...rows, reported(`${database}: bare inserts a second on this machine, median`, bare)];
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}

export default {
  summary: 'calls of events/track a second, against a bare route with one insert (about 2 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
