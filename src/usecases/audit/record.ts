import { insertAuditRows } from '../../db/audit-log';
import type { Database } from '../../db/connection/client';
import type { Action, Author } from '../../domain/audit';
import { changesBetween, type View } from './changes';

/** What is done with one thing. */
export interface Done {
  action: Action;
  /** Of the thing; left out where the action is about all of its kind. Never what names a person. */
  id?: number | string;
  name?: string;
  /** What is seen of it before and after. */
  before?: View;
  after?: View;
}

interface Deps {
  db: Database;
  author: Author;
}

/** Makes a change and records it, in one transaction. `describe` returns nothing where nothing was done. */
export function recorded<Result>(
  { db, author }: Deps,
  change: (tx: Database) => Promise<Result>,
  describe: (result: Result) => Done | undefined,
): Promise<Result> {
  return db.transaction(async (tx) => {
    const result = await change(tx);
    const done = describe(result);
    if (done !== undefined) await record(tx, author, done);
    return result;
  });
}

/** Records what an author does, in the transaction that does it: neither is stored without the other. */
export async function record(tx: Database, author: Author, ...done: Done[]): Promise<void> {
  if (done.length === 0) return;
  const rows = done.map(({ action, id, name, before, after }) => ({
    action,
    targetId: id === undefined ? null : String(id),
    targetName: name ?? null,
    changes: changesBetween(before, after),
  }));
  await insertAuditRows(tx, author, rows);
}
