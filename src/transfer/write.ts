import type { Profile, ProfileFieldType } from '../domain/users/profile';

/** A user as an export writes it. */
export interface ExportedUser {
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

/** Types of profile fields, by name. */
type Types = Record<string, ProfileFieldType>;

/** Writes the start of a file, then users in any number of calls. Importing the file gives the same users and types. */
export interface Writer {
  begin: (types: Types) => string;
  users: (users: ExportedUser[]) => string;
}

const NDJSON: Writer = {
  begin: (types) => line({ fields: types }),
  users: (users) =>
    users
      .map(({ email, userId, dataFields }) =>
        line({ ...(email !== null && { email }), ...(userId !== null && { userId }), dataFields }),
      )
      .join(''),
};

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Lines end in CRLF, as RFC 4180 requires. */
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

/** Texts need no type, since they are quoted; except under a name with a colon, or one that is called email or userId. */
function header(name: string, type: ProfileFieldType): string {
  const plain = type === 'string' && !name.includes(':') && !['email', 'userId'].includes(name);
  const text = plain ? name : `${name}:${type}`;
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

/** The profile's own property, not one inherited by every object. */
function own(profile: Profile, name: string): unknown {
  return Object.hasOwn(profile, name) ? profile[name] : undefined;
}

/** Texts are quoted, so that `"42"` and the empty text stay texts. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? quoted(JSON.stringify(value)) : String(value);
}

/** A text as a cell of CSV. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
