import type { Profile, ProfileFieldType } from '../domain/users/profile';

/** A user as an export writes them. */
export interface ExportedUser {
  email: string | null;
  userId: string | null;
  dataFields: Profile;
}

/** Types of profile fields, by name. */
type Types = Record<string, ProfileFieldType>;

/** How a file begins, and how it goes on with users: an import of it has the same users, with the same types. */
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

/** Lines end as RFC 4180 has it. */
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

/** Texts need no type: they stand in quotes. But a name that looks like name and type, or like the user's, does. */
function header(name: string, type: ProfileFieldType): string {
  const plain = type === 'string' && !name.includes(':') && !['email', 'userId'].includes(name);
  const text = plain ? name : `${name}:${type}`;
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

/** What a profile has under a name, and not what every object has. */
function own(profile: Profile, name: string): unknown {
  return Object.hasOwn(profile, name) ? profile[name] : undefined;
}

/** Texts stand in quotes, so that `"42"` and the empty one stay texts. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? quoted(JSON.stringify(value)) : String(value);
}

/** A cell of CSV that is a text. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
