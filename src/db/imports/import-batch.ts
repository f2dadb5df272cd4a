import { sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import { writeJson } from '../../domain/lossless-json';
import { LIST_KEY, PROFILE_KEY } from '../../domain/journeys/watch';
import { foldedEmail } from '../../domain/users/email';
import { mergeProfile, type Profile, refuseLarge } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { sharedInTurn } from '../connection/queued-lock';
import { mismatchesOfMany } from '../users/profile-fields';
import { foldedEmailSql, type NamedUser, singleUserOf } from '../users/lock';
import type { UserUpdate } from '../users/users';

/** A row of an import, its names and values checked. */
export interface ImportRow {
  /** The line on which it starts. */
  line: number;
  update: UserUpdate;
}

/** What an import does besides updating each user. */
export interface ImportTarget {
  /** The list that they are put on. */
  listId?: number;
  /** Whether rows of unknown users are refused. */
  knownOnly: boolean;
}

/** A row that is refused, and why. */
export interface RowRefusal {
  line: number;
  error: ApiError;
}

/** A row with the user that it updates, or none where it creates one, and the profile that they have after it. */
interface Matched extends ImportRow {
  before?: LockedProfile;
  after: Profile;
}

interface LockedProfile extends NamedUser {
  id: number;
  dataFields: Profile;
  /** What their entries watch for. */
  watched: string[];
}

/** Rows by what is done with them. */
interface Sorted {
  matched: Matched[];
  refused: RowRefusal[];
  /** Those that have to be applied one by one. */
  left: ImportRow[];
}

/**
 * Applies rows of which no two share an identifier in a handful of statements, where they start no journey and publish
 * nothing. Returns the rows that are refused, and those that have to be applied one by one afterwards, in order.
 */
export async function applyBatch(
  tx: Database,
  rows: ImportRow[],
  target: ImportTarget,
): Promise<Omit<Sorted, 'matched'>> {
  const locked = await lockProfiles(tx, rows);
  if (locked === undefined) return { refused: [], left: rows };
  const { matched, refused, left } = match(rows, locked, target);
  const faults = await mismatchesOfMany(
    tx,
    matched.map(({ update }) => update.dataFields),
  );
  const good = matched.filter((_row, index) => faults[index] === undefined);
  for (const [index, { line }] of matched.entries()) {
    const fault = faults[index];
    if (fault !== undefined) refused.push({ line, error: fault });
  }
  const created = await createUsers(tx, good);
  const changed = await changeUsers(tx, good);
  if (target.listId !== undefined) await putOnList(tx, target.listId, [...created.ids, ...changed]);
  return { refused, left: [...left, ...created.left].sort((one, other) => one.line - other.line) };
}

/** Finds the user of each row among the locked ones. */
function match(rows: ImportRow[], locked: LockedProfile[], { knownOnly, listId }: ImportTarget): Sorted {
  const isChanged = (key: string) => key === PROFILE_KEY || (key === LIST_KEY && listId !== undefined);
  const byName = new Map(locked.flatMap((user) => namesOf(user).map((name) => [name, user] as const)));
  const sorted: Sorted = { matched: [], refused: [], left: [] };
  const seen = new Set<number>();
  for (const row of rows) {
    const users = new Set(namesOf(row.update).flatMap((name) => byName.get(name) ?? []));
    try {
      const before = singleUserOf([...users], row.update);
      if (before === undefined && knownOnly) throw unknown();
      // A user who gains an identifier may conflict with another; one that two rows name is updated twice; and what the
      // entries of a user watch for is looked at one by one.
      if (
        before !== undefined &&
        (seen.has(before.id) || gainsName(before, row.update) || before.watched.some(isChanged))
      )
        sorted.left.push(row);
      else sorted.matched.push({ ...row, before, after: profileAfter(row, before) });
      if (before !== undefined) seen.add(before.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      sorted.refused.push({ line: row.line, error });
    }
  }
  return sorted;
}

/** Throws `ProfileTooLarge`. */
function profileAfter({ update }: ImportRow, user: LockedProfile | undefined): Profile {
  const before = user?.dataFields ?? {};
  const after = mergeProfile(before, update.dataFields, update.mergeNestedObjects);
  refuseLarge(after, before);
  return after;
}

/** The error of a row that must not create a user. */
export function unknown(): ApiError {
  return new ApiError('UnknownEmailError', 'There is no such user, and only known ones are updated.');
}

/** The identifiers of a row or a user, emails as they are compared. */
export function namesOf({ email, userId }: { email?: string | null; userId?: string | null }): string[] {
  return [...(email ? [`email ${foldedEmail(email)}`] : []), ...(userId ? [`userId ${userId}`] : [])];
}

function gainsName(before: NamedUser, { email, userId }: UserUpdate): boolean {
  return (before.email === null && email !== undefined) || (before.userId === null && userId !== undefined);
}

/** Bytes of profiles that are in memory at a time. */
const MOST_BYTES = 2_097_152;

/** Locks the known users of these rows, in order of id. Undefined when their profiles are too large together. */
async function lockProfiles(tx: Database, rows: ImportRow[]): Promise<LockedProfile[] | undefined> {
  const emails = rows.flatMap(({ update }) => (update.email === undefined ? [] : foldedEmail(update.email)));
  const userIds = rows.flatMap(({ update }) => update.userId ?? []);
  const users = await rowsOf<Omit<LockedProfile, 'dataFields'> & { dataFields: Profile | null }>(
    tx,
    sql`
    with locked as materialized (
      select id, email, user_id, data_fields, watched from users
      where ${foldedEmailSql(sql`email`)} = any(${sql.param(emails)}::text[]) or user_id = any(${sql.param(userIds)}::text[])
      order by id for no key update
    )
    select id, email, user_id as "userId", watched,
      case when sum(octet_length(data_fields::text)) over () <= ${MOST_BYTES}::int then data_fields end as "dataFields"
    from locked`,
  );
  return users.every((user): user is LockedProfile => user.dataFields !== null) ? users : undefined;
}

/** Creates the users of the rows that have none; a row whose user another transaction has just created is left. */
async function createUsers(tx: Database, rows: Matched[]): Promise<{ ids: number[]; left: ImportRow[] }> {
  // In one order, so that two imports of the same users never deadlock.
  const fresh = new Map(
    rows
      .filter(({ before }) => before === undefined)
      .map((row) => [namesOf(row.update).join(), row] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  if (fresh.size === 0) return { ids: [], left: [] };
  const rowsOfFresh = [...fresh.values()];
  const updates = rowsOfFresh.map(({ update }) => update);
  const created = await rowsOf<NamedUser & { id: number }>(
    tx,
    sql`
    insert into users (email, user_id, data_fields)
    select email, user_id, data::json from unnest(
      ${sql.param(updates.map(({ email }) => email ?? null))}::text[],
      ${sql.param(updates.map(({ userId }) => userId ?? null))}::text[],
      ${sql.param(rowsOfFresh.map(({ after }) => writeJson(after)))}::text[]
    ) as fresh (email, user_id, data)
    on conflict do nothing returning id, email, user_id as "userId"`,
  );
  for (const user of created) fresh.delete(namesOf(user).join());
  return { ids: created.map(({ id }) => id), left: [...fresh.values()] };
}

/** Merges the fields of the rows into the profiles of their users, who are locked. Returns the ids of these. */
async function changeUsers(tx: Database, rows: Matched[]): Promise<number[]> {
  const known = rows.flatMap(({ before, after }) => (before === undefined ? [] : [{ id: before.id, after }]));
  if (known.length === 0) return [];
  const ids = known.map(({ id }) => id);
  const profiles = known.map(({ after }) => writeJson(after));
  await tx.execute(sql`
    update users set data_fields = data::json, updated_at = now()
    from unnest(${sql.param(ids)}::bigint[], ${sql.param(profiles)}::text[]) as changed (id, data)
    where users.id = changed.id`);
  return ids;
}

async function putOnList(tx: Database, listId: number, userIds: number[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx.execute(sql`
    insert into list_users (list_id, user_id)
    select id, user_id
    from ${sharedInTurn('lists', sql`select ${listId}::int`)} shared join lists using (id),
      unnest(${sql.param(userIds)}::bigint[]) as coming (user_id)
    for share of lists
    on conflict do nothing`);
}
