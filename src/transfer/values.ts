import { jsonTrapIn, textOfTrap } from '../domain/json';
import { readJson, readNumber } from '../domain/lossless-json';
import { isWhole } from '../domain/numeral';
import { FIELD_DEPTH, fieldTypeOf, type Profile, type ProfileFieldType } from '../domain/users/profile';
import type { Cell, Column } from './csv';

/** A user as read from a row; email and user id are not validated yet. */
export interface ReadRow {
  email?: string;
  userId?: string;
  dataFields: Profile;
  mergeNestedObjects?: boolean;
}

/** Numbers as JSON writes them: digits with a leading zero, such as a postcode, are text. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** Reads the cells of a row by the types of their fields, or returns an error text. */
export function readCells(
  cells: Cell[],
  columns: Column[],
  types: ReadonlyMap<string, ProfileFieldType>,
): ReadRow | string {
  if (cells.length !== columns.length) {
    return `The row has ${cells.length} cells and the header ${columns.length}. Put a cell that contains a comma in quotes.`;
  }
  const row: ReadRow = { dataFields: {} };
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]!;
    if ('name' in column) {
      if (cell.text !== '') row[column.name] = cell.text;
      continue;
    }
    const type = types.get(column.field) ?? 'string';
    if (isUnchanged(cell, type)) continue;
    // A fraction makes a double of a long, unless the file itself says that the column has whole numbers.
    const value = valueOf(cell.text, type === 'long' && column.type !== 'long' ? 'double' : type);
    if (value === undefined)
      return `“${column.field}” is of type ${type}, but this cell is not ${WANTED[type]}.`;
    const trap = jsonTrapIn(value, FIELD_DEPTH);
    if (trap !== undefined) return textOfTrap(trap, `“${column.field}”`);
    row.dataFields[column.field] = value;
  }
  return row;
}

/** An empty cell leaves the field unchanged; in quotes it is the empty string, if the field is of type string. */
function isUnchanged({ text, quoted }: Cell, type: ProfileFieldType): boolean {
  return text === '' && !(quoted && type === 'string');
}

const WANTED: Record<ProfileFieldType, string> = {
  string: 'a string',
  long: 'a whole number',
  double: 'a number',
  boolean: 'true or false',
  date: 'a date such as 2026-11-21 or 2026-11-21T09:30:00Z',
  object: 'a JSON object',
  array: 'a JSON array',
};

/** Undefined if the text is not a value of the type. */
function valueOf(text: string, type: ProfileFieldType): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'date':
      return fieldTypeOf(text) === 'date' ? text : undefined;
    case 'boolean':
      return BOOLEAN.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'long':
    case 'double': {
      const value = NUMBER.test(text) ? readNumber(text) : undefined;
      return value !== undefined && (type === 'double' || isWhole(value)) ? value : undefined;
    }
    case 'object':
    case 'array': {
      const value = jsonOf(text);
      return fieldTypeOf(value) === type ? value : undefined;
    }
  }
}

/** Undefined if the text is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Guesses the type of a new field from its cells in the rows read so far: the type that fits all of them, and whose
 * values are written just as the cells are. Numbers give `double`, which also accepts whole numbers. Undefined if every
 * cell is empty.
 */
export function guessType(cells: Cell[]): ProfileFieldType | undefined {
  const filled = cells.filter(({ text, quoted }) => text !== '' || quoted);
  if (filled.length === 0) return undefined;
  const guesses = new Set(filled.map(guess));
  return guesses.size === 1 ? [...guesses][0] : 'string';
}

function guess({ text, quoted }: Cell): ProfileFieldType {
  if (quoted) return 'string';
  // What says more than its value does is a code, such as 12E3, 1.10, 007 or a number of too many digits.
  if (NUMBER.test(text) && String(Number(text)) === text) return 'double';
  if (BOOLEAN.test(text)) return 'boolean';
  return fieldTypeOf(text) === 'date' ? 'date' : 'string';
}
