import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import {
  type AttemptRow,
  type DeliveryFilter,
  type DeliveryRow,
  findDelivery,
  type ListedDelivery,
  listDeliveries,
} from '../../db/deliveries/list';
import { findEventWebhook } from '../../db/event-webhooks/event-webhooks';
import { openRequest } from '../../db/deliveries/sealed-request';
import type { Sealer } from '../../db/secrets/seal';
import { redactHeaders } from '../../domain/webhooks/redact';
import { AttemptOutcome, DeliveryStatus } from '../../domain/webhooks/delivery';
import { Reason } from '../../domain/entry';
import { ApiError } from '../../domain/errors';
import { seesIntegrations } from '../authentication/caller';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { unknownEventWebhook } from '../event-webhooks/routes';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import {
  DeliveryId,
  EmailInQuery,
  EntryId,
  IdInPath,
  IdInQuery,
  Instant,
  TextInQuery,
  Time,
  UserIdInQuery,
} from '../http/schemas';

const Delivery = z
  .object({
    id: z.string(),
    entryId: z.string().nullable(),
    journeyId: z.int().nullable(),
    journeyName: z.string().nullable(),
    tileId: z.string().nullable(),
    webhookId: z.int().nullable(),
    webhookName: z
      .string()
      .nullable()
      .describe('Of the webhook or the event webhook; an inline one has none.'),
    eventId: z.string().nullable(),
    eventWebhookId: z.int().nullable(),
    email: z.string().nullable().describe('Of the user of its entry.'),
    userId: z.string().nullable(),
    test: z.boolean().describe('Whether it is of a test run.'),
    status: DeliveryStatus,
    reason: Reason.nullable(),
    detail: z.string().nullable(),
    createdAt: Time,
    endedAt: Time.nullable(),
  })
  .describe('One webhook at one tile visit of one entry, or one event for one event webhook.');

const ListedDelivery = Delivery.extend({
  attemptCount: z.int(),
  lastStatus: z.int().nullable().describe('The HTTP status of the last answer.'),
  durationMs: z.int().nullable().describe('How long the last request took.'),
});

const Attempt = z
  .object({
    number: z.int(),
    startedAt: Time,
    durationMs: z.int().nullable(),
    status: z.int().nullable().describe('The HTTP status that was answered.'),
    outcome: AttemptOutcome.nullable().describe('Null while nobody has seen the answer.'),
    reason: Reason.nullable(),
    detail: z.string().nullable(),
    nextAttemptAt: Time.nullable(),
    response: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }).nullable(),
  })
  .describe('One HTTP request, from 1.');

const DeliveryDetail = Delivery.extend({
  request: z
    .object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string().optional(),
    })
    .nullable()
    .describe(
      'As first rendered; null when it could not be, or when its user was erased. Credentials are shown as [redacted].',
    ),
  attempts: z.array(Attempt),
  contentHidden: z
    .boolean()
    .describe(
      'For people without Manage Integrations: `request` and `response` are null, whatever there is.',
    ),
});

const Filter = {
  entryId: EntryId.optional(),
  email: EmailInQuery.optional(),
  userId: UserIdInQuery.optional(),
  webhookId: IdInQuery,
  journeyId: IdInQuery,
  tileId: TextInQuery.optional(),
  status: DeliveryStatus.optional(),
  reason: Reason.optional(),
  since: Instant.optional(),
};

/** A place in the list, as a page token carries it. */
const Place = z.object({ createdAt: Instant, id: DeliveryId });

const Deliveries = z.object({ deliveries: z.array(ListedDelivery), ...NEXT_PAGE });

const TAGS = ['Deliveries'];
const config = { scope: 'integrations' } as const;

export function deliveryRoutes(app: Api, { db, sealer }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/deliveries',
    config: { ...config, forAllReaders: true },
    schema: {
      operationId: 'listDeliveries',
      summary: 'List deliveries',
      tags: TAGS,
      querystring: z.strictObject({ ...Filter, ...PAGE }),
      response: { 200: Deliveries, ...ERRORS },
    },
    handler: ({ query: { since, pageSize, pageToken, ...filter } }) =>
      pageOfDeliveries(
        db,
        { ...filter, since: since === undefined ? undefined : new Date(since) },
        { pageSize, pageToken },
      ),
  });
  app.route({
    method: 'GET',
    url: '/eventWebhooks/:id/deliveries',
    config,
    schema: {
      operationId: 'listEventWebhookDeliveries',
      summary: 'List deliveries of an event webhook',
      tags: TAGS,
      params: IdInPath,
      querystring: z.strictObject({ status: DeliveryStatus.optional(), ...PAGE }),
      response: { 200: Deliveries, ...ERRORS },
    },
    handler: async ({ params: { id: eventWebhookId }, query: { status, ...page } }) => {
      if (!(await findEventWebhook(db, eventWebhookId))) unknownEventWebhook(eventWebhookId);
      return pageOfDeliveries(db, { eventWebhookId, status }, page);
    },
  });
  app.route({
    method: 'GET',
    url: '/deliveries/:id',
    config: { ...config, forAllReaders: true },
    schema: {
      operationId: 'getDelivery',
      summary: 'Get a delivery with its attempts',
      tags: TAGS,
      params: z.object({ id: DeliveryId }),
      response: { 200: DeliveryDetail, ...ERRORS },
    },
    handler: async ({ params, caller }) => {
      const found = await findDelivery(db, params.id);
      if (found === undefined) throw new ApiError('NotFound', `There is no delivery ${params.id}.`);
      const contentHidden = !seesIntegrations(caller);
      const attempts = found.attempts.map(attemptOf);
      return {
        ...deliveryOf(found.delivery),
        request: contentHidden ? null : requestOf(found.delivery, sealer),
        attempts: contentHidden ? attempts.map((attempt) => ({ ...attempt, response: null })) : attempts,
        contentHidden,
      };
    },
  });
}

async function pageOfDeliveries(
  db: Database,
  filter: DeliveryFilter,
  page: Parameters<typeof readPage>[0],
): Promise<z.infer<typeof Deliveries>> {
  const { rows, ...next } = await readPage(page, {
    key: Place,
    keyOf: ({ createdAt, id }: ListedDelivery) => ({ createdAt: createdAt.toISOString(), id }),
    read: (limit, place) => listDeliveries(db, filter, { place, limit }),
  });
  return { deliveries: rows.map((row) => ({ ...deliveryOf(row), ...row.made })), ...next };
}

function deliveryOf(row: Omit<DeliveryRow, 'request'>): z.infer<typeof Delivery> {
  const { id, entryId, journeyId, journeyName, tileId, webhookId, webhookName, status, reason, detail } = row;
  const { eventId, eventWebhookId, email, userId, test } = row;
  return {
    ...{ id, entryId, journeyId, journeyName, tileId, webhookId, webhookName, eventId, eventWebhookId },
    ...{ email, userId, test, status, reason, detail },
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

function requestOf({ id, request }: DeliveryRow, sealer: Sealer): z.infer<typeof DeliveryDetail>['request'] {
  if (request === null) return null;
  const rendered = openRequest(sealer, id, request);
  return { ...rendered, headers: redactHeaders(rendered.headers) };
}

function attemptOf(row: AttemptRow): z.infer<typeof Attempt> {
  const { number, durationMs, status, outcome, reason, detail } = row;
  const answered = outcome !== null && (row.responseHeaders !== null || row.responseBody !== null);
  return {
    ...{ number, durationMs, status, outcome, reason, detail },
    startedAt: row.startedAt.toISOString(),
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    response: answered
      ? { headers: redactHeaders(row.responseHeaders ?? {}), body: row.responseBody ?? '' }
      : null,
  };
}
