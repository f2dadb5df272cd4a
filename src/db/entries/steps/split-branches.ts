import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../connection/client';

export interface ChosenBranch {
  /** The id of the user's row. */
  user: number;
  key: string;
  branch: string;
}

/**
 * Assigns a user to a branch for good. The branch that they are assigned to already stands, as long as it is one of
 * `names`. One statement, so that two entries at once agree. Returns the branch.
 */
export async function assignBranch(
  db: Database,
  { user, key, branch }: ChosenBranch,
  names: string[],
): Promise<string> {
  const [row] = await rowsOf<{ branch: string }>(
    db,
    sql`
    insert into split_branches as assigned (user_id, key, branch) values (${user}::bigint, ${key}, ${branch})
    on conflict (user_id, key) do update set branch = case
      when assigned.branch = any(${sql.param(names)}::text[]) then assigned.branch else excluded.branch end
    returning branch`,
  );
  return row!.branch;
}

/** The branch that `assignBranch` would return, which assigns nobody. */
export async function assignedBranch(
  db: Database,
  { user, key, branch }: ChosenBranch,
  names: string[],
): Promise<string> {
  const [row] = await rowsOf<{ branch: string }>(
    db,
    sql`
    select branch from split_branches
    where user_id = ${user}::bigint and key = ${key} and branch = any(${sql.param(names)}::text[])`,
  );
  return row?.branch ?? branch;
}
