import { z } from 'zod';
import {
  type EventWebhookRow,
  findEventWebhook,
  insertEventWebhook,
  listEventWebhooks,
  markEventWebhookDeleted,
  updateEventWebhook,
} from '../../db/event-webhooks/event-webhooks';
import { insertSigningSecret } from '../../db/secrets/signing-secrets';
import { ApiError } from '../../domain/errors';
import { EVENT_TYPES, EventWebhookInput } from '../../domain/webhooks/event-webhook';
import { SECRET_MARKER } from '../../domain/webhooks/authentication';
import { newSigningSecret } from '../../webhook/sign';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, readOnly, Time } from '../http/schemas';

const EventWebhook = z
  .object({
    id: z.int(),
    name: z.string(),
    targetUrl: z.string(),
    eventTypes: z.array(z.enum(EVENT_TYPES)),
    enabled: z.boolean(),
    sendSecretKey: z.boolean(),
    secretKey: z.object({ set: z.literal(true) }),
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('Tells an endpoint of what happens. Its Secret Key is never read back.');

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
      response: { 200: z.object({ eventWebhooks: z.array(EventWebhook), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: EventWebhookRow) => row.id,
        read: (limit, before) => listEventWebhooks(db, { before, limit }),
      });
      return { eventWebhooks: rows.map(eventWebhookOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/eventWebhooks/:id',
    config,
    schema: {
      operationId: 'getEventWebhook',
      summary: 'Get an event webhook',
      tags,
      params: IdInPath,
      response: { 200: EventWebhook, ...ERRORS },
    },
    handler: async ({ params: { id } }) =>
      eventWebhookOf((await findEventWebhook(db, id)) ?? unknownEventWebhook(id)),
  });
}

function writeRoutes(app: Api, { db, sealer }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/eventWebhooks',
    config: { ...config, example },
    schema: {
      operationId: 'createEventWebhook',
      summary: 'Create an event webhook',
      tags,
      body: NewEventWebhook,
      response: { 201: CreatedEventWebhook, ...ERRORS },
    },
    handler: async ({ body: { secretKey: _none, ...values } }, reply) => {
      const secretKey = newSigningSecret();
      const row = await db.transaction(async (tx) => {
        const inserted = await insertEventWebhook(tx, values);
        await insertSigningSecret(tx, sealer, { eventWebhookId: inserted.id }, secretKey);
        return inserted;
      });
      return reply.code(201).send({ ...eventWebhookOf(row), secretKey });
    },
  });
  app.route({
    method: 'PUT',
    url: '/eventWebhooks/:id',
    config: { ...config, example },
    schema: {
      operationId: 'updateEventWebhook',
      summary: 'Replace an event webhook',
      tags,
      params: IdInPath,
      body: EventWebhookUpdate,
      response: { 200: EventWebhook, ...ERRORS },
    },
    handler: async ({ params: { id }, body }) => {
      const { id: _id, secretKey: _kept, createdAt: _created, updatedAt: _updated, ...values } = body;
      return eventWebhookOf((await updateEventWebhook(db, id, values)) ?? unknownEventWebhook(id));
    },
  });
  app.route({
    method: 'DELETE',
    url: '/eventWebhooks/:id',
    config,
    schema: {
      operationId: 'deleteEventWebhook',
      summary: 'Delete an event webhook',
      description: 'Nothing more is sent. Its deliveries stay in GET /api/deliveries.',
      tags,
      params: IdInPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async ({ params: { id } }, reply) => {
      if (!(await markEventWebhookDeleted(db, id))) unknownEventWebhook(id);
      return reply.code(204).send();
    },
  });
}

function eventWebhookOf(row: EventWebhookRow): z.infer<typeof EventWebhook> {
  const { id, name, targetUrl, eventTypes, enabled, sendSecretKey } = row;
  return {
    ...{ id, name, targetUrl, eventTypes, enabled, sendSecretKey },
    secretKey: SECRET_MARKER,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function unknownEventWebhook(id: number): never {
  throw new ApiError('NotFound', `There is no event webhook ${id}. GET /api/eventWebhooks lists them.`);
}
