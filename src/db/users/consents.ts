import { sql } from 'drizzle-orm';
import type { ConsentAction } from '../../domain/webhooks/inline-webhook';
import { type Database, rowsOf } from '../connection/client';
import { emailIs, type Names } from './lock';

/** Stores a user's decision on a category, in place of an earlier one. False when there is no such user. */
export async function insertConsent(
  db: Database,
  { email, userId }: Names,
  category: string,
  action: ConsentAction,
): Promise<boolean> {
  const isThem = email === undefined ? sql`user_id = ${userId}` : emailIs(email);
  const rows = await rowsOf(
    db,
    sql`
    insert into user_consents (user_id, category, action)
    select id, ${category}, ${action} from users where ${isThem}
    on conflict (user_id, category) do update set action = excluded.action, updated_at = now()
    returning 1`,
  );
  return rows.length > 0;
}

/** Whether the user of an entry has declined a category (B148). */
export async function hasDeclined(db: Database, entryId: string, category: string): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`
    select 1 from user_consents join entries on entries.user_id = user_consents.user_id
    where entries.id = ${entryId} and category = ${category} and action = 'decline'`,
  );
  return rows.length > 0;
}
