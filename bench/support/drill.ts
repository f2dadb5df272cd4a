import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api';
import type { Endpoint, Sighting } from './endpoint';
import type { Ledger } from './ledger';
import { until } from './processes';
import { atMost, exactly, type Row, told } from './table';

/* What every run that breaks something has in common: the endpoint, the breaking, and the account afterwards. */

/** How an endpoint behaves: it is always well, or for some users it is not. */
export interface Weather {
  status: (sighting: Sighting) => number;
  /** Of so many entries, those that must exit. */
  exits: (entries: number) => number;
}

/** Each of these many users meets an endpoint that is down for good. */
const DOWN_EVERY = 20;

/** Down for good for every twentieth user, down at first for three of ten, well for the others. */
export const STORMY: Weather = {
  status: ({ order, requests }) =>
    order % DOWN_EVERY === 0 || (requests === 1 && order % 10 < 4) ? 503 : 200,
  exits: (entries) => Math.ceil(entries / DOWN_EVERY),
};

/** Three retries take nine minutes: where they are not what is looked at, nothing has to be retried. */
export const FAIR: Weather = { status: () => 200, exits: () => 0 };

const REQUESTS_OF_A_DELIVERY = 4;

export interface Drill {
  api: Api;
  endpoint: Endpoint;
  weather: Weather;
  entries: number;
  /** Kills what is to be killed. */
  kill: () => void | Promise<void>;
  /** Where the API outlives the kill, nothing waits for the last entry to be accepted. */
  apiStays?: boolean;
  /** Starts it again. */
  restart: () => Promise<void>;
}

/** Requests under way when something is killed: fewer than the 500 that a worker makes at once. */
const HELD_AT_KILL = 150;

/** Only ends what hangs: of requests that time out, the next come three minutes later. */
const UNDER_WAY_WITHIN_MS = 900_000;

/**
 * A request waits ten seconds for its answer: where the machine is too slow to bring that many under way at one
 * time, twice that is enough to bring as many as it can.
 */
const HELD_WITHIN_MS = 20_000;

/** Enough for the first of the answers to be written down, not for all. */
const ANSWERS_HEAD_START_MS = 50;

export interface Killed {
  accepted: number;
  /** Requests that had no answer yet when it was done. */
  underWay: number;
}

/**
 * Triggers entries, and kills when many requests are under way: half of these are answered just before, so that
 * answers are lost on each step of their way.
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
  endpoint.follow((sighting) => ({ ...answer(sighting), held: weather.status(sighting) === 200 }));
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
  endpoint.follow(answer);
  endpoint.release();
  await restart();
  return { accepted: await accepting, underWay };
}

/** Waits until so many requests are under way, or as many as come to be on a machine that is too slow for it. */
export async function untilHeld(held: () => number, wanted: number): Promise<void> {
  const began = performance.now();
  const enough = () => (performance.now() - began < HELD_WITHIN_MS ? wanted : 1);
  await until('requests are under way', () => held() >= enough(), { withinMs: UNDER_WAY_WITHIN_MS });
}

/** Waits until nothing is under way: three retries three minutes apart, and the pauses after what was lost. */
export async function drained(api: Api, withinMs = 30 * 60_000): Promise<void> {
  await until('no entry is under way', async () => !(await api.isBusy()), { withinMs, everyMs: 500 });
}

/** What must hold however something was killed: of the database, and of what the endpoint saw. */
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
    told('requests under way at the kill', underWay),
    told('requests after a user’s first', duplicates),
    told('requests whose answer nobody saw', ledger.openAttempts),
    told('answers to be retried that one endpoint gave', Math.max(0, ...seen.map(({ counted }) => counted))),
  ];
}
