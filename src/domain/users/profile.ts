import { z } from 'zod';
import { parseDate } from '../time/date-parse';

/** The user's fields as JSON, in the order they were first written. */
export type Profile = Record<string, unknown>;

/** Fields that one update may write. */
export const MOST_FIELDS = 1_000;

/** The type a profile field is given by its first use; later values must have it. */
export const ProfileFieldType = z.enum(['string', 'long', 'double', 'boolean', 'date', 'object', 'array']);
export type ProfileFieldType = z.infer<typeof ProfileFieldType>;

/** One of the two names a user goes by. Emails are compared without case, user ids with it. */
export type Identity = { email: string; userId?: undefined } | { email?: undefined; userId: string };

const EMAIL = /^[^\s@"<>(),:;\\[\]]+@[^\s@"<>(),:;\\[\]]+\.[^\s@"<>(),:;\\[\].]+$/;

/** One `@`, a dot in the domain, no spaces, at most 254 characters. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text);
}

/** Printable ASCII, at most 52 characters, no space at its end. */
export function isUserId(text: string): boolean {
  return /^[\x20-\x7e]{0,51}[\x21-\x7e]$/.test(text);
}

/** The type a value gives a field that has none yet; undefined for null, which fixes nothing. */
export function fieldTypeOf(value: unknown): ProfileFieldType | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (typeof value === 'object') return 'object';
  return typeof value === 'string' && parseDate(value) !== undefined ? 'date' : 'string';
}

/**
 * Whether a value may be written to a field of this type. An integer fits a double, and a date fits a
 * string; nothing else is converted, so that what a receiver was promised does not change under it.
 */
export function fitsFieldType(value: unknown, type: ProfileFieldType): boolean {
  const given = fieldTypeOf(value);
  return given === undefined || suitsFieldType(given, type);
}

/** The same for every value of a type. */
export function suitsFieldType(given: ProfileFieldType, type: ProfileFieldType): boolean {
  if (given === type) return true;
  return (type === 'double' && given === 'long') || (type === 'string' && given === 'date');
}

/**
 * `patch` over `profile`. Fields that are not named keep their values; a top-level object is replaced,
 * or merged one level at a time with `mergeNestedObjects`.
 */
export function mergeProfile(profile: Profile, patch: Profile, mergeNestedObjects: boolean): Profile {
  if (!mergeNestedObjects) return { ...profile, ...patch };
  const merged = Object.entries(patch).map(([name, value]) => {
    const old = Object.hasOwn(profile, name) ? profile[name] : undefined;
    return [name, isRecord(old) && isRecord(value) ? mergeProfile(old, value, true) : value];
  });
  return { ...profile, ...Object.fromEntries(merged) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
