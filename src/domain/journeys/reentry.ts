import { z } from 'zod';
import { isExactNumber, isJsonContainer } from '../lossless-json';
import { textOfNumber } from '../numeral';
import { parseDuration } from '../time/duration';
import { Duration } from './tiles/fields';

const FIELD = /^[^.\s[\]]{1,256}(\.[^.\s[\]]{1,256}|\[\d{1,3}\]){0,31}$/;

const KeyField = z
  .string()
  .regex(FIELD, 'A key is a field of the trigger data, such as "cartId" or "cart.id", of up to 32 steps.')
  .refine(
    (field) => !field.startsWith('trigger.'),
    'Leave out “trigger.”: a key is always a field of the trigger data.',
  )
  .refine((field) => !stepsOf(field).includes('__proto__'), 'A field called __proto__ cannot be a key.');

/** How often and how soon one user may enter a journey again (docs/re-entry.md). */
export const Reentry = z
  .strictObject({
    /** How long after the last entry. */
    after: Duration.optional(),
    from: z.enum(['entry', 'end']).optional(),
    /** Entries of one user are told apart by this field of the trigger data. */
    key: KeyField.optional(),
    /** What becomes of a user who is under way. */
    onActive: z.enum(['refuse', 'restart', 'parallel']).optional(),
  })
  .refine(({ after, key, onActive }) => (after ?? key ?? onActive) !== undefined, {
    message: 'Re-entry rules have at least one of after, key and onActive.',
  })
  .refine(({ after, from }) => from === undefined || after !== undefined, {
    path: ['from'],
    message: 'This says what “after” counts from. Add after, or leave from out.',
  });
export type Reentry = z.infer<typeof Reentry>;

/** The rules as the database judges by them. */
export interface ReentryRules {
  afterMs: number | null;
  from: 'entry' | 'end';
  key: string | null;
  onActive: 'refuse' | 'restart' | 'parallel';
}

/** Counted from the end, the time cannot have passed while an entry is under way, unless the journey says otherwise. */
export function rulesOf({ after, from = 'entry', key, onActive }: Reentry): ReentryRules {
  return {
    afterMs: after === undefined ? null : parseDuration(after)!,
    from,
    key: key ?? null,
    onActive: onActive ?? (from === 'end' ? 'refuse' : 'parallel'),
  };
}

/**
 * A text of the value of a key field in trigger data: the same for values that are equal by type and value. Undefined
 * where the field is missing or null.
 */
export function keyTextOf(field: string, triggerData: Record<string, unknown>): string | undefined {
  const value = stepsOf(field).reduce<unknown>((inner, step) => {
    if (!isJsonContainer(inner) || !Object.hasOwn(inner, step)) return undefined;
    return (inner as Record<string, unknown>)[step];
  }, triggerData);
  return value === undefined || value === null ? undefined : textOf(value);
}

function stepsOf(field: string): string[] {
  return field.match(/[^.[\]]+/g) ?? [];
}

function textOf(value: unknown): string {
  if (isExactNumber(value)) return textOfNumber(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (!isJsonContainer(value)) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${textOf(inner)}`).join(',')}}`;
}
