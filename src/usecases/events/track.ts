import { LRUCache } from 'lru-cache';
import { stampOf } from '../../db/connection/ids';
import { type EnqueueDeps, enqueuing, transact } from '../../db/enqueue';
import { entryKeyOf } from '../../db/entries/entry-limits';
import { startForNewUser, startMatchingJourneys } from '../../db/entries/start';
import { insertEvent } from '../../db/events/events';
import { noticeEvent } from '../../db/waits/notice-change';
import { insertAndStart, insertOnly, type NewEvent, valuesOf } from '../../db/events/insert';
import { readStarts, type StartedJourney, type Starts } from '../../db/events/starts';
import type { Names } from '../../db/users/lock';
import { decidingNames, identityOf, lockOrCreateNamedUser } from '../../db/users/names';
import { holds, needsOf } from '../../domain/journeys/conditions';
import { type EntryTrigger, triggerKeysOf } from '../../domain/journeys/entry-source';
import { eventDataOf } from '../../domain/journeys/event-data';
import { factsAt } from '../../domain/journeys/facts';
import { rootsOfEntering } from '../../domain/journeys/roots';
import { writeJson } from '../../domain/lossless-json';
import type { Identity } from '../../domain/users/profile';

/** How long it is remembered that events of a name start journeys: they may start none any more. */
const REMEMBERED_MS = 10_000;

/** Records an event like `trackEvent`, by what the last one of its name started. Returns the event's id. */
export type Tracker = (deps: EnqueueDeps, names: Names, event: NewEvent) => Promise<string>;

export function createTracker(): Tracker {
  const starts = new LRUCache<string, StartedJourney[]>({ max: 1_000, ttl: REMEMBERED_MS });
  return async (deps, names, event) => {
    const remembered = starts.get(event.name);
    const { id, journeys } = await trackEvent(deps, names, event, remembered);
    if (journeys !== remembered) starts.set(event.name, journeys);
    return id;
  };
}

export interface Tracked {
  /** The caller's id of the event, or else ours. */
  id: string;
  /** The journeys that the next event of this name will most likely start; undefined for none. */
  journeys: StartedJourney[] | undefined;
}

/**
 * Records an event of a user, who is created if unknown, and accepts the entries that it starts, all or nothing.
 * `journeys` is a guess: the database finds out if it is wrong, which only costs more.
 */
export async function trackEvent(
  deps: EnqueueDeps,
  names: Names,
  event: NewEvent,
  journeys?: StartedJourney[],
): Promise<Tracked> {
  const identity = identityOf(await decidingNames(deps.db, names));
  const recorded = identity
    ? await recordAtOnce(deps, identity, event, journeys)
    : { id: undefined, journeys };
  if (recorded.id !== undefined) return recorded;
  return transact(deps, async (tx) => {
    const { user, created } = await lockOrCreateNamedUser(tx, names);
    const inserted = await insertEvent(tx, user, event);
    const { id, fresh } = inserted;
    if (fresh) await noticeEvent(tx, user, event, inserted);
    if (fresh) await startMatchingJourneys(tx, user, [occurrenceOf(event)], eventDataOf(event));
    if (created) await startForNewUser(tx, user);
    return { id, journeys: recorded.journeys };
  });
}

/** The same, where it takes more than a statement: nothing is stored. */
interface NotRecorded extends Omit<Tracked, 'id'> {
  id: undefined;
}

/**
 * Records it in one statement, after another where it is unknown which journeys it starts, or their conditions read the
 * profile or the time. Stores nothing where that takes more, as conditions on lists and events do.
 */
async function recordAtOnce(
  deps: EnqueueDeps,
  identity: Identity,
  event: NewEvent,
  journeys: StartedJourney[] | undefined,
): Promise<Tracked | NotRecorded> {
  const by = identity.email === undefined ? 'userId' : 'email';
  const key = triggerKeysOf(occurrenceOf(event))[0]!;
  const values = { ...valuesOf(event), key, name: identity.email ?? identity.userId };
  const data = eventDataOf(event);
  const constants = { ...values, stamp: stampOf('ent'), triggerData: writeJson(data) };
  const start = async (judged: StartedJourney[], read?: Starts) => {
    const judgement = { judged: judge(judged, identity, data, read), seen: read?.user.seen ?? null };
    const { id, outdated } = await enqueuing(deps, async (db) => {
      const [row] = await insertAndStart[by](db, { ...constants, ...judgement });
      db.enqueued.push(...row!.entries, ...row!.published);
      return row!;
    });
    return { outdated, result: resultOf(id, judged.length === 0 ? undefined : judged) };
  };
  if (journeys === undefined) {
    const [recorded] = await insertOnly[by](deps.db, values);
    const { id, starts, watched } = recorded!;
    if (id !== null) return { id, journeys };
    if (watched && !starts) return { id: undefined, journeys };
    // The user is unknown.
    if (!starts) return (await start([])).result;
  } else {
    const { asksFacts, readsMore } = needOf(journeys);
    if (asksFacts) return { id: undefined, journeys };
    const started = readsMore ? undefined : await start(journeys);
    if (started?.outdated === false) return started.result;
  }
  const read = await readStarts(deps.db, key, identity);
  const { asksFacts, readsMore } = needOf(read.journeys);
  if (asksFacts) return { id: undefined, journeys: read.journeys };
  return (await start(read.journeys, readsMore ? read : undefined)).result;
}

function resultOf(id: string | null, journeys: StartedJourney[] | undefined): Tracked | NotRecorded {
  return id === null ? { id: undefined, journeys } : { id, journeys };
}

/** What the conditions of these journeys need besides the event: lists or past events; the profile or the time. */
function needOf(journeys: StartedJourney[]): { asksFacts: boolean; readsMore: boolean } {
  const { lists, events, roots, now } = needsOf(...journeys.flatMap(({ where }) => where ?? []));
  return { asksFacts: lists.length + events.length > 0, readsMore: roots.has('profile') || now };
}

/** json: which of these journeys an event of a user with these names and fields starts. */
function judge(
  journeys: StartedJourney[],
  identity: Identity,
  triggerData: Record<string, unknown>,
  read?: Starts,
): string {
  const { email = null, userId = null, dataFields = {}, tags = [] } = { ...identity, ...read?.user };
  const roots = rootsOfEntering({ email, userId, dataFields, tags }, triggerData);
  const facts = factsAt(read?.now ?? 0);
  return JSON.stringify(
    journeys.map(({ journeyId, version, where, keyField }) => ({
      ...{ journeyId, version, reentryKey: entryKeyOf(journeyId, keyField, triggerData) },
      holds: where === null || holds(where, roots, facts),
    })),
  );
}

function occurrenceOf({ name }: NewEvent): EntryTrigger {
  return { kind: 'event', eventName: name };
}
