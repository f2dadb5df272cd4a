import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { emptyInbox, type InboxRequest, listRequests, recordRequest } from '../../db/inbox/requests';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { Time } from '../http/schemas';

const InPath = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'An inbox name has 1 to 64 letters, digits, ., - or _.'),
});

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
  body: z.string(),
  receivedAt: Time,
});

/** The recording side: no key, any method, any content type, also below the inbox's own path. */
export function inboxRecorder(app: FastifyInstance, { db, inbox }: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const url of ['/inbox/:name', '/inbox/:name/*']) {
    app.all<{ Params: z.infer<typeof InPath>; Querystring: z.infer<typeof Wanted> }>(
      url,
      { schema: { hide: true, params: InPath, querystring: Wanted } },
      async (request, reply) => {
        if (!inbox) throw new ApiError('NotFound', 'The inbox is switched off here.');
        const { respond, delayMs, body } = request.query;
        const had = await recordRequest(db, {
          inbox: request.params.name,
          method: request.method,
          url: request.url,
          headers: joined(request.headers),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        });
        if (delayMs > 0) await sleep(delayMs);
        const statuses = respond.split(',').map(Number);
        return reply.code(statuses[had - 1] ?? statuses.at(-1)!).send(body ?? '');
      },
    );
  }
}

/** The reading side. */
export function inboxRoutes(app: Api, { db }: AppDeps): void {
  const config = { scope: 'integrations' } as const;
  app.route({
    method: 'GET',
    url: '/inbox/:name',
    config,
    schema: {
      operationId: 'listInboxRequests',
      summary: 'List requests in an inbox',
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
    handler: async ({ params }, reply) => {
      await emptyInbox(db, params.name);
      return reply.code(204).send();
    },
  });
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

function requestOf({ id, method, url, headers, body, receivedAt }: InboxRequest): z.infer<typeof Request> {
  return { id, method, url, headers, body: body.toString('utf8'), receivedAt: receivedAt.toISOString() };
}
