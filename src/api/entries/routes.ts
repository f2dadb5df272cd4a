import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { type EntryView, findEntry, listEntries } from '../../db/entries/list';
import { EntryStatus, Reason, Skip } from '../../domain/entry';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { EmailInQuery, EntryId, IdInQuery, TextInQuery, Time, UserIdInQuery } from '../http/schemas';

const Entry = z
  .object({
    id: z.string(),
    journeyId: z.int(),
    version: z.int(),
    email: z.string().nullable(),
    userId: z.string().nullable(),
    status: EntryStatus,
    tileId: z.string().nullable().describe('Where the entry is, or where it ended.'),
    reason: Reason.nullable(),
    detail: z.string().nullable(),
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
    deliveries: z.array(z.string()),
    sentBy: z.string().nullable().describe('The entry whose sendToJourney tile began this one.'),
    sentTo: z
      .array(
        z.object({
          tileId: z.string(),
          journeyId: z.int(),
          entryId: z.string().nullable().describe('The entry that was begun there.'),
          skipped: Skip.nullable().describe('Why none was.'),
        }),
      )
      .describe('What its own sendToJourney tiles did.'),
    temporal: z.object({
      namespace: z.string(),
      workflowId: z.string(),
      runId: z.string().nullable().describe('Null until a worker has taken the entry up.'),
      url: z.string().nullable().describe('The workflow’s page in the Web UI, where one is known.'),
    }),
  })
  .describe('One user’s passage through one journey version: one Temporal workflow.');

const Filter = {
  journeyId: IdInQuery,
  email: EmailInQuery.optional(),
  userId: UserIdInQuery.optional(),
  status: EntryStatus.optional(),
  tileId: TextInQuery.optional(),
};

const InPath = z.object({ id: EntryId });
const TAGS = ['Entries'];
const config = { scope: 'journeys' } as const;

export function entryRoutes(app: Api, deps: AppDeps): void {
  readRoutes(app, deps);
  exitRoute(app, deps);
}

function readRoutes(app: Api, { db, temporalUi }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/entries',
    config,
    schema: {
      operationId: 'listEntries',
      summary: 'List entries',
      tags: TAGS,
      querystring: z.strictObject({ ...Filter, ...PAGE }),
      response: { 200: z.object({ entries: z.array(Entry), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: EntryId,
        keyOf: (row: EntryView) => row.id,
        read: (limit, before) => listEntries(db, query, { before, limit }),
      });
      return { entries: rows.map((row) => entryOf(row, temporalUi)), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/entries/:id',
    config,
    schema: {
      operationId: 'getEntry',
      summary: 'Get an entry',
      tags: TAGS,
      params: InPath,
      response: { 200: Entry, ...ERRORS },
    },
    handler: async ({ params }) => entryOf(await readEntry(db, params.id), temporalUi),
  });
}

function exitRoute(app: Api, { db, temporalUi, requestExit }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/entries/:id/exit',
    config,
    schema: {
      operationId: 'exitEntry',
      summary: 'Exit an entry',
      description: 'Asks the entry to exit. It does so at once while it waits, else after its request.',
      tags: TAGS,
      params: InPath,
      body: z.strictObject({ note: z.string().max(1_000).optional() }).nullish(),
      response: { 202: Entry, ...ERRORS },
    },
    handler: async ({ params, body }, reply) => {
      const entry = await readEntry(db, params.id);
      if (entry.endedAt !== null) {
        throw new ApiError('Conflict', `Entry ${entry.id} has ended: it is ${entry.status}.`);
      }
      await requestExit(entry, body?.note ?? '');
      return reply.code(202).send(entryOf(entry, temporalUi));
    },
  });
}

async function readEntry(db: Database, id: string): Promise<EntryView> {
  const entry = await findEntry(db, id);
  if (entry === undefined) throw new ApiError('NotFound', `There is no entry ${id}.`);
  return entry;
}

function entryOf(
  { workflowId, firstRunId: runId, startedAt, endedAt, ...entry }: EntryView,
  { namespace, url }: AppDeps['temporalUi'],
): z.infer<typeof Entry> {
  return {
    ...entry,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    temporal: { namespace, workflowId, runId, url: url(workflowId, runId) },
  };
}
