import { sql } from 'drizzle-orm';
import { triggerKeysOf, type EntryTrigger } from '../../domain/journeys/entry-source';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { stampOf } from '../connection/ids';
import type { OutboxItem } from '../outbox';
import { type NewEvent, insertAndStart, insertForLockedUser, insertOnly, valuesOf } from './insert';
import type { EventKind } from '../schema';
import { type LockedUser, startMatchingJourneys, startForNewUser } from '../entries/start';
import { lockOrCreateUser } from '../users/lock';

/**
 * What recording an event takes: one statement where no published journey waits for it; another, which costs more,
 * where journeys do that ask for nothing else; a transaction where they have limits or conditions.
 */
export type InsertMode = 'insertOnly' | 'insertAndStart' | 'inTransaction';

export interface Tracked {
  /** The caller's id of the event, or else ours. */
  id: string;
  items: OutboxItem[];
  /** What the next event of this name will most likely take. */
  mode: InsertMode;
}

/**
 * Records an event of a user, who is made if there is none, and accepts the entries that it begins, all or nothing.
 * `mode` is a guess: what takes more than that is done as well, and what takes less costs more than it has to.
 */
export async function trackEvent(
  db: Database,
  identity: Identity,
  event: NewEvent,
  mode: InsertMode = 'insertOnly',
): Promise<Tracked> {
  const occurrence: EntryTrigger = { kind: 'event', eventName: event.name };
  const triggerData = { ...event.dataFields, eventName: event.name };
  const who = identity.email === undefined ? 'userId' : 'email';
  const name = identity.email ?? identity.userId;
  const values = { ...valuesOf(event), key: triggerKeysOf(occurrence)[0]!, name };
  const [quiet] = mode === 'insertOnly' ? await insertOnly[who](db, values) : [];
  if (quiet) return { id: quiet.id, items: [], mode: 'insertOnly' };
  const more = { stamp: stampOf('ent'), triggerData: JSON.stringify(triggerData) };
  const [begun] = mode === 'inTransaction' ? [] : await insertAndStart[who](db, { ...values, ...more });
  if (begun) {
    const { id, entries, published } = begun;
    return {
      id,
      items: [...entries, ...published],
      mode: entries.length > 0 ? 'insertAndStart' : 'insertOnly',
    };
  }
  return db.transaction(async (tx) => {
    const { user, created } = await lockOrCreateUser(tx, identity);
    const { id, fresh } = await insertEvent(tx, user, event);
    const entries = fresh ? await startMatchingJourneys(tx, user, [occurrence], triggerData) : [];
    const asNew = created ? await startForNewUser(tx, user) : [];
    return { id, items: [...entries, ...asNew], mode: created ? 'insertOnly' : 'inTransaction' };
  });
}

/** `fresh`: whether it is no update of an event that was known. The user's row is held. */
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
