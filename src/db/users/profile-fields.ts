import { asc, sql } from 'drizzle-orm';
import { ApiError } from '../../domain/errors';
import {
  fieldTypeOf,
  fitsFieldType,
  isWidenedBy,
  type Profile,
  type ProfileFieldType,
} from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { profileFields } from '../schema';

/** What an update may write. */
export interface CheckedFields {
  fields: Profile;
  /** Names that no user had before. */
  createdFields: string[];
  /** Names that were left out, because no user has had them and new ones were not allowed. */
  filteredOutFields: string[];
}

/** Returns the fields that may be written, having given each new one its type. */
export async function checkFields(
  tx: Database,
  fields: Profile,
  createNewFields: boolean,
): Promise<CheckedFields> {
  const types = await typesOf(tx, Object.keys(fields));
  const fresh = createNewFields
    ? Object.keys(fields).filter((name) => !types.has(name) && fieldTypeOf(fields[name]) !== undefined)
    : [];
  const widened = Object.keys(fields).filter(
    (name) => types.has(name) && isWidenedBy(fieldTypeOf(fields[name]), types.get(name)!),
  );
  const createdFields = await giveTypes(tx, typesFrom(fields, [...fresh, ...widened]));
  for (const [name, type] of await typesOf(tx, fresh)) types.set(name, type);
  const mismatch = otherTypes(fields, types);
  if (mismatch !== undefined) throw mismatch;
  if (createNewFields) return { fields, createdFields, filteredOutFields: [] };
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => types.has(name))),
    createdFields,
    filteredOutFields: Object.keys(fields).filter((name) => !types.has(name)),
  };
}

/** The types of the values of these fields. */
function typesFrom(fields: Profile, names: string[]): Map<string, ProfileFieldType> {
  return new Map(names.map((name) => [name, fieldTypeOf(fields[name])!]));
}

/** Gives a type to those of these fields that have none, and widens a long to a double. Returns the names of the former. */
async function giveTypes(tx: Database, types: ReadonlyMap<string, ProfileFieldType>): Promise<string[]> {
  if (types.size === 0) return [];
  // In order of name: two updates that bring the same new fields then wait for each other in one order only.
  const names = [...types.keys()].sort();
  const given = await rowsOf<{ name: string; fresh: boolean }>(
    tx,
    sql`
    insert into profile_fields as known (name, type)
    select * from unnest(
      ${sql.param(names)}::text[], ${sql.param(names.map((name) => types.get(name)))}::text[])
    on conflict (name) do update set type = excluded.type where known.type = 'long' and excluded.type = 'double'
    returning name, (xmax = 0) as fresh`,
  );
  return given.filter(({ fresh }) => fresh).map(({ name }) => name);
}

/** Gives these types to the fields that have none, or widens them. Returns the types that all of them have now. */
export async function declareFields(
  tx: Database,
  types: ReadonlyMap<string, ProfileFieldType>,
): Promise<Map<string, ProfileFieldType>> {
  await giveTypes(tx, types);
  return typesOf(tx, [...types.keys()]);
}

/**
 * Why each of these updates may not be written, or undefined. Each new field is given the type of its first value in an
 * update that may be written, and a long that gets a fraction is widened.
 */
export async function mismatchesOfMany(tx: Database, updates: Profile[]): Promise<(ApiError | undefined)[]> {
  const types = await typesOf(tx, [...new Set(updates.flatMap((fields) => Object.keys(fields)))]);
  const fresh = new Map<string, ProfileFieldType>();
  const assumed = new Map(types);
  for (const fields of updates) {
    if (mismatchesOf(fields, assumed).length > 0) continue;
    for (const [name, value] of Object.entries(fields)) {
      const type = fieldTypeOf(value);
      const known = assumed.get(name);
      if (type === undefined || (known !== undefined && !isWidenedBy(type, known))) continue;
      assumed.set(name, type);
      fresh.set(name, type);
    }
  }
  // Another transaction may have been first with another type.
  for (const [name, type] of await declareFields(tx, fresh)) types.set(name, type);
  return updates.map((fields) => otherTypes(fields, types));
}

/** Those of these fields whose first use gave them another type. */
export async function mismatchedFields(db: Database, fields: Profile): Promise<string[]> {
  return mismatchesOf(fields, await typesOf(db, Object.keys(fields))).map(([name]) => name);
}

function mismatchesOf(fields: Profile, types: Map<string, ProfileFieldType>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const type = types.get(name);
    if (type === undefined || fitsFieldType(value, type)) return [];
    return [[name, `The field holds values of type ${type}; this one is ${fieldTypeOf(value)}.`]];
  });
}

function otherTypes(fields: Profile, types: Map<string, ProfileFieldType>): ApiError | undefined {
  const mismatched = mismatchesOf(fields, types);
  if (mismatched.length === 0) return undefined;
  const names = mismatched.map(([name]) => name).join(', ');
  return new ApiError(
    'RequestFieldsTypesMismatched',
    `These fields have had another type since their first use: ${names}. Send values of that type.`,
    Object.fromEntries(mismatched),
  );
}

/** The types of those of these fields that have one. */
export async function typesOf(db: Database, names: string[]): Promise<Map<string, ProfileFieldType>> {
  if (names.length === 0) return new Map();
  const isOne = sql`${profileFields.name} = any(${sql.param(names)}::text[])`;
  const rows = await db.select().from(profileFields).where(isOne);
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Every profile field that any user has had, with its type, in order of name. */
export async function listProfileFields(db: Database): Promise<Record<string, ProfileFieldType>> {
  const rows = await db.select().from(profileFields).orderBy(asc(profileFields.name));
  return Object.fromEntries(rows.map((row) => [row.name, row.type]));
}
