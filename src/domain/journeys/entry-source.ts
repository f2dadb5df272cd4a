import { z } from 'zod';
import { Scalar, same } from './conditions/comparison';
import { When } from './conditions';
import { EventName } from './event-data';
import { ListId } from './ids';
import { faultOfTiming, TIMING } from './timing/schedule';
import type { Profile } from '../users/profile';

/** Who may enter: who does not meet it does not. */
const WHERE = { where: When.optional() };

const SOURCES = [
  z.strictObject({ source: z.literal('api'), ...WHERE }),
  z.strictObject({ source: z.literal('event'), eventName: EventName, ...WHERE }),
  z.strictObject({ source: z.literal('purchase'), ...WHERE }),
  z.strictObject({ source: z.literal('cartUpdate'), ...WHERE }),
  z.strictObject({ source: z.literal('newUser'), ...WHERE }),
  z
    .strictObject({
      source: z.literal('profileUpdate'),
      field: z.string().min(1).max(256),
      /** Also starts an entry for a new user whose first fields include it. */
      alsoOnCreate: z.boolean().optional(),
      onlyIfChanged: z.boolean().optional(),
      /** What the field had before, and has then; null for nothing. */
      from: Scalar.optional(),
      to: Scalar.optional(),
      ...WHERE,
    })
    .superRefine(({ from, to }, context) => {
      if (from === undefined || to === undefined || !same(from, to)) return;
      const message = 'A field does not change from a value to the same value. Leave one out, or change it.';
      context.addIssue({ code: 'custom', path: ['to'], message });
    }),
  z.strictObject({ source: z.literal('listSubscribe'), listId: ListId, ...WHERE }),
  z.strictObject({ source: z.literal('listUnsubscribe'), listId: ListId, ...WHERE }),
  z.strictObject({ source: z.literal('journey'), ...WHERE }),
  z
    .strictObject({ source: z.literal('schedule'), listId: ListId, ...TIMING, ...WHERE })
    .superRefine((schedule, context) => {
      const fault = faultOfTiming(schedule);
      if (fault) context.addIssue({ code: 'custom', path: [fault.field], message: fault.message });
    }),
] as const;

/** What starts the entries of a journey (B087; docs/events.md). */
export const EntrySource = z.discriminatedUnion('source', SOURCES, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `An entry source is one of: ${SOURCES.map(({ shape }) => shape.source.value).join(', ')}.`
      : undefined,
});
export type EntrySource = z.infer<typeof EntrySource>;
export type Schedule = Extract<EntrySource, { source: 'schedule' }>;

/**
 * Entry sources of the journeys that another journey may hand users off to: the others rely on the trigger data of
 * their source.
 */
export const SENT_TO: EntrySource['source'][] = ['journey', 'api'];

/** Something that happens to a user and may start journeys, which are found by its trigger keys. */
export type EntryTrigger =
  | { kind: 'event'; eventName: string }
  | { kind: 'purchase' | 'cartUpdate' }
  /** `before`: the profile before the update, empty for a new user. */
  | { kind: 'profileUpdate'; fields: string[]; before?: Profile }
  | { kind: 'listSubscribe' | 'listUnsubscribe'; listId: number }
  | { kind: 'newUser' };

/** The keys of the journeys that a trigger may start. */
export function triggerKeysOf(trigger: EntryTrigger): string[] {
  switch (trigger.kind) {
    case 'event':
      return [`event/${trigger.eventName}`];
    case 'profileUpdate':
      return trigger.fields.map((field) => `profileUpdate/${field}`);
    case 'listSubscribe':
    case 'listUnsubscribe':
      return [`${trigger.kind}/${trigger.listId}`];
    case 'purchase':
    case 'cartUpdate':
    case 'newUser':
      return [trigger.kind];
  }
}

/**
 * The key that a published journey is found by, also one with a schedule; null for a journey that only the API or
 * other journeys start.
 */
export function triggerKeyOfSource(source: EntrySource): string | null {
  switch (source.source) {
    case 'api':
    case 'journey':
      return null;
    case 'event':
      return `event/${source.eventName}`;
    case 'profileUpdate':
      return `profileUpdate/${source.field}`;
    case 'schedule':
    case 'listSubscribe':
    case 'listUnsubscribe':
      return `${source.source}/${source.listId}`;
    case 'purchase':
    case 'cartUpdate':
    case 'newUser':
      return source.source;
  }
}
