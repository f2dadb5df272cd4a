import { z } from 'zod';

const SHORTEST = 12;
const LONGEST = 1_024;

/** A password as it is typed to sign in. It is hashed, so its length is bounded. */
export const TypedPassword = z
  .string()
  .max(LONGEST, `A password has at most ${LONGEST} characters.`)
  .transform((text) => text.normalize('NFC'));

/**
 * A new password. NFC, because keyboards and systems write the same letters in different code points (RFC 8265). It may
 * be any text: rules about digits and symbols make passwords that are guessed more easily.
 */
export const NewPassword = TypedPassword.refine(
  (text) => [...text].length >= SHORTEST,
  `A password has at least ${SHORTEST} characters. A few words that do not belong together are easy to remember.`,
).refine((text) => new Set(text).size >= 5, 'This password repeats a few characters. Choose another.');

/** What is wrong with a password for a person; undefined if nothing is. */
export function passwordFault(
  password: string,
  { email, name }: { email: string; name: string },
): string | undefined {
  const typed = password.toLowerCase();
  const known = [email, name].some((text) => typed === text.normalize('NFC').toLowerCase());
  return known ? 'This password is the person’s email or name. Choose another.' : undefined;
}
