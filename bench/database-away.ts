import { isGrpcServiceError } from '@temporalio/client';
import { createWorld, type World } from '../test/support/world';
import { type Endpoint, openEndpoint, type Sighting } from './support/endpoint';
import { untilHeld } from './support/drill';
import { openLane } from './support/lane';
import { type Ledger, readLedger } from './support/ledger';
import { closedFor, openProxy, type Outage } from './support/outage';
import { until } from './support/processes';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

const OUTAGE_MINUTES = 30;
const MINUTE_MS = 60_000;
const GRPC_NOT_FOUND = 5;

/** Every fourth user's first request gets an answer to be retried. */
const answerTo = ({ order, requests }: Sighting) => ({
  status: requests === 1 && order % 4 === 0 ? 503 : 200,
});

/** Requests under way when the outage begins: fewer than the 500 that a worker makes at once. */
const MOST_HELD = 100;

/**
 * Cuts the database off while requests are under way and others are still to be made, and restores it once half an hour
 * of virtual time has passed for each started entry: time is skipped, so that takes seconds.
 */
export async function run(entries = 200): Promise<Row[]> {
  const endpoint = await openEndpoint((sighting) => ({ ...answerTo(sighting), held: true }));
  const { world, outage } = await openBreakable();
  const lane = await openLane(world);
  try {
    const webhookId = await world.webhook({ endpoint: endpoint.url });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const ids: string[] = [];
    while (ids.length < entries) ids.push(await lane.enter(journeyId));
    await untilHeld(endpoint.held, Math.min(MOST_HELD, entries / 2));
    await outage.begin();
    endpoint.answerBy(answerTo);
    const answeredDuringOutage = endpoint.held();
    endpoint.release();
    const before = await clocks(world, ids);
    const outageMs = async () => {
      const now = await clocks(world, [...before.keys()]);
      return Math.min(...[...before].map(([id, clock]) => now.get(id)! - clock));
    };
    await until(
      'half an hour has passed for each started entry',
      async () => (await outageMs()) >= OUTAGE_MINUTES * MINUTE_MS,
      {
        withinMs: 600_000,
        everyMs: 500,
      },
    );
    const minutes = Math.round((await outageMs()) / MINUTE_MS);
    const sentDuringOutage = endpoint.requests();
    await outage.end();
    await Promise.all(ids.map((id) => lane.ended(id)));
    return rowsOf(entries, await readLedger(world.db), endpoint, {
      answeredDuringOutage,
      sentDuringOutage,
      minutes,
    });
  } finally {
    await lane.close();
    await world.close();
    await endpoint.close();
  }
}

function rowsOf(
  entries: number,
  ledger: Ledger,
  endpoint: Endpoint,
  known: { answeredDuringOutage: number; sentDuringOutage: number; minutes: number },
): Row[] {
  const refused = [...endpoint.seen.values()].filter(({ counted }) => counted > 0).length;
  // On a machine that hangs for ten seconds a request times out, and is retried too.
  const timedOut = ledger.counted - ledger.answered;
  return [
    exactly('entries exited', 0, ledger.exited),
    exactly('entries completed', entries, ledger.completed),
    atMost(
      'requests beyond those that the answers called for',
      0,
      endpoint.requests() - entries - refused - timedOut,
    ),
    atMost('attempts spent beyond those that the answers spent', 0, ledger.answered - refused),
    atMost('attempts that answers spent on one delivery', 1, ledger.mostAnswered),
    reported('answers that came while the database was down', known.answeredDuringOutage),
    reported('requests before its return', known.sentDuringOutage),
    reported('virtual minutes of the outage, for the started entry with the fewest', known.minutes),
  ];
}

/** The tests' world, with a database that can be cut off. */
async function openBreakable(): Promise<{ world: World; outage: Outage }> {
  const databaseUrl = process.env.DATABASE_URL;
  if (databaseUrl === undefined) {
    const world = await createWorld();
    return { world, outage: closedFor(world.db) };
  }
  const proxy = await openProxy(databaseUrl);
  process.env.DATABASE_URL = proxy.url;
  try {
    return { world: await createWorld(), outage: proxy };
  } finally {
    process.env.DATABASE_URL = databaseUrl;
  }
}

/** The virtual time of each entry's workflow, in ms since the epoch; an entry whose workflow has not started has none. */
async function clocks(world: World, entryIds: string[]): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  await Promise.all(
    entryIds.map(async (id) => {
      try {
        const { events } = await world.client.workflow.getHandle(id).fetchHistory();
        known.set(id, Number(events!.at(-1)!.eventTime!.seconds) * 1_000);
      } catch (error) {
        if (!isGrpcServiceError(error) || error.code !== GRPC_NOT_FOUND) throw error;
      }
    }),
  );
  return known;
}

export default {
  summary: 'the database down for 30 virtual minutes in the middle of 200 deliveries (about a minute)',
  needs: ['engine', 'postgres'],
  run,
} satisfies Benchmark;
