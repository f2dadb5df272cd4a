import { sql } from 'drizzle-orm';
import type { Profile } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';

/** A user as an export has them. `id` is the order of its pages. */
export interface ExportRow {
  id: number;
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

/** Users of a page, and bytes of profiles in it: the one that goes beyond is the last. */
const MOST_USERS = 100;
const MOST_BYTES = 1_048_576;

/** The next users, of one list or of all: those above `after`. Empty at the end. */
export function readExport(
  db: Database,
  { listId, after }: { listId?: number; after: number },
): Promise<ExportRow[]> {
  const from =
    listId === undefined
      ? sql`users where id > ${after}::bigint`
      : sql`list_users join users on users.id = list_users.user_id
            where list_id = ${listId} and list_users.user_id > ${after}::bigint`;
  return rowsOf(
    db,
    sql`
    with page as materialized (
      select id, email, users.user_id, data_fields, octet_length(data_fields::text) as size
      from ${from} order by users.id limit ${MOST_USERS}
    ),
    sized as (select *, sum(size) over (order by id) - size as before from page)
    select id, email, user_id as "userId", data_fields as "dataFields" from sized
    where before < ${MOST_BYTES}::int order by id`,
  );
}
