import { parse } from 'csv-parse/sync';
import { ApiError } from '../domain/errors';
import { MOST_FIELDS, type ProfileFieldType, ProfileFieldType as FieldTypes } from '../domain/users/profile';
import type { Row } from './rows';

/** A cell; a quoted one is always text. */
export interface Cell {
  text: string;
  quoted: boolean;
}

/** What a column contains: the email or user id, or a profile field, whose type the header may give. */
export type Column = { name: 'email' | 'userId' } | { field: string; type?: ProfileFieldType };

const LONGEST_NAME = 256;

/** `age:long`: the name and its type. The last colon counts, and only before a type. */
const TYPED = new RegExp(`^(.+):(${FieldTypes.options.join('|')})$`, 's');

const EXAMPLE = 'The first line names the columns, such as: email,plan,age:long';

/** Reads the header. Throws `BadParams`, which says what is wrong with it. */
export function columnsOf(header: Row | undefined): Column[] {
  if (header === undefined) throw badHeader(`The file is empty. ${EXAMPLE}`);
  if (header.fault !== undefined) throw badHeader(`The header cannot be read. ${header.fault}`);
  const [cells] = cellsOf([header]);
  if (typeof cells === 'string') throw badHeader(`The header cannot be read. ${cells}`);
  if (cells!.length > MOST_FIELDS + 2) {
    throw badHeader(`The file has more than ${MOST_FIELDS} columns of fields. Split it.`);
  }
  const columns = cells!.map(({ text }, index) => columnOf(text, index));
  refuseRepeated(columns);
  if (!columns.some((column) => 'name' in column)) {
    const [{ text } = { text: '' }] = cells!;
    const separated = cells!.length === 1 && /[;\t]/.test(text) ? ' Cells are separated by commas.' : '';
    throw badHeader(`No column is called email or userId.${separated} ${EXAMPLE}`);
  }
  return columns;
}

function columnOf(text: string, index: number): Column {
  if (text === 'email' || text === 'userId') return { name: text };
  const [, field = text, type] = TYPED.exec(text) ?? [];
  const where = `Column ${index + 1}`;
  if (field === '') throw badHeader(`${where} has no name. Name it, or remove it.`);
  if (field.length > LONGEST_NAME) throw badHeader(`${where} has a name of over ${LONGEST_NAME} characters.`);
  if (field === '__proto__') throw badHeader(`${where} is called “__proto__”. Rename it.`);
  return { field, ...(type !== undefined && { type: type as ProfileFieldType }) };
}

function refuseRepeated(columns: Column[]): void {
  const seen = new Set<string>();
  for (const column of columns) {
    const [kind, name] = 'name' in column ? ['name', column.name] : ['field', column.field];
    if (seen.has(`${kind} ${name}`)) {
      throw badHeader(`Two columns are called “${name}”. Rename one, or remove it.`);
    }
    seen.add(`${kind} ${name}`);
  }
}

function badHeader(message: string): ApiError {
  return new ApiError('BadParams', message, { header: message });
}

/** The cells of each row, or the reason why it cannot be read. */
export function cellsOf(rows: Row[]): (Cell[] | string)[] {
  const texts = rows.map(({ bytes, fault }) => (fault === undefined ? bytes.toString('utf8') : undefined));
  const together = parsed(texts.filter((text) => text !== undefined).join('\n'));
  const readable = texts.filter((text) => text !== undefined).length;
  // One bad row makes all of them unreadable: then each is parsed separately.
  const records = Array.isArray(together) && together.length === readable ? together.values() : undefined;
  return rows.map(({ fault }, index) => fault ?? records?.next().value ?? cellsIn(texts[index]!));
}

function cellsIn(text: string): Cell[] | string {
  const records = parsed(text);
  if (typeof records === 'string') return records;
  return records.length === 1 ? records[0]! : BAD_QUOTES;
}

const BAD_QUOTES =
  'The quotes of this row cannot be read. A cell with a quote, a comma or a line break stands in quotes, ' +
  'and each quote within it is doubled.';

function parsed(text: string): Cell[][] | string {
  if (text === '') return [];
  try {
    return parse(text, {
      record_delimiter: '\n',
      relax_column_count: true,
      cast: (cell, { quoting }) => ({ text: cell, quoted: quoting }) as unknown as string,
    }) as unknown as Cell[][];
  } catch (error) {
    // The library's own message quotes the cell.
    if (!(error instanceof Error && 'code' in error)) throw error;
    return BAD_QUOTES;
  }
}
