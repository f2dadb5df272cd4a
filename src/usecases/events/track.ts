import { LRUCache } from 'lru-cache';
import { stampOf } from '../../db/connection/ids';
import { type EnqueueDeps, enqueuing, transact } from '../../db/enqueue';
import { startForNewUser, startMatchingJourneys } from '../../db/entries/start';
import { insertEvent } from '../../db/events/events';
import { insertAndStart, insertOnly, type NewEvent, valuesOf } from '../../db/events/insert';
import { lockOrCreateUser } from '../../db/users/lock';
import { type EntryTrigger, triggerKeysOf } from '../../domain/journeys/entry-source';
import type { Identity } from '../../domain/users/profile';

/** How long events of a name are recorded in a mode that they may no longer need. */
const REMEMBERED_MS = 10_000;

/** Records events like `trackEvent`, each in the mode that the last one of its name took. Returns the event's id. */
export function createTracker(deps: EnqueueDeps): (identity: Identity, event: NewEvent) => Promise<string> {
  const modes = new LRUCache<string, InsertMode>({ max: 1_000, ttl: REMEMBERED_MS });
  return async (identity, event) => {
    const remembered = modes.get(event.name);
    const { id, mode } = await trackEvent(deps, identity, event, remembered);
    // The default needs no memory, and a remembered mode expires.
    if (mode !== 'insertOnly' && remembered === undefined) modes.set(event.name, mode);
    return id;
  };
}

/**
 * How an event is recorded: in one statement if no published journey has it as its entry source; in another, which costs
 * more, if journeys have and ask for nothing else; in a transaction if they have limits or conditions.
 */
export type InsertMode = 'insertOnly' | 'insertAndStart' | 'inTransaction';

export interface Tracked {
  /** The caller's id of the event, or else ours. */
  id: string;
  /** What the next event of this name will most likely take. */
  mode: InsertMode;
}

/**
 * Records an event of a user, who is created if unknown, and accepts the entries that it starts, all or nothing. `mode`
 * is a guess: an event that takes more is recorded as well, one that takes less costs more than it has to.
 */
export async function trackEvent(
  deps: EnqueueDeps,
  identity: Identity,
  event: NewEvent,
  mode: InsertMode = 'insertOnly',
): Promise<Tracked> {
  const occurrence: EntryTrigger = { kind: 'event', eventName: event.name };
  const triggerData = { ...event.dataFields, eventName: event.name };
  const identifier = identity.email === undefined ? 'userId' : 'email';
  const name = identity.email ?? identity.userId;
  const values = { ...valuesOf(event), key: triggerKeysOf(occurrence)[0]!, name };
  const [recorded] = mode === 'insertOnly' ? await insertOnly[identifier](deps.db, values) : [];
  if (recorded) return { id: recorded.id, mode: 'insertOnly' };
  const more = { stamp: stampOf('ent'), triggerData: JSON.stringify(triggerData) };
  const started =
    mode === 'inTransaction'
      ? undefined
      : await enqueuing(deps, async (db) => {
          const [row] = await insertAndStart[identifier](db, { ...values, ...more });
          if (row) db.enqueued.push(...row.entries, ...row.published);
          return row;
        });
  if (started) {
    return { id: started.id, mode: started.entries.length > 0 ? 'insertAndStart' : 'insertOnly' };
  }
  return transact(deps, async (tx) => {
    const { user, created } = await lockOrCreateUser(tx, identity);
    const { id, fresh } = await insertEvent(tx, user, event);
    if (fresh) await startMatchingJourneys(tx, user, [occurrence], triggerData);
    if (created) await startForNewUser(tx, user);
    return { id, mode: created ? 'insertOnly' : 'inTransaction' };
  });
}
