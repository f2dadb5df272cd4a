import { isJsonContainer, writeJson } from '../domain/lossless-json';
import { MOST_FIELDS, type Profile, type ProfileFieldType } from '../domain/users/profile';
import { nameInHeader } from './csv';

/** A user as written to an export. */
export interface ExportedUser {
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

/** Types of profile fields, by name. */
type Types = Record<string, ProfileFieldType>;

/** Writes the beginning of a file, then users. Importing the file gives the same users with the same types. */
export interface Writer {
  begin: (types: Types) => string;
  users: (users: ExportedUser[]) => string;
}

const NDJSON: Writer = {
  begin: (types) => line({ fields: types }),
  users: (users) => users.flatMap(linesOf).join(''),
};

/** A line with the user's fields, or several where an import would refuse a line with so many. */
function linesOf({ email, userId, dataFields }: ExportedUser): string[] {
  const names = { ...(email !== null && { email }), ...(userId !== null && { userId }) };
  const fields = Object.entries(dataFields);
  const parts = Array.from({ length: Math.max(1, Math.ceil(fields.length / MOST_FIELDS)) }, (_, index) =>
    fields.slice(index * MOST_FIELDS, (index + 1) * MOST_FIELDS),
  );
  return parts.map((part) => line({ ...names, dataFields: Object.fromEntries(part) }));
}

function line(value: object): string {
  return `${writeJson(value)}\n`;
}

/** Lines end with CRLF (RFC 4180). */
function createCsv(): Writer {
  let names: string[] = [];
  const row = (cells: string[]) => `${cells.join(',')}\r\n`;
  return {
    begin(types) {
      names = Object.keys(types);
      return row(['email', 'userId', ...names.map((name) => header(name, types[name]!))]);
    },
    users: (users) =>
      users
        .map(({ email, userId, dataFields }) =>
          row([email, userId, ...names.map((name) => own(dataFields, name))].map(cell)),
        )
        .join(''),
  };
}

export function createWriter(format: 'csv' | 'ndjson'): Writer {
  return format === 'csv' ? createCsv() : NDJSON;
}

/**
 * Strings need no type, because they are quoted. A name that looks like `name:type`, or like the column email or
 * userId, needs one.
 */
function header(name: string, type: ProfileFieldType): string {
  const plain = type === 'string' && !name.includes(':') && !['email', 'userId'].includes(name);
  const written = nameInHeader(name);
  const text = plain ? written : `${written}:${type}`;
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

/** An own field of the profile, never a property that every object inherits. */
function own(profile: Profile, name: string): unknown {
  return Object.hasOwn(profile, name) ? profile[name] : undefined;
}

/** Strings are quoted, so that `"42"` and the empty string stay strings. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return quoted(value);
  return isJsonContainer(value) ? quoted(writeJson(value)) : String(value);
}

/** A quoted CSV cell. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
