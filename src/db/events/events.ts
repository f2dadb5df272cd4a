import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { insertForLockedUser, type InsertedEvent, type NewEvent, valuesOf } from './insert';
import type { EventKind } from '../schema';
import type { LockedUser } from '../entries/start';

/** Records an event of a user whose row the transaction has locked; `fresh` unless it updates an earlier one. */
export async function insertEvent(
  tx: Database,
  { id }: Pick<LockedUser, 'id'>,
  event: NewEvent,
): Promise<InsertedEvent> {
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

/** The latest events that are looked through for a name. */
const LATEST = 100_000;

/** Those of these names that none of the latest events has. */
export async function namesWithoutEvents(db: Database, names: string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`
    select name from unnest(${sql.param(names)}::text[]) wanted (name)
    where not exists (
      select 1 from events
      where events.name = wanted.name and seq > (select last_value from event_order) - ${LATEST}::bigint
    )`,
  );
  return new Set(rows.map(({ name }) => name));
}
