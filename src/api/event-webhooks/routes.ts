import { z } from 'zod';
import {
  type EventWebhookRow,
  type EventWebhookView,
  listEventWebhooks,
  viewEventWebhook,
} from '../../db/event-webhooks/event-webhooks';
import { ApiError } from '../../domain/errors';
import { DeliveryStatus } from '../../domain/webhooks/delivery';
import { EVENT_TYPES, EventWebhookInput } from '../../domain/webhooks/event-webhook';
import { SECRET_MARKER } from '../../domain/webhooks/secret';
import {
  createEventWebhook,
  deleteEventWebhook,
  replaceEventWebhook,
} from '../../usecases/webhooks/save-event-webhook';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { ifUnchanged } from '../http/revisions';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, readOnly, Revision, Time } from '../http/schemas';

const EventWebhook = z
  .object({
    id: z.int(),
    name: z.string(),
    targetUrl: z.string(),
    eventTypes: z.array(z.enum(EVENT_TYPES)),
    enabled: z.boolean(),
    sendSecretKey: z.boolean(),
    secretKey: z.object({ set: z.literal(true) }),
    revision: Revision,
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('Tells an endpoint of what happens. Its Secret Key is never read back.');

const ShownEventWebhook = EventWebhook.extend({
  lastDelivery: z
    .object({ id: z.string(), status: DeliveryStatus, createdAt: Time })
    .nullable()
    .describe('Of the latest event for it; null while there is none, or it is no longer stored.'),
});

const CreatedEventWebhook = EventWebhook.extend({
  secretKey: z.string().describe('The only time that it is shown.'),
});

const NewEventWebhook = EventWebhookInput.extend({
  secretKey: z.never('Wayhook makes the Secret Key and shows it once. Leave it out.').optional(),
});

/** What a read gives may be edited and sent back whole. */
const EventWebhookUpdate = EventWebhookInput.extend({
  id: readOnly,
  secretKey: z
    .strictObject(
      { set: z.literal(true) },
      'The Secret Key is made by Wayhook: POST …/rotateSecret makes another.',
    )
    .optional(),
  revision: readOnly,
  lastDelivery: readOnly,
  createdAt: readOnly,
  updatedAt: readOnly,
});

export const EVENT_WEBHOOK_TAGS = ['Event webhooks'];
const example = {
  name: 'CRM',
  targetUrl: 'https://crm.example.com/hook',
  eventTypes: ['participant.created'],
};
const tags = EVENT_WEBHOOK_TAGS;
const config = { scope: 'integrations' } as const;

/** Event webhooks (B151 to B162). */
export function eventWebhookRoutes(app: Api, deps: AppDeps): void {
  readRoutes(app, deps);
  writeRoutes(app, deps);
}

function readRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/eventWebhooks',
    config,
    schema: {
      operationId: 'listEventWebhooks',
      summary: 'List event webhooks',
      tags,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ eventWebhooks: z.array(ShownEventWebhook), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: EventWebhookView) => row.id,
        read: (limit, before) => listEventWebhooks(db, { before, limit }),
      });
      return { eventWebhooks: rows.map(shownOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/eventWebhooks/:id',
    config: { ...config, revision: 'answered' },
    schema: {
      operationId: 'getEventWebhook',
      summary: 'Get an event webhook',
      tags,
      params: IdInPath,
      response: { 200: ShownEventWebhook, ...ERRORS },
    },
    handler: async ({ params: { id } }) =>
      shownOf((await viewEventWebhook(db, id)) ?? unknownEventWebhook(id)),
  });
}

function writeRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/eventWebhooks',
    config: { ...config, revision: 'answered', example },
    schema: {
      operationId: 'createEventWebhook',
      summary: 'Create an event webhook',
      tags,
      body: NewEventWebhook,
      response: { 201: CreatedEventWebhook, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { secretKey: _none, ...values } = request.body;
        const { row, secretKey } = await createEventWebhook(own, values);
        reply.code(201);
        return { ...eventWebhookOf(row), secretKey };
      }),
  });
  app.route({
    method: 'PUT',
    url: '/eventWebhooks/:id',
    config: { ...config, revision: 'checked', example },
    schema: {
      operationId: 'updateEventWebhook',
      summary: 'Replace an event webhook',
      description: 'A targetUrl on another host makes a new Secret Key, which the answer shows once.',
      tags,
      params: IdInPath,
      body: EventWebhookUpdate,
      response: { 200: z.union([EventWebhook, CreatedEventWebhook]), ...ERRORS },
    },
    handler: async (request) => {
      const { id } = request.params;
      const { id: _id, secretKey: _kept, revision: _revision, ...rest } = request.body;
      const { createdAt: _created, updatedAt: _updated, lastDelivery: _last, ...values } = rest;
      const saved = await ifUnchanged(forRequest(deps, request), request, ['event_webhooks', id], (own) =>
        replaceEventWebhook(own, id, values),
      );
      const { row, secretKey } = saved ?? unknownEventWebhook(id);
      return secretKey === undefined ? eventWebhookOf(row) : { ...eventWebhookOf(row), secretKey };
    },
  });
  app.route({
    method: 'DELETE',
    url: '/eventWebhooks/:id',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'deleteEventWebhook',
      summary: 'Delete an event webhook',
      description: 'Nothing more is sent. Its deliveries stay in GET /api/deliveries.',
      tags,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const deleted = await ifUnchanged(forRequest(deps, request), request, ['event_webhooks', id], (own) =>
        deleteEventWebhook(own, id),
      );
      if (!deleted) unknownEventWebhook(id);
      return reply.code(204).send();
    },
  });
}

function eventWebhookOf(row: EventWebhookRow): z.infer<typeof EventWebhook> {
  const { id, name, targetUrl, eventTypes, enabled, sendSecretKey, revision } = row;
  return {
    ...{ id, name, targetUrl, eventTypes, enabled, sendSecretKey },
    secretKey: SECRET_MARKER,
    revision,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function shownOf({ lastDelivery, ...row }: EventWebhookView): z.infer<typeof ShownEventWebhook> {
  const createdAt = lastDelivery && new Date(lastDelivery.createdAt).toISOString();
  return { ...eventWebhookOf(row), lastDelivery: lastDelivery && { ...lastDelivery, createdAt: createdAt! } };
}

export function unknownEventWebhook(id: number): never {
  throw new ApiError('NotFound', `There is no event webhook ${id}. GET /api/eventWebhooks lists them.`);
}
