import { compareNumber, isNumber, splitNumber } from 'lossless-json';
import { z } from 'zod';
import { type ExactNumber, isExactNumber } from './lossless-json';

/** A number of JSON, also one that JavaScript would round. */
export const AnyNumber = z.union([
  z.number(),
  z.custom<ExactNumber>(isExactNumber, 'Send a number here.').meta({ type: 'number' }),
]);

/** A number of user data: what JSON has as a number, or a text of digits. */
const IN_TEXT = /^[+-]?\d+(?:\.\d+)?$/;
/** Of a number, in characters. Reading longer ones takes long, and no receiver can. */
export const MOST_CHARACTERS = 400;

/**
 * A number, or the number in numeric text (`"-1.50"`, but not `"1e3"`, `"0x1"` or `""`), as digits without loss.
 * Undefined for everything else.
 */
export function numeralOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (isExactNumber(value)) return value.value;
  if (typeof value !== 'string' || value.length > MOST_CHARACTERS || !IN_TEXT.test(value)) return undefined;
  const digits = value.replace(/^\+|(?<=^[+-]?)0+(?=\d)/g, '');
  return isNumber(digits) ? digits : undefined;
}

/** Below zero if `a` is the smaller number, zero if they are equal; undefined if one of them is no number. */
export function compareNumerals(a: unknown, b: unknown): number | undefined {
  // Nearly all numbers: the difference of two doubles tells exactly which is greater.
  if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a - b) ? undefined : a - b;
  const [one, other] = [numeralOf(a), numeralOf(b)];
  return one === undefined || other === undefined ? undefined : compareNumber(one, other);
}

/** Whether a number has no fraction: 12345678901234567890, and 1e22. */
export function isWhole(number: number | ExactNumber): boolean {
  if (typeof number === 'number') return Number.isInteger(number);
  const { digits, exponent } = splitNumber(number.value);
  return digits.length - 1 <= exponent;
}

/** A text that is the same for exact numbers of one value: 1e400 and 10e399. */
export function textOfNumber(number: ExactNumber): string {
  const { sign, digits, exponent } = splitNumber(number.value);
  return `${sign}${digits}e${exponent}`;
}
