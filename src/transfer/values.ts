import { jsonTrapIn, textOfTrap } from '../domain/json';
import { fieldTypeOf, type Profile, type ProfileFieldType } from '../domain/users/profile';
import type { Cell, Column } from './csv';

/** The user in a row; email and user id are not validated yet. */
export interface ReadRow {
  email?: string;
  userId?: string;
  dataFields: Profile;
  mergeNestedObjects?: boolean;
}

/** JSON's own spelling: what begins with zeros, such as a postcode, is text. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** Reads the cells of a row by the types of their fields. Returns the reason when they cannot be read. */
export function readCells(
  cells: Cell[],
  columns: Column[],
  types: ReadonlyMap<string, ProfileFieldType>,
): ReadRow | string {
  if (cells.length !== columns.length) {
    return `The row has ${cells.length} cells and the header ${columns.length}. A cell with a comma in it stands in quotes.`;
  }
  const row: ReadRow = { dataFields: {} };
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]!;
    if ('name' in column) {
      if (cell.text !== '') row[column.name] = cell.text;
      continue;
    }
    const type = types.get(column.field) ?? 'string';
    if (isLeftAlone(cell, type)) continue;
    const value = valueOf(cell.text, type);
    if (value === undefined)
      return `“${column.field}” holds values of type ${type}; this cell is ${WANTED[type]}.`;
    const trap = jsonTrapIn(value, FIELD_DEPTH);
    if (trap !== undefined) return textOfTrap(trap, `“${column.field}”`);
    row.dataFields[column.field] = value;
  }
  return row;
}

/** The depth of a field's value in the body of an update request. */
const FIELD_DEPTH = 3;

/** An empty cell leaves the field as it is; in quotes it is the empty text, where the field holds texts. */
function isLeftAlone({ text, quoted }: Cell, type: ProfileFieldType): boolean {
  return text === '' && !(quoted && type === 'string');
}

const WANTED: Record<ProfileFieldType, string> = {
  string: 'no text',
  long: 'no whole number',
  double: 'no number',
  boolean: 'neither true nor false',
  date: 'no date such as 2026-11-21 or 2026-11-21T09:30:00Z',
  object: 'no JSON object',
  array: 'no JSON array',
};

/** Undefined for text that is not a value of the type. */
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
      const value = NUMBER.test(text) ? Number(text) : NaN;
      return Number.isFinite(value) && (type === 'double' || Number.isInteger(value)) ? value : undefined;
    }
    case 'object':
    case 'array': {
      const value = jsonOf(text);
      return fieldTypeOf(value) === type ? value : undefined;
    }
  }
}

/** Undefined for what is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The type for a new field, guessed from its cells: the one that suits all of them. Numbers make it `double`, which
 * accepts whole numbers too. Undefined where every cell is empty.
 */
export function guessType(cells: Cell[]): ProfileFieldType | undefined {
  const filled = cells.filter(({ text, quoted }) => text !== '' || quoted);
  if (filled.length === 0) return undefined;
  const guesses = new Set(filled.map(guess));
  return guesses.size === 1 ? [...guesses][0] : 'string';
}

function guess({ text, quoted }: Cell): ProfileFieldType {
  if (quoted) return 'string';
  if (NUMBER.test(text)) return 'double';
  if (BOOLEAN.test(text)) return 'boolean';
  return fieldTypeOf(text) === 'date' ? 'date' : 'string';
}
