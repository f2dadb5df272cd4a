import { z } from 'zod';
import { createTracker } from '../../usecases/events/track';
import type { NewEvent } from '../../db/events/insert';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { requiredIdentityOf } from '../users/identity';
import { MAX_INT } from '../../db/connection/ids';

/** Seconds since the epoch, up to the year 2286. */
export const UnixTime = z.int().min(0).max(9_999_999_999);

const MAX_EVENT_ID_BYTES = 512;

/** The caller's own id of an event: the same again updates it. */
export const ExternalEventId = z
  .string()
  .min(1)
  .refine((id) => Buffer.byteLength(id) <= MAX_EVENT_ID_BYTES, 'An event id has at most 512 bytes.');

const Event = z.object({
  eventName: z.string().trim().min(1).max(255),
  email: z.string().nullish(),
  userId: z.string().nullish(),
  dataFields: z.record(z.string(), z.unknown()).nullish(),
  id: ExternalEventId.nullish().describe('Your own id. The same again updates the event and begins nothing.'),
  createdAt: UnixTime.nullish().describe('Seconds since the epoch; left out, now.'),
  campaignId: z.int().min(0).max(MAX_INT).nullish(),
  templateId: z.int().min(0).max(MAX_INT).nullish(),
});
type Event = z.infer<typeof Event>;

const MOST_EVENTS = 1_000;

/** Records one event of a call. Returns its id. */
type Track = (event: Event) => Promise<string>;

const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;

/** Events of users: each may start journeys whose entry source it is (B087). */
export function eventRoutes(app: Api, deps: AppDeps): void {
  const tracker = createTracker(deps);
  const track: Track = async (event) => tracker(requiredIdentityOf(event), eventOf(event));
  app.route({
    method: 'POST',
    url: '/events/track',
    config: {
      ...config,
      example: { email: 'ada@example.com', eventName: 'opened', dataFields: { page: '/prices' } },
    },
    schema: {
      operationId: 'trackEvent',
      summary: 'Track an event',
      tags: TAGS,
      body: Event,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: async ({ body }) => {
      const id = await track(body);
      return { msg: `Event with id: ${id} tracked.`, code: 'Success', params: { id } };
    },
  });
  app.route({
    method: 'POST',
    url: '/events/trackBulk',
    config,
    schema: {
      operationId: 'trackEvents',
      summary: 'Track many events',
      description: 'Each event by itself: those that cannot be tracked are named, and the rest are.',
      tags: TAGS,
      body: z.object({ events: z.array(Event).max(MOST_EVENTS) }),
      response: { 200: BulkAnswer, ...ERRORS },
    },
    handler: async ({ body }) => trackAll(track, body.events),
  });
}

const BulkAnswer = z.object({
  successCount: z.int(),
  failCount: z.int(),
  invalidEmails: z.array(z.string()),
  invalidUserIds: z.array(z.string()),
  disallowedEventNames: z.array(z.string()),
  createdFields: z.array(z.string()),
  filteredOutFields: z.array(z.string()),
  failedUpdates: z.object({ invalidEmails: z.array(z.string()), invalidUserIds: z.array(z.string()) }),
});

async function trackAll(track: Track, events: Event[]): Promise<z.infer<typeof BulkAnswer>> {
  const invalidEmails: string[] = [];
  const invalidUserIds: string[] = [];
  let successCount = 0;
  // One after the other: events of one user keep their order.
  for (const event of events) {
    try {
      await track(event);
      successCount += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'InvalidEmailAddressError') invalidEmails.push(event.email!);
      if (error.code === 'InvalidUserIdError') invalidUserIds.push(event.userId!);
    }
  }
  return {
    successCount,
    failCount: events.length - successCount,
    ...{ invalidEmails, invalidUserIds, disallowedEventNames: [], createdFields: [], filteredOutFields: [] },
    failedUpdates: { invalidEmails, invalidUserIds },
  };
}

function eventOf({ eventName, dataFields, id, createdAt, campaignId, templateId }: Event): NewEvent {
  return {
    kind: 'customEvent',
    name: eventName,
    dataFields: dataFields ?? {},
    externalId: id ?? undefined,
    createdAt: createdAt ? createdAt * 1_000 : Date.now(),
    campaignId: campaignId ?? undefined,
    templateId: templateId ?? undefined,
  };
}
