import { sql } from 'drizzle-orm';
import { triggerKeysOf, type EntryTrigger } from '../../domain/journeys/entry-source';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { type EnqueueDeps, enqueuing, transact } from '../enqueue';
import { stampOf } from '../connection/ids';
import { type NewEvent, insertAndStart, insertForLockedUser, insertOnly, valuesOf } from './insert';
import type { EventKind } from '../schema';
import { type LockedUser, startMatchingJourneys, startForNewUser } from '../entries/start';
import { lockOrCreateUser } from '../users/lock';

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

/** Records an event of a user whose row the transaction has locked; `fresh` unless it updates an earlier one. */
export async function insertEvent(
  tx: Database,
  { id }: Pick<LockedUser, 'id'>,
  event: NewEvent,
): Promise<{ id: string; fresh: boolean }> {
  const [row] = await insertForLockedUser(tx, { ...valuesOf(event), user: id });
  return row!;
}

/** An event as it is read back. */
export interface EventRow {
  id: string;
  kind: EventKind;
  name: string;
  data_fields: Record<string, unknown>;
  campaign_id: number | null;
  template_id: number | null;
  created_at: string;
}

/** The latest events of a user, newest first. */
export function listEvents(db: Database, userId: number, limit: number): Promise<EventRow[]> {
  return rowsOf(
    db,
    sql`
    select coalesce(external_id, id) as id, kind, name, data_fields, campaign_id, template_id, created_at
    from events where user_id = ${userId} order by created_at desc, id desc limit ${limit}`,
  );
}
