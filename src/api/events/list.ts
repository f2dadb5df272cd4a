import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { type EventRow, listEvents } from '../../db/events/events';
import { findUser } from '../../db/users/users';
import type { Identity } from '../../domain/users/profile';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { identifiersOf } from '../users/identity';

const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;

const EventRecord = z
  .object({
    _id: z.string(),
    eventType: z.string(),
    eventName: z.string(),
    email: z.string().optional(),
    userId: z.string().optional(),
    createdAt: z.string(),
    dataFields: z.record(z.string(), z.unknown()),
    campaignId: z.int().optional(),
    templateId: z.int().optional(),
  })
  .describe('What a user did, as it was tracked.');

/** The latest events of a user. */
export function eventListRoutes(app: Api, { db }: AppDeps): void {
  const querystring = z.object({ limit: z.coerce.number().int().min(1).max(200).default(30) });
  const response = { 200: z.object({ events: z.array(EventRecord) }), ...ERRORS };
  app.route({
    method: 'GET',
    url: '/events/:email',
    config,
    schema: {
      operationId: 'getEventsByEmail',
      summary: 'List a user’s events by email',
      tags: TAGS,
      params: z.object({ email: z.string() }),
      querystring,
      response,
    },
    handler: ({ params, query }) => read(db, { email: params.email }, query.limit),
  });
  app.route({
    method: 'GET',
    url: '/events/byUserId/:userId',
    config,
    schema: {
      operationId: 'getEventsByUserId',
      summary: 'List a user’s events by userId',
      tags: TAGS,
      params: z.object({ userId: z.string() }),
      querystring,
      response,
    },
    handler: ({ params, query }) => read(db, { userId: params.userId }, query.limit),
  });
}

async function read(db: Database, identity: Identity, limit: number) {
  identifiersOf(identity);
  const user = await findUser(db, identity);
  if (user === undefined) return { events: [] };
  const named = { ...(user.email && { email: user.email }), ...(user.userId && { userId: user.userId }) };
  return { events: (await listEvents(db, user.id, limit)).map((row) => ({ ...recordOf(row), ...named })) };
}

function recordOf(row: EventRow): z.infer<typeof EventRecord> {
  return {
    _id: row.id,
    eventType: row.kind,
    eventName: row.name,
    createdAt: new Date(row.created_at).toISOString(),
    dataFields: row.data_fields,
    ...(row.campaign_id !== null && { campaignId: row.campaign_id }),
    ...(row.template_id !== null && { templateId: row.template_id }),
  };
}
