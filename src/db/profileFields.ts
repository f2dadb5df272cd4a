import { asc, inArray } from 'drizzle-orm';
import { RequestError } from '../domain/errors';
import { fieldTypeOf, fitsFieldType, type Profile, type ProfileFieldType } from '../domain/profile';
import type { Database } from './client';
import { profileFields } from './schema';

/** What an update may write. */
export interface CheckedFields {
  fields: Profile;
  /** Names that no user had before. */
  createdFields: string[];
  /** Names that were left out, because no user has had them and no new ones were wanted. */
  filteredOutFields: string[];
}

/** Returns the fields that may be written, having given each new one its type. */
export async function checkFields(
  tx: Database,
  fields: Profile,
  createNewFields: boolean,
): Promise<CheckedFields> {
  const types = await typesOf(tx, Object.keys(fields));
  // In order of name: two updates that bring the same new fields then wait for each other in one order only.
  const fresh = Object.keys(fields)
    .filter((name) => !types.has(name) && fieldTypeOf(fields[name]) !== undefined)
    .sort();
  const createdFields = createNewFields ? await createFields(tx, fields, fresh) : [];
  if (createNewFields) for (const [name, type] of await typesOf(tx, fresh)) types.set(name, type);
  refuseOtherTypes(fields, types);
  if (createNewFields) return { fields, createdFields, filteredOutFields: [] };
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => types.has(name))),
    createdFields,
    filteredOutFields: Object.keys(fields).filter((name) => !types.has(name)),
  };
}

/** Gives these fields the types of their values. Returns those that nobody else gave one meanwhile. */
async function createFields(tx: Database, fields: Profile, names: string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = names.map((name) => ({ name, type: fieldTypeOf(fields[name])! }));
  const created = await tx.insert(profileFields).values(rows).onConflictDoNothing().returning();
  return created.map(({ name }) => name);
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

function refuseOtherTypes(fields: Profile, types: Map<string, ProfileFieldType>): void {
  const mismatched = mismatchesOf(fields, types);
  if (mismatched.length === 0) return;
  const names = mismatched.map(([name]) => name).join(', ');
  throw new RequestError(
    'RequestFieldsTypesMismatched',
    `These fields have another type since their first use: ${names}. Send values of that type.`,
    Object.fromEntries(mismatched),
  );
}

async function typesOf(db: Database, names: string[]): Promise<Map<string, ProfileFieldType>> {
  if (names.length === 0) return new Map();
  const rows = await db.select().from(profileFields).where(inArray(profileFields.name, names));
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Every profile field that any user has had, with its type, in order of name. */
export async function listProfileFields(db: Database): Promise<Record<string, ProfileFieldType>> {
  const rows = await db.select().from(profileFields).orderBy(asc(profileFields.name));
  return Object.fromEntries(rows.map((row) => [row.name, row.type]));
}
