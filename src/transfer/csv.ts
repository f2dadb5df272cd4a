import { parse } from 'csv-parse/sync';
import { ApiError } from '../domain/errors';
import { jsonTrapIn, textOfTrap } from '../domain/json';
import { MOST_FIELDS, type ProfileFieldType, ProfileFieldType as FieldTypes } from '../domain/users/profile';
import type { Row } from './rows';

/** A cell; a quoted one is always text. */
export interface Cell {
  text: string;
  quoted: boolean;
}

/** A column of a file: the email, the user id, or a profile field, whose type the header may state. */
export type Column = { name: 'email' | 'userId' } | { field: string; type?: ProfileFieldType };

const LONGEST_NAME = 256;
/** With escapes, quotes and a type. */
const LONGEST_WRITTEN = 2_000;

const EXAMPLE = 'The first line names the columns, such as: email,plan,age:long';

/** Reads the header. Throws `BadParams` if it is not valid. */
export function columnsOf(header: Row | undefined): Column[] {
  if (header === undefined) throw badHeader(`The file is empty. ${EXAMPLE}`);
  if (header.fault !== undefined) throw badHeader(`The header cannot be read. ${header.fault}`);
  if (cellCount(header) > MOST_CELLS) {
    throw badHeader(`The file has more than ${MOST_FIELDS} columns of fields. Split it.`);
  }
  const [cells] = cellsOf([header]);
  if (typeof cells === 'string') throw badHeader(`The header cannot be read. ${cells}`);
  const columns = cells!.map(({ text }, index) => columnOf(text.trim(), index));
  refuseRepeated(columns);
  if (!columns.some((column) => 'name' in column)) {
    const [{ text } = { text: '' }] = cells!;
    const separated = cells!.length === 1 && /[;\t]/.test(text) ? ' Cells are separated by commas.' : '';
    throw badHeader(`No column is called email or userId.${separated} ${EXAMPLE}`);
  }
  return columns;
}

/** A control character, or one that ends a line in some programs. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

function columnOf(text: string, index: number): Column {
  if (text === 'email' || text === 'userId') return { name: text };
  const { before, type } = typedName(text);
  const where = `Column ${index + 1}`;
  if (text.length > LONGEST_WRITTEN)
    throw badHeader(`${where} has a name of over ${LONGEST_NAME} characters.`);
  if (CONTROL.test(text)) {
    throw badHeader(`${where} has a control character, such as a line end, in its name. Remove it.`);
  }
  const field = nameIn(before);
  if (field === '') throw badHeader(`${where} has no name. Name it, or remove it.`);
  if (field.length > LONGEST_NAME) throw badHeader(`${where} has a name of over ${LONGEST_NAME} characters.`);
  if (field === '__proto__') throw badHeader(`${where} is called “__proto__”. Rename it.`);
  const trap = jsonTrapIn(field);
  if (trap !== undefined) throw badHeader(textOfTrap(trap, `The name of column ${index + 1}`));
  return { field, ...(type !== undefined && { type }) };
}

/** `age:long`: a name and its type, separated by the last colon, if a type follows it. */
function typedName(text: string): { before: string; type?: ProfileFieldType } {
  const colon = text.lastIndexOf(':');
  const type = FieldTypes.safeParse(text.slice(colon + 1).trimStart()).data;
  return colon < 0 || type === undefined
    ? { before: text }
    : { before: text.slice(0, colon).trimEnd(), type };
}

const JSON_STRING = /^"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"$/;

/** The name of a field in a header: as it is, or a JSON string, which keeps spaces around it and control characters. */
function nameIn(text: string): string {
  return JSON_STRING.test(text) ? (JSON.parse(text) as string) : text;
}

/** The text that `nameIn` reads as this name. */
export function nameInHeader(name: string): string {
  if (name === name.trim() && !name.startsWith('"') && !CONTROL.test(name)) return name;
  return JSON.stringify(name).replaceAll(
    new RegExp(CONTROL, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function refuseRepeated(columns: Column[]): void {
  const seen = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const [kind, name] = 'name' in column ? ['name', column.name] : ['field', column.field];
    const key = `${kind} ${name}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw badHeader(
        `Columns ${other + 1} and ${index + 1} are both called “${name}”. Rename or remove one.`,
      );
    }
    seen.set(key, index);
  }
}

function badHeader(message: string): ApiError {
  return new ApiError('BadParams', message, { header: message });
}

/** How many cells a row has. In one whose quotes are not valid, it may have fewer. */
export function cellCount({ bytes }: Row): number {
  let [cells, quoted] = [1, false];
  for (const byte of bytes) {
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === COMMA && !quoted) cells += 1;
  }
  return cells;
}

const [QUOTE, COMMA] = [0x22, 0x2c];

/** The columns of fields, and those of the identifiers. */
const MOST_CELLS = MOST_FIELDS + 2;

/** Why a row is not read: a row of a file may consist of a million commas. */
function faultOf(row: Row): string | undefined {
  if (row.fault !== undefined) return row.fault;
  const cells = cellCount(row);
  return cells > MOST_CELLS ? `The row has ${cells} cells, and can have at most ${MOST_CELLS}.` : undefined;
}

/** The cells of each row, or an error text for a row that cannot be read. */
export function cellsOf(rows: Row[]): (Cell[] | string)[] {
  const faults = rows.map(faultOf);
  const texts = rows.map(({ bytes }, index) =>
    faults[index] === undefined ? bytes.toString('utf8') : undefined,
  );
  const together = parsed(texts.filter((text) => text !== undefined).join('\n'));
  const readable = texts.filter((text) => text !== undefined).length;
  // One bad row makes the parser fail for all of them: then each row is parsed separately.
  const records = Array.isArray(together) && together.length === readable ? together.values() : undefined;
  return texts.map((text, index) => faults[index] ?? records?.next().value ?? cellsIn(text!));
}

function cellsIn(text: string): Cell[] | string {
  const records = parsed(text);
  if (typeof records === 'string') return records;
  return records.length === 1 ? records[0]! : BAD_QUOTES;
}

const BAD_QUOTES =
  'The quotes in this row are not valid. Put a cell with a quote, a comma or a line break in quotes, ' +
  'and double each quote within it.';

function parsed(text: string): Cell[][] | string {
  if (text === '') return [];
  try {
    return parse(text, {
      record_delimiter: '\n',
      relax_column_count: true,
      cast: (cell, { quoting }) => ({ text: cell, quoted: quoting }) as unknown as string,
    }) as unknown as Cell[][];
  } catch (error) {
    // The library's message quotes the cell.
    if (!(error instanceof Error && 'code' in error)) throw error;
    return BAD_QUOTES;
  }
}
