import { z } from 'zod';
import { ApiError } from '../errors';
import { isExactNumber, isJsonObject, writeJson } from '../lossless-json';
import { isWhole } from '../numeral';
import { jsonTrapIn, MAX_JSON_DEPTH } from '../json';
import { parseDate } from '../time/date-parse';

/** The user's fields as JSON, in the order they were first written. */
export type Profile = Record<string, unknown>;

/** The most fields that one update may write. */
export const MOST_FIELDS = 1_000;

/** The most fields that a profile may have, and the most bytes of its JSON. */
export const MOST_PROFILE_FIELDS = 10_000;
export const LARGEST_PROFILE = 1_048_576;

/**
 * Why a profile cannot become this one, as the end of a sentence; undefined if it can. One that was too large before may
 * become smaller.
 */
export function sizeFault(after: Profile, before: Profile): string | undefined {
  const fields = Object.keys(after).length;
  if (fields > MOST_PROFILE_FIELDS && fields > Object.keys(before).length) {
    return `more than ${MOST_PROFILE_FIELDS} fields`;
  }
  const size = sizeOf(after);
  return size > LARGEST_PROFILE && size > sizeOf(before) ? 'more than 1 MiB' : undefined;
}

function sizeOf(profile: Profile): number {
  return Buffer.byteLength(writeJson(profile));
}

/** Throws `ProfileTooLarge` if a profile cannot become this one. */
export function refuseLarge(after: Profile, before: Profile): void {
  const fault = sizeFault(after, before);
  if (fault === undefined) return;
  throw new ApiError(
    'ProfileTooLarge',
    `The user’s profile would have ${fault}. Send fewer or shorter fields; one that is set to null takes little.`,
  );
}

/** The depth of a field's value in the body of an update, which bounds its nesting however it comes. */
export const FIELD_DEPTH = 3;

/** Why an object cannot be merged into a profile, as the end of a sentence; undefined if it can. */
export function profileFault(fields: object): string | undefined {
  const names = Object.keys(fields);
  if (names.length > MOST_FIELDS) return `has more than ${MOST_FIELDS} fields.`;
  if (names.some((name) => name === '' || name.length > LONGEST_NAME)) {
    return `has a field whose name does not have 1 to ${LONGEST_NAME} characters.`;
  }
  const isTooDeep = jsonTrapIn(fields, FIELD_DEPTH - 1) === 'depth';
  return isTooDeep
    ? `has a field that is nested deeper than ${MAX_JSON_DEPTH - FIELD_DEPTH + 1} levels.`
    : undefined;
}

/** Characters of a field's name. */
const LONGEST_NAME = 256;

/** The type that a profile field gets from its first value; later values must match it. */
export const ProfileFieldType = z.enum(['string', 'long', 'double', 'boolean', 'date', 'object', 'array']);
export type ProfileFieldType = z.infer<typeof ProfileFieldType>;

/** A user's email or user id. Emails are compared ignoring the case of A to Z, user ids case-sensitively. */
export type Identity = { email: string; userId?: undefined } | { email?: undefined; userId: string };

/** Printable ASCII, at most 52 characters, no trailing space. */
export function isUserId(text: string): boolean {
  return /^[\x20-\x7e]{0,51}[\x21-\x7e]$/.test(text);
}

/** The type that a value gives to a field without one; undefined for null, which sets no type. */
export function fieldTypeOf(value: unknown): ProfileFieldType | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' || isExactNumber(value)) return isWhole(value) ? 'long' : 'double';
  if (typeof value === 'object') return 'object';
  return typeof value === 'string' && parseDate(value) !== undefined ? 'date' : 'string';
}

/**
 * Whether a value may be written to a field of this type. A whole number fits a double, and a date a string. A fraction
 * fits a long, which becomes a double by it (`isWidenedBy`): JavaScript writes 20.0 as 20, so a first whole number says
 * little. Nothing else is converted, so that receivers can rely on a field's type.
 */
export function fitsFieldType(value: unknown, type: ProfileFieldType): boolean {
  const given = fieldTypeOf(value);
  return given === undefined || suitsFieldType(given, type);
}

/** Whether every value of the type `given` fits a field of the type `type`. */
export function suitsFieldType(given: ProfileFieldType, type: ProfileFieldType): boolean {
  if (given === type) return true;
  return (
    (type === 'double' && given === 'long') ||
    (type === 'string' && given === 'date') ||
    isWidenedBy(given, type)
  );
}

/** Whether a field of the type `type` becomes one of the type `given` by a value of that. */
export function isWidenedBy(given: ProfileFieldType | undefined, type: ProfileFieldType): boolean {
  return type === 'long' && given === 'double';
}

/**
 * Merges `patch` into `profile`. Fields that it does not name keep their values; a top-level object is replaced, or
 * merged recursively with `mergeNestedObjects`.
 */
export function mergeProfile(profile: Profile, patch: Profile, mergeNestedObjects: boolean): Profile {
  if (!mergeNestedObjects) return { ...profile, ...patch };
  const merged = Object.entries(patch).map(([name, value]) => {
    const old = Object.hasOwn(profile, name) ? profile[name] : undefined;
    return [name, isJsonObject(old) && isJsonObject(value) ? mergeProfile(old, value, true) : value];
  });
  return { ...profile, ...Object.fromEntries(merged) };
}
