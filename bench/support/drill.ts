import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api';
import type { Endpoint, Sighting } from './endpoint';
import type { Ledger } from './ledger';
import { until } from './processes';
import { atMost, exactly, type Row, reported } from './table';

/* What every benchmark that kills something shares: the endpoint, the kill, and the account afterwards. */

/** How an endpoint behaves: always well, or badly for some users. */
export interface Weather {
  status: (sighting: Sighting) => number;
  /** How many of so many entries must exit. */
  exits: (entries: number) => number;
}

/** One user in so many has an endpoint that stays down. */
const DOWN_EVERY = 20;

/** Always down for every twentieth user, down at first for three in ten, up for the others. */
export const STORMY: Weather = {
  status: ({ order, requests }) =>
    order % DOWN_EVERY === 0 || (requests === 1 && order % 10 < 4) ? 503 : 200,
  exits: (entries) => Math.ceil(entries / DOWN_EVERY),
};

/** Nothing is retried: three retries take nine minutes, too long where they are not the subject. */
export const FAIR: Weather = { status: () => 200, exits: () => 0 };

const REQUESTS_OF_A_DELIVERY = 4;

export interface Drill {
  api: Api;
  endpoint: Endpoint;
  weather: Weather;
  entries: number;
  kill: () => void | Promise<void>;
  /** The API survives the kill, so entries may still be accepted during it. */
  apiStays?: boolean;
  restart: () => Promise<void>;
}

/** Requests under way at the kill: fewer than the 500 that a worker makes at once. */
const HELD_AT_KILL = 150;

/** Long, because the retry of a request that times out comes three minutes later. */
const UNDER_WAY_WITHIN_MS = 900_000;

/**
 * A request times out after ten seconds: a machine too slow to have that many under way at once has reached its most
 * after twice that.
 */
const HELD_WITHIN_MS = 20_000;

/** Enough to store the first of the answers, not all. */
const ANSWERS_HEAD_START_MS = 50;

export interface Killed {
  accepted: number;
  /** Requests without an answer at the kill. */
  underWay: number;
}

/**
 * Triggers entries, and kills when many requests are under way. Half of these are answered just before, so that answers
 * are lost at every step of their processing.
 */
export async function killUnderWay({
  api,
  endpoint,
  weather,
  entries,
  kill,
  apiStays = false,
  restart,
}: Drill): Promise<Killed> {
  const answer = (sighting: Sighting) => ({ status: weather.status(sighting) });
  endpoint.answerBy((sighting) => ({ ...answer(sighting), held: weather.status(sighting) === 200 }));
  const journeyId = await api.publish({ endpoint: endpoint.url });
  const before = endpoint.held();
  const accepting = api.trigger(journeyId, entries);
  if (!apiStays) await accepting;
  const wanted = Math.min(HELD_AT_KILL, Math.floor(entries / 2));
  await untilHeld(() => endpoint.held() - before, wanted);
  const underWay = endpoint.held() - before;
  endpoint.release(Math.ceil(underWay / 2));
  await pause(ANSWERS_HEAD_START_MS);
  await kill();
  endpoint.answerBy(answer);
  endpoint.release();
  await restart();
  return { accepted: await accepting, underWay };
}

/** Waits until `wanted` requests are under way, or at least one on a machine that is too slow for that. */
export async function untilHeld(held: () => number, wanted: number): Promise<void> {
  const began = performance.now();
  const enough = () => (performance.now() - began < HELD_WITHIN_MS ? wanted : 1);
  await until('requests are under way', () => held() >= enough(), { withinMs: UNDER_WAY_WITHIN_MS });
}

/** Waits until no entry is under way: that takes three retries three minutes apart, and the pauses after lost requests. */
export async function drained(api: Api, withinMs = 30 * 60_000): Promise<void> {
  await until('no entry is under way', async () => !(await api.isBusy()), { withinMs, everyMs: 500 });
}

/** What must hold after any kill: in the database, and at the endpoint. */
export function account(
  { accepted, underWay, entries, weather }: Killed & { entries: number; weather: Weather },
  ledger: Ledger,
  endpoint: Endpoint,
): Row[] {
  const seen = [...endpoint.seen.values()];
  const served = seen.filter(({ delivered }) => delivered > 0).length;
  const duplicates = seen.reduce((sum, { requests }) => sum + requests - 1, 0);
  const exits = weather.exits(entries);
  return [
    exactly('entries accepted', entries, accepted),
    exactly('entries lost: accepted, and not ended', 0, accepted - ledger.completed - ledger.exited),
    exactly('entries that an endpoint was never called for', 0, accepted - seen.length),
    exactly('entries completed', entries - exits, ledger.completed),
    exactly('users whose endpoint answered 2xx', entries - exits, served),
    exactly('exits, each at an endpoint that stays down', exits, ledger.exited),
    exactly('deliveries without a closed attempt', 0, ledger.withoutDelivery + ledger.withoutAttempt),
    exactly(
      'second webhook-ids for a user',
      0,
      seen.reduce((sum, { ids }) => sum + ids.size - 1, 0),
    ),
    exactly(
      'second bodies for a user',
      0,
      seen.reduce((sum, { bodies }) => sum + bodies.size - 1, 0),
    ),
    atMost('counted requests of one delivery', REQUESTS_OF_A_DELIVERY, ledger.mostCounted),
    exactly('entries left in the outbox', 0, ledger.outbox),
    reported('requests under way at the kill', underWay),
    reported('requests after a user’s first', duplicates),
    reported('requests whose answer was lost', ledger.openAttempts),
    reported(
      'answers to be retried that one endpoint gave',
      Math.max(0, ...seen.map(({ counted }) => counted)),
    ),
  ];
}
