import { z } from 'zod';
import { createTracker } from '../../usecases/events/track';
import type { NewEvent } from '../../db/events/insert';
import type { Names } from '../../db/users/lock';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { UnixTime } from '../http/schemas';
import { requiredNamesOf } from '../users/identity';
import { MAX_INT } from '../../db/connection/ids';

const MAX_EVENT_ID_BYTES = 512;

/** The caller's own id of an event: the same again of one user, kind and name updates it. */
export const ExternalEventId = z
  .string()
  .min(1)
  .refine((id) => Buffer.byteLength(id) <= MAX_EVENT_ID_BYTES, 'An event id has at most 512 bytes.');

export const Event = z.object({
  eventName: z.string().trim().min(1).max(255),
  email: z.string().nullish(),
  userId: z.string().nullish(),
  dataFields: z.record(z.string(), z.unknown()).nullish(),
  id: ExternalEventId.nullish().describe(
    'Your own id. The same again with this user and eventName updates the event and begins nothing.',
  ),
  createdAt: UnixTime.nullish(),
  campaignId: z.int().min(0).max(MAX_INT).nullish(),
  templateId: z.int().min(0).max(MAX_INT).nullish(),
  createNewFields: z
    .boolean()
    .nullish()
    .refine((create) => create !== false, 'All fields of an event are kept. Leave createNewFields out.')
    .describe('False is refused: all fields of an event are kept.'),
});
export type Event = z.infer<typeof Event>;

/** An event of a user: it may start journeys whose entry source it is (B087). */
export function trackRoute(app: Api, deps: AppDeps): void {
  const track = createTracker();
  app.route({
    method: 'POST',
    url: '/events/track',
    config: {
      scope: 'trigger',
      iterable: true,
      example: { email: 'ada@example.com', eventName: 'opened', dataFields: { page: '/prices' } },
    },
    schema: {
      operationId: 'trackEvent',
      summary: 'Track an event',
      tags: ['Iterable-compatible'],
      body: Event,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { names, event } = trackedOf(request.body);
        const id = await track(own, names, event);
        return { msg: `Event with id: ${id} tracked.`, code: 'Success', params: { id } };
      }),
  });
}

/** What is recorded. Throws Iterable's errors where the names are none, or missing. */
export function trackedOf(event: Event): { names: Names; event: NewEvent } {
  return { names: requiredNamesOf(event), event: eventOf(event) };
}

function eventOf({ eventName, dataFields, id, createdAt, campaignId, templateId }: Event): NewEvent {
  return {
    kind: 'customEvent',
    name: eventName,
    dataFields: dataFields ?? {},
    externalId: id ?? undefined,
    createdAt: createdAt ?? Date.now(),
    campaignId: campaignId ?? undefined,
    templateId: templateId ?? undefined,
  };
}
