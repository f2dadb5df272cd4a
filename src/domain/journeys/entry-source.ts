import { z } from 'zod';
import { When } from './conditions';
import { faultOfTiming, TIMING } from './schedule';

/** Ids of Postgres's integer type. */
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
    /** Also for a user whose first fields include it. */
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

/** What sends users into a journey (B087; docs/events.md). */
export const EntrySource = z.discriminatedUnion('source', SOURCES, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `Entry sources that can be used: ${SOURCES.map(({ shape }) => shape.source.value).join(', ')}.`
      : undefined,
});
export type EntrySource = z.infer<typeof EntrySource>;
export type Schedule = Extract<EntrySource, { source: 'schedule' }>;

/**
 * Sources of the journeys that another journey may send users to: the others count on what their source brings as
 * trigger data.
 */
export const SENT_TO: EntrySource['source'][] = ['journey', 'api'];

/** What happens to a user and may begin journeys; each kind knows the journeys that wait for it by a key. */
export type EntryTrigger =
  | { kind: 'event'; eventName: string }
  | { kind: 'purchase' | 'cartUpdate' }
  | { kind: 'profileUpdate'; fields: string[] }
  | { kind: 'listSubscribe' | 'listUnsubscribe'; listId: number }
  | { kind: 'newUser' };

/** The keys of the journeys that an occurrence may begin. */
export function triggerKeysOf(occurrence: EntryTrigger): string[] {
  switch (occurrence.kind) {
    case 'event':
      return [`event/${occurrence.eventName}`];
    case 'profileUpdate':
      return occurrence.fields.map((field) => `profileUpdate/${field}`);
    case 'listSubscribe':
    case 'listUnsubscribe':
      return [`${occurrence.kind}/${occurrence.listId}`];
    case 'purchase':
    case 'cartUpdate':
    case 'newUser':
      return [occurrence.kind];
  }
}

/** The key that a published journey waits under, or that those with a schedule are found by; null for one that only calls of the API, or other journeys, begin. */
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
