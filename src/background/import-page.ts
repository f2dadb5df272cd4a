import type { Database } from '../db/connection/client';
import type { EnqueuingDatabase } from '../db/enqueue';
import { readChunk, removeImport } from '../db/imports/files';
import { startsOrPublishes } from '../db/imports/starts-or-publishes';
import type { ImportRow } from '../db/imports/import-batch';
import type { LockedJob, PageResult } from '../db/jobs/jobs';
import { unknownListsAmong } from '../db/lists/lists';
import { declareFields, typesOf } from '../db/users/profile-fields';
import { giveWay } from '../domain/turns';
import { invisibleFault, isEmail } from '../domain/users/email';
import { isUserId, type ProfileFieldType } from '../domain/users/profile';
import { type Cell, cellCount, cellsOf, type Column } from '../transfer/csv';
import { readLine } from '../transfer/ndjson';
import { applyRows } from '../usecases/users/import-rows';
import { type ImportFormat, type FilePosition, type Row, RowSplitter } from '../transfer/rows';
import { guessType, type ReadRow, readCells } from '../transfer/values';

/** What the job of an import needs to know, without personal data. */
export interface ImportParameters {
  format: ImportFormat;
  /** Of a CSV file. */
  columns: Column[];
  /** The types that the file says its fields have. */
  types: Record<string, ProfileFieldType>;
  /** Where its first user is. */
  begin: FilePosition;
  listId?: number;
  updateExistingUsersOnly: boolean;
  mergeNestedObjects: boolean;
}

/** Rows of a page, their cells and bytes, and bytes of the file that it looks at. */
const MOST_ROWS = 500;
const MOST_CELLS = 20_000;
const MOST_ROW_BYTES = 1_048_576;
const MOST_BYTES = 4_194_304;

/** Rows of a page that are applied one by one, because they may start or publish something: others wait for the page. */
const MOST_ROWS_ONE_BY_ONE = 50;

/** Applies the next rows of an import's file; a row that cannot be applied is refused by its line. */
export async function importPage(
  tx: EnqueuingDatabase,
  job: LockedJob,
): Promise<PageResult | { failed: string }> {
  const parameters = job.parameters as unknown as ImportParameters;
  const { format, begin, types, listId, updateExistingUsersOnly: knownOnly } = parameters;
  if (listId !== undefined && (await unknownListsAmong(tx, [listId])).length > 0) {
    await removeImport(tx, job.id);
    return { failed: `List ${listId} was deleted. The rows that were not done by then were not imported.` };
  }
  if (job.cursor === null) await declareFields(tx, new Map(Object.entries(types)));
  const page = await readRows(tx, job.id, format, (job.cursor as FilePosition | null) ?? begin);
  const read =
    format === 'csv' ? await readCsv(tx, page.rows, parameters.columns) : await readLines(page.rows);
  const { good, refused } = sortOut(page.rows, read, parameters);
  const target = { listId, knownOnly };
  const oneByOne = await startsOrPublishes(tx, good, target);
  const { rows, next, ended } = oneByOne ? firstOf(page, MOST_ROWS_ONE_BY_ONE) : page;
  const isOfPage = ({ line }: { line: number }) => rows.length > 0 && line <= rows.at(-1)!.line;
  const notApplied = await applyRows(tx, good.filter(isOfPage), target, oneByOne);
  if (ended) await removeImport(tx, job.id);
  return {
    cursor: next,
    done: rows.length,
    refused: [
      ...refused.filter(isOfPage),
      ...notApplied.map(({ line, error }) => ({ line, reason: error.message })),
    ]
      .sort((one, other) => one.line - other.line)
      .map(refusalOf),
    ended,
  };
}

/** A row that is refused, and why, in words. */
interface RowRefusal {
  line: number;
  reason: string;
}

/** Names of fields come from outside: half a surrogate pair in one could not be stored. */
function refusalOf({ line, reason }: RowRefusal): { ref: string; reason: string } {
  return { ref: String(line), reason: Buffer.from(reason).toString() };
}

/** Rows of a file, and where the next one starts. */
interface FilePage {
  rows: Row[];
  next: FilePosition;
  /** Whether these are the last. */
  ended: boolean;
}

async function readRows(
  tx: Database,
  id: string,
  format: ImportFormat,
  place: FilePosition,
): Promise<FilePage> {
  const splitter = new RowSplitter(format, place);
  const rows: Row[] = [];
  let { offset } = place;
  while (rows.length < fitting(rows) && offset - place.offset < MOST_BYTES) {
    const part = await readChunk(tx, id, offset);
    if (part === undefined) {
      rows.push(...splitter.end());
      return firstOf({ rows, next: splitter.position, ended: true }, fitting(rows));
    }
    await giveWay();
    rows.push(...splitter.push(part));
    offset += part.length;
  }
  return firstOf({ rows, next: splitter.position, ended: false }, fitting(rows));
}

/** How many of these rows one page takes: at least one, and no more than are read and applied in a moment. */
function fitting(rows: Row[]): number {
  let [cells, bytes] = [0, 0];
  const last = rows.slice(0, MOST_ROWS).findIndex((row) => {
    cells += cellCount(row);
    bytes += row.bytes.length;
    return cells > MOST_CELLS || bytes > MOST_ROW_BYTES;
  });
  return last < 0 ? MOST_ROWS : Math.max(last, 1);
}

async function readLines(rows: Row[]): Promise<(ReadRow | string)[]> {
  const read: (ReadRow | string)[] = [];
  for (const row of rows) {
    await giveWay();
    read.push(readLine(row));
  }
  return read;
}

/** The page, ending before the rows beyond so many. */
function firstOf(page: FilePage, most: number): FilePage {
  if (page.rows.length <= most) return page;
  const rows = page.rows.slice(0, most);
  return { rows, next: rows.at(-1)!.after, ended: false };
}

/** Reads rows by the types of their columns; a field without a type is given one that suits its cells on this page. */
async function readCsv(tx: Database, rows: Row[], columns: Column[]): Promise<(ReadRow | string)[]> {
  await giveWay();
  const cells = cellsOf(rows);
  await giveWay();
  const fields = columns.flatMap((column) => ('field' in column ? [column.field] : []));
  const types = await typesOf(tx, fields);
  const guessed = new Map<string, ProfileFieldType>();
  const usable = cells.filter((row) => typeof row !== 'string' && hasNames(row, columns)) as Cell[][];
  for (const [index, column] of columns.entries()) {
    if (!('field' in column) || types.has(column.field)) continue;
    const type = guessType(usable.map((row) => row[index]!));
    if (type !== undefined) guessed.set(column.field, type);
  }
  for (const [name, type] of await declareFields(tx, guessed)) types.set(name, type);
  return cells.map((row) => (typeof row === 'string' ? row : readCells(row, columns, types)));
}

/** A row without a usable identifier does not decide the type of a field. */
function hasNames(cells: Cell[], columns: Column[]): boolean {
  const names = Object.fromEntries(
    columns.flatMap((column, index) => ('name' in column ? [[column.name, cells[index]?.text]] : [])),
  );
  return cells.length === columns.length && faultIn(names) === undefined;
}

function sortOut(rows: Row[], read: (ReadRow | string)[], { mergeNestedObjects }: ImportParameters) {
  const good: ImportRow[] = [];
  const refused: RowRefusal[] = [];
  for (const [index, row] of read.entries()) {
    const { line } = rows[index]!;
    const fault = typeof row === 'string' ? row : faultIn(row);
    if (fault !== undefined) refused.push({ line, reason: fault });
    else good.push({ line, update: { mergeNestedObjects, ...(row as ReadRow), createNewFields: true } });
  }
  return { good, refused };
}

function faultIn({ email, userId }: { email?: string; userId?: string }): string | undefined {
  if (!email && !userId) return 'The row names no user. Give it an email or a userId.';
  if (email && !isEmail(email)) {
    return `This is not an email address. ${invisibleFault(email) ?? 'It needs one @, a dot in its domain and no spaces.'}`;
  }
  if (userId && !isUserId(userId)) {
    return 'This is not a userId: it needs 1 to 52 printable ASCII characters and no space at its end.';
  }
  return undefined;
}
