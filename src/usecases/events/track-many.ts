import type { EnqueueDeps } from '../../db/enqueue';
import type { NewEvent } from '../../db/events/insert';
import { findConsequences, insertEvents } from '../../db/events/insert-many';
import type { Database } from '../../db/connection/client';
import { namesOf } from '../../db/imports/import-batch';
import type { Names } from '../../db/users/lock';
import { insertUsers, lockUsers, type Meant, usersMeant } from '../../db/users/names';
import { triggerKeysOf } from '../../domain/journeys/entry-source';
import { createTracker } from './track';

/** An event and whose it is. */
export interface TrackedEvent {
  names: Names;
  event: NewEvent;
}

export type TrackMany = (events: TrackedEvent[]) => Promise<void>;

/**
 * Records events like `trackEvent`: in a handful of statements those that start no journey; the others, and those of
 * the same user behind them, one by one, so that events of one user keep their order.
 */
export function createBulkTracker(deps: EnqueueDeps): TrackMany {
  const track = createTracker();
  return async (events) => {
    const left = await deps.db.transaction((tx) => recordPlain(tx, events));
    for (const { names, event } of left) await track(deps, names, event);
  };
}

/** Records the events that start nothing. Returns the others, in their order. */
async function recordPlain(tx: Database, events: TrackedEvent[]): Promise<TrackedEvent[]> {
  const newUser = triggerKeysOf({ kind: 'newUser' });
  const { keys, publishesUsers } = await findConsequences(tx, [...newUser, ...new Set(events.map(keyOf))]);
  const plain = withoutStarting(events, keys);
  const createsUsers = !publishesUsers && !newUser.some((key) => keys.has(key));
  const { users, watching } = await usersOf(tx, plain, createsUsers);
  const recorded = plain.flatMap(({ event }, index) => {
    const user = users[index];
    return user === undefined || watching.has(user) ? [] : [{ user, event }];
  });
  await insertEvents(tx, recorded);
  const done = new Set(recorded.map(({ event }) => event));
  return events.filter(({ event }) => !done.has(event));
}

function keyOf({ event: { name } }: TrackedEvent): string {
  return triggerKeysOf({ kind: 'event', eventName: name })[0]!;
}

/** The events without those that start a journey and, of the same user, all behind them. */
function withoutStarting(events: TrackedEvent[], keys: Set<string>): TrackedEvent[] {
  const waiting = new Set<string>();
  return events.filter((tracked) => {
    const own = namesOf(tracked.names);
    const waits = keys.has(keyOf(tracked)) || own.some((name) => waiting.has(name));
    if (waits) own.forEach((name) => waiting.add(name));
    return !waits;
  });
}

interface UsersOfEvents {
  /** The id of the user of each event, locked; undefined where that takes more than here. */
  users: (number | undefined)[];
  /** Those of them whose entries watch for one of their events. */
  watching: Set<number>;
}

async function usersOf(tx: Database, events: TrackedEvent[], createsUsers: boolean): Promise<UsersOfEvents> {
  const meant = await usersMeant(
    tx,
    events.map(({ names }) => names),
  );
  const known = await lockUsers(tx, [...new Set(meant.filter((user) => typeof user === 'number'))]);
  const created = createsUsers ? await createUsers(tx, meant) : [];
  const users = meant.map((user, index) =>
    typeof user === 'number' ? (known.has(user) ? user : undefined) : created[index],
  );
  const watching = users.filter((user, index) => known.get(user!)?.includes(keyOf(events[index]!)));
  return { users, watching: new Set(watching as number[]) };
}

/** Creates each user to be created once, by whichever names they come. Returns the ids by position. */
async function createUsers(tx: Database, meant: Meant[]): Promise<(number | undefined)[]> {
  const byName = new Map<string, Names>();
  const people = meant.map((names) => (typeof names === 'number' ? undefined : personOf(names, byName)));
  const distinct = [...new Set(people.filter((person) => person !== undefined))];
  const ids = await insertUsers(tx, distinct);
  return people.map((person) => (person === undefined ? undefined : ids[distinct.indexOf(person)]));
}

/** The new user whom names mean, by the rule of `decidingNames`. */
function personOf({ email, userId }: Names, byName: Map<string, Names>): Names {
  const [byEmail, byUserId] = [namesOf({ email })[0], namesOf({ userId })[0]];
  const other = byUserId === undefined ? undefined : byName.get(byUserId);
  const same =
    byEmail === undefined ? other : (byName.get(byEmail) ?? (other?.email === undefined ? other : undefined));
  if (same !== undefined) return same;
  const person = other === undefined ? { email, userId } : { email };
  for (const name of namesOf(person)) byName.set(name, person);
  return person;
}
