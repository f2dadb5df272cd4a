import { ApiError } from '../../domain/errors';
import { giveWay } from '../../domain/turns';
import { type EnqueuingDatabase, savepoint } from '../../db/enqueue';
import {
  applyBatch,
  type ImportRow,
  type ImportTarget,
  namesOf,
  type RowRefusal,
  unknown,
} from '../../db/imports/import-batch';
import { updateAndSubscribe } from './subscribe';
import { lockUser } from '../../db/users/lock';
import { updateLockedUser, type Updated, type UserUpdate } from '../../db/users/users';

/**
 * Updates the user of each row like `updateUser` or `subscribe`, in the order of the rows and in the caller's
 * transaction. Returns the rows that cannot be applied; they do not stop the others. Unless the rows may start or publish
 * something, a handful of statements applies them all.
 */
export async function applyRows(
  tx: EnqueuingDatabase,
  rows: ImportRow[],
  target: ImportTarget,
  oneByOne: boolean,
): Promise<RowRefusal[]> {
  const refusals: RowRefusal[] = [];
  for (const batch of oneByOne ? rows.map((row) => [row]) : batchesOf(rows)) {
    await giveWay();
    const { refused, left } =
      batch.length === 1 ? { refused: [], left: batch } : await applyBatch(tx, batch, target);
    refusals.push(...refused);
    for (const row of left) {
      await giveWay();
      refusals.push(...(await applyOne(tx, row, target)));
    }
  }
  return refusals;
}

/** Rows of a batch: each may be of a user whose profile is large. */
const MOST_TOGETHER = 100;

/** Cuts the rows into batches without a repeated identifier: changes of one user keep their order. */
function batchesOf(rows: ImportRow[]): ImportRow[][] {
  const batches: ImportRow[][] = [];
  let names = new Set<string>();
  for (const row of rows) {
    const own = namesOf(row.update);
    const isFull = batches.at(-1)?.length === MOST_TOGETHER;
    if (batches.length === 0 || isFull || own.some((name) => names.has(name))) {
      batches.push([]);
      names = new Set();
    }
    batches.at(-1)!.push(row);
    for (const name of own) names.add(name);
  }
  return batches;
}

/** A caller's mistake refuses the row; any other error fails the page. */
async function applyOne(
  tx: EnqueuingDatabase,
  { line, update }: ImportRow,
  target: ImportTarget,
): Promise<RowRefusal[]> {
  try {
    const updated = await savepoint(tx, (inner) => updateOne(inner, update, target));
    if (updated === undefined) throw unknown();
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [{ line, error }];
  }
}

/** Undefined for an unknown user who must not be created. */
export async function updateOne(
  tx: EnqueuingDatabase,
  update: UserUpdate,
  { listId, knownOnly }: ImportTarget,
): Promise<Updated | undefined> {
  if (listId !== undefined) return updateAndSubscribe(tx, listId, update, knownOnly);
  if (knownOnly && (await lockUser(tx, update)) === undefined) return undefined;
  return updateLockedUser(tx, update);
}
