import { z } from 'zod';
import { When } from './conditions';
import { faultOfTiming, TIMING } from './schedule';

/** Ids fit Postgres's integer type. */
export const ListId = z.int().positive().max(2_147_483_647);
export const JourneyId = z.int().positive().max(2_147_483_647);

const EventName = z.string().trim().min(1, 'An event needs a name.').max(255);

const SOURCES = [
  z.strictObject({ source: z.literal('api') }),
  z.strictObject({ source: z.literal('event'), eventName: EventName, where: When.optional() }),
  z.strictObject({ source: z.literal('purchase') }),
  z.strictObject({ source: z.literal('cartUpdate') }),
  z.strictObject({ source: z.literal('newUser') }),
  z.strictObject({
    source: z.literal('profileUpdate'),
    field: z.string().min(1).max(256),
    /** Also starts an entry for a new user whose first fields include it. */
    alsoOnCreate: z.boolean().optional(),
  }),
  z.strictObject({ source: z.literal('listSubscribe'), listId: ListId }),
  z.strictObject({ source: z.literal('listUnsubscribe'), listId: ListId }),
  z.strictObject({ source: z.literal('journey') }),
  z
    .strictObject({ source: z.literal('schedule'), listId: ListId, ...TIMING })
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
  | { kind: 'profileUpdate'; fields: string[] }
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
