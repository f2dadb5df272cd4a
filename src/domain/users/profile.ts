import { z } from 'zod';
import { parseDate } from '../time/date-parse';

/** The user's fields as JSON, in the order they were first written. */
export type Profile = Record<string, unknown>;

/** The most fields that one update may write. */
export const MOST_FIELDS = 1_000;

/** The type that a profile field gets from its first value; later values must match it. */
export const ProfileFieldType = z.enum(['string', 'long', 'double', 'boolean', 'date', 'object', 'array']);
export type ProfileFieldType = z.infer<typeof ProfileFieldType>;

/** A user's email or user id. Emails are compared case-insensitively, user ids case-sensitively. */
export type Identity = { email: string; userId?: undefined } | { email?: undefined; userId: string };

const EMAIL = /^[^\s@"<>(),:;\\[\]]+@[^\s@"<>(),:;\\[\]]+\.[^\s@"<>(),:;\\[\].]+$/;

/** One `@`, a dot in the domain, no spaces, at most 254 characters. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text);
}

/** Printable ASCII, at most 52 characters, no trailing space. */
export function isUserId(text: string): boolean {
  return /^[\x20-\x7e]{0,51}[\x21-\x7e]$/.test(text);
}

/** The type that a value gives to a field without one; undefined for null, which sets no type. */
export function fieldTypeOf(value: unknown): ProfileFieldType | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (typeof value === 'object') return 'object';
  return typeof value === 'string' && parseDate(value) !== undefined ? 'date' : 'string';
}

/**
 * Whether a value may be written to a field of this type. An integer fits a double, and a date fits a string; nothing
 * else is converted, so that receivers can rely on a field's type.
 */
export function fitsFieldType(value: unknown, type: ProfileFieldType): boolean {
  const given = fieldTypeOf(value);
  return given === undefined || suitsFieldType(given, type);
}

/** Whether every value of the type `given` fits a field of the type `type`. */
export function suitsFieldType(given: ProfileFieldType, type: ProfileFieldType): boolean {
  if (given === type) return true;
  return (type === 'double' && given === 'long') || (type === 'string' && given === 'date');
}

/**
 * Merges `patch` into `profile`. Fields that it does not name keep their values; a top-level object is replaced, or
 * merged recursively with `mergeNestedObjects`.
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
