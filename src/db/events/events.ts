import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { insertForLockedUser, type NewEvent, valuesOf } from './insert';
import type { EventKind } from '../schema';
import type { LockedUser } from '../entries/start';

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
