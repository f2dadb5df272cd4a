import { sql } from 'drizzle-orm';
import { keysOf, type Occurrence } from '../../domain/journeys/entry-source';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { stampOf } from '../connection/ids';
import type { Waiting } from '../outbox';
import { type NewEvent, recordAndStart, recordOfHeld, recordQuietly, valuesOf } from './insert';
import type { EventKind } from '../schema';
import { type HeldUser, startJourneys, startWithUser } from '../entries/start';
import { holdUser } from '../users/lock';

/**
 * What recording an event takes: one statement where no published journey waits for it; another, which costs more,
 * where journeys do that ask for nothing else; a transaction where they have limits or conditions.
 */
export type Way = 'quietly' | 'atOnce' | 'held';

export interface Recorded {
  /** The caller's id of the event, or else ours. */
  id: string;
  waiting: Waiting[];
  /** What the next event of this name will most likely take. */
  way: Way;
}

/**
 * Records an event of a user, who is made if there is none, and accepts the entries that it begins, all or nothing.
 * `way` is a guess: what takes more than that is done as well, and what takes less costs more than it has to.
 */
export async function trackEvent(
  db: Database,
  identity: Identity,
  event: NewEvent,
  way: Way = 'quietly',
): Promise<Recorded> {
  const occurrence: Occurrence = { kind: 'event', eventName: event.name };
  const triggerData = { ...event.dataFields, eventName: event.name };
  const who = identity.email === undefined ? 'userId' : 'email';
  const name = identity.email ?? identity.userId;
  const values = { ...valuesOf(event), key: keysOf(occurrence)[0]!, name };
  const [quiet] = way === 'quietly' ? await recordQuietly[who](db, values) : [];
  if (quiet) return { id: quiet.id, waiting: [], way: 'quietly' };
  const more = { stamp: stampOf('ent'), triggerData: JSON.stringify(triggerData) };
  const [begun] = way === 'held' ? [] : await recordAndStart[who](db, { ...values, ...more });
  if (begun) {
    const { id, entries, told } = begun;
    return { id, waiting: [...entries, ...told], way: entries.length > 0 ? 'atOnce' : 'quietly' };
  }
  return db.transaction(async (tx) => {
    const { user, created } = await holdUser(tx, identity);
    const { id, fresh } = await insertEvent(tx, user, event);
    const entries = fresh ? await startJourneys(tx, user, [occurrence], triggerData) : [];
    const asNew = created ? await startWithUser(tx, user) : [];
    return { id, waiting: [...entries, ...asNew], way: created ? 'quietly' : 'held' };
  });
}

/** `fresh`: whether it is no update of an event that was known. The user's row is held. */
export async function insertEvent(
  tx: Database,
  { id }: Pick<HeldUser, 'id'>,
  event: NewEvent,
): Promise<{ id: string; fresh: boolean }> {
  const [row] = await recordOfHeld(tx, { ...valuesOf(event), user: id });
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
