import { type EnqueueDeps, transact } from '../../db/enqueue';
import { type ImportRow, type ImportTarget, type RowRefusal, unknown } from '../../db/imports/import-batch';
import { startsOrPublishes } from '../../db/imports/starts-or-publishes';
import { typesOf } from '../../db/users/profile-fields';
import type { UserUpdate } from '../../db/users/users';
import { chunksOf } from '../../domain/chunks';
import { ApiError } from '../../domain/errors';
import { giveWay } from '../../domain/turns';
import { applyRows, updateOne } from './import-rows';

/** Users that are updated in one transaction: others wait for it. */
const CHUNK = 100;

/** What became of many updates. */
export interface UpdatedMany {
  /** Why updates were refused, by position. */
  refused: Map<number, ApiError>;
  /** Names of fields that no user had before. */
  createdFields: Set<string>;
  /** Names of fields that were left out, because they were not to be created. */
  filteredOutFields: Set<string>;
}

/**
 * Updates users, in their order, and puts them on a list if the target has one. A caller's mistake refuses one update,
 * not the others. A handful of statements updates many, unless they start or publish something.
 */
export async function updateMany(
  deps: EnqueueDeps,
  updates: UserUpdate[],
  target: ImportTarget,
): Promise<UpdatedMany> {
  const done: UpdatedMany = { refused: new Map(), createdFields: new Set(), filteredOutFields: new Set() };
  const rows = updates.map((update, line) => ({ line, update }));
  for (const chunk of chunksOf(rows, CHUNK, ({ update }) => update.dataFields)) {
    await giveWay();
    await updateChunk(deps, chunk, target, done);
  }
  return done;
}

async function updateChunk(
  deps: EnqueueDeps,
  sent: ImportRow[],
  target: ImportTarget,
  done: UpdatedMany,
): Promise<void> {
  const names = [...new Set(sent.flatMap(({ update }) => Object.keys(update.dataFields)))];
  const before = await typesOf(deps.db, names);
  const rows = sent.map((row) => withoutNewFields(row, before, done.filteredOutFields));
  const oneByOne = await startsOrPublishes(deps.db, rows, target);
  const refused = oneByOne
    ? await updateEach(deps, rows, target)
    : await transact(deps, (tx) => applyRows(tx, rows, target, false));
  for (const { line, error } of refused) done.refused.set(line, error);
  const fresh = names.filter((name) => !before.has(name));
  for (const name of (await typesOf(deps.db, fresh)).keys()) done.createdFields.add(name);
}

/** A row without the fields that nobody has had, if it must not create any. */
function withoutNewFields(
  row: ImportRow,
  known: ReadonlyMap<string, unknown>,
  filteredOut: Set<string>,
): ImportRow {
  const { update } = row;
  if (update.createNewFields) return row;
  const fields = Object.entries(update.dataFields);
  for (const [name] of fields) if (!known.has(name)) filteredOut.add(name);
  const dataFields = Object.fromEntries(fields.filter(([name]) => known.has(name)));
  return { ...row, update: { ...update, dataFields } };
}

/** Each in a transaction of its own: what they start must not lock many users at a time. */
async function updateEach(deps: EnqueueDeps, rows: ImportRow[], target: ImportTarget): Promise<RowRefusal[]> {
  const refused: RowRefusal[] = [];
  for (const { line, update } of rows) {
    try {
      if ((await transact(deps, (tx) => updateOne(tx, update, target))) === undefined) throw unknown();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push({ line, error });
    }
  }
  return refused;
}
