import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  emptyInbox,
  findRequest,
  type InboxRequest,
  LISTED_BODY_BYTES,
  listInboxes,
  listRequests,
  type NewInboxRequest,
  recordRequest,
} from '../../db/inbox/requests';
import { ApiError } from '../../domain/errors';
import { recorded } from '../../usecases/audit/record';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import { refuseForeignSite } from '../http/foreign-requests';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { Time } from '../http/schemas';
import { createInboxBounds, refuseLargeHead } from './bounds';

const InPath = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'An inbox name has 1 to 64 letters, digits, ., - or _.'),
});

const RequestInPath = InPath.extend({ id: z.coerce.number().int().positive() });

/** What a sender may ask the inbox to answer; what else stands in the query is recorded and ignored. */
const Wanted = z.object({
  respond: z
    .string()
    .regex(/^[2-5]\d\d(,[2-5]\d\d){0,99}$/, 'respond is a list of statuses such as 503,503,200.')
    .default('200'),
  delayMs: z.coerce.number().int().min(0).max(30_000).default(0),
  body: z.string().optional(),
});

const Request = z.object({
  id: z.int(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z
    .string()
    .describe(
      `Read as UTF-8. A list has the first ${LISTED_BODY_BYTES / 1_024} KiB of it, a single request all.`,
    ),
  bodyBytes: z.int().describe('How long the whole body is.'),
  receivedAt: Time,
});

/** The recording side: no key, any method, any content type, also below the inbox's own path. */
export function inboxRecorder(app: FastifyInstance, { db, inbox }: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const bounds = createInboxBounds(db);
  // Before a body is read.
  app.addHook('onRequest', async (request, reply) => {
    if (!inbox) throw new ApiError('NotFound', 'The inbox is switched off here.');
    // Elsewhere a page may link to a GET. Here each is recorded.
    refuseForeignSite(request);
    refuseLargeHead(request);
    bounds.admit(reply);
  });
  for (const url of ['/inbox/:name', '/inbox/:name/*']) {
    app.all<{ Params: z.infer<typeof InPath>; Querystring: z.infer<typeof Wanted> }>(
      url,
      { schema: { hide: true, params: InPath, querystring: Wanted } },
      async (request, reply) => {
        const { respond, delayMs, body } = request.query;
        const statuses = respond.split(',').map(Number);
        const received = {
          inbox: request.params.name,
          method: request.method,
          url: request.url,
          headers: joined(request.headers),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        };
        const had = await bounds.write(bytesOf(received), () => recordRequest(db, received, statuses.length));
        // A delay holds only the connection.
        request.body = undefined;
        if (delayMs > 0) await sleep(delayMs);
        return reply.code(statuses[had - 1]!).send(body ?? '');
      },
    );
  }
}

const Inboxes = z.object({
  enabled: z.boolean().describe('Whether this server records requests.'),
  inboxes: z.array(z.object({ name: z.string(), requests: z.int(), lastAt: Time })),
});

/** The reading side. */
export function inboxRoutes(app: Api, deps: AppDeps): void {
  const { db, inbox: enabled } = deps;
  const config = { scope: 'integrations' } as const;
  app.route({
    method: 'GET',
    url: '/inbox',
    config,
    schema: {
      operationId: 'listInboxes',
      summary: 'List inboxes',
      description: 'Those that have requests; an inbox needs not be made.',
      tags: ['Inbox'],
      response: { 200: Inboxes, ...ERRORS },
    },
    handler: async () => ({
      enabled,
      inboxes: (await listInboxes(db)).map(({ lastAt, ...inbox }) => ({
        ...inbox,
        lastAt: lastAt.toISOString(),
      })),
    }),
  });
  app.route({
    method: 'GET',
    url: '/inbox/:name',
    config,
    schema: {
      operationId: 'listInboxRequests',
      summary: 'List requests in an inbox',
      description:
        'Any request to /inbox/{name} is recorded, without a key. Stored are 1,000 of an inbox and, of all together, ' +
        '5,000 requests, 64 MiB and 100 inboxes; the oldest go first. A server takes 64 MiB in a minute.',
      tags: ['Inbox'],
      params: InPath,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ requests: z.array(Request), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ params, query }) => {
      const { rows, ...next } = await readPage(query, {
        key: z.int(),
        keyOf: (row: InboxRequest) => row.id,
        read: (limit, before) => listRequests(db, params.name, { before, limit }),
      });
      return { requests: rows.map(requestOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/inbox/:name/:id',
    config,
    schema: {
      operationId: 'getInboxRequest',
      summary: 'Get a request in an inbox',
      tags: ['Inbox'],
      params: RequestInPath,
      response: { 200: Request, ...ERRORS },
    },
    handler: async ({ params: { name, id } }) => {
      const found = await findRequest(db, name, id);
      if (found === undefined) throw new ApiError('NotFound', `The inbox ${name} has no request ${id}.`);
      return requestOf(found);
    },
  });
  app.route({
    method: 'DELETE',
    url: '/inbox/:name',
    config,
    schema: {
      operationId: 'emptyInbox',
      summary: 'Empty an inbox',
      tags: ['Inbox'],
      params: InPath,
      response: { 204: z.undefined(), ...ERRORS },
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      await recorded(
        forRequest(deps, request),
        (tx) => emptyInbox(tx, name),
        () => ({ action: 'inbox.empty', name }),
      );
      return reply.code(204).send();
    },
  });
}

function bytesOf({ url, headers, body }: NewInboxRequest): number {
  return body.length + url.length + JSON.stringify(headers).length;
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

function requestOf({ body, receivedAt, ...columns }: InboxRequest): z.infer<typeof Request> {
  // In a stream, a character that is cut is left out.
  const stream = body.length < columns.bodyBytes;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body, { stream });
  return { ...columns, body: text, receivedAt: receivedAt.toISOString() };
}
