import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { type EntryView, findEntry, listEntries } from '../../db/entries/list';
import { summarizeEntries } from '../../db/entries/summary';
import { readPathRows } from '../../db/entries/steps/path';
import { EntryStatus, Reason, Skip, supersededBy } from '../../domain/entry';
import { ApiError } from '../../domain/errors';
import { pathOf, waitingForOf } from '../../domain/journeys/reports/path';
import { exitOne } from '../../usecases/entries/exit-one';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { entryDataRoute } from './data';
import { exitManyRoute, Note } from './exit-many';
import {
  EmailInQuery,
  EntryId,
  IdInQuery,
  TextInQuery,
  Time,
  UserIdInQuery,
  YesNoOrBoth,
} from '../http/schemas';

const Entry = z
  .object({
    id: z.string(),
    journeyId: z.int(),
    journeyName: z.string(),
    version: z.int().nullable().describe('Null for a test run of the draft.'),
    test: z.boolean().describe('Whether it is a test run, or begun by one.'),
    email: z.string().nullable(),
    userId: z.string().nullable(),
    status: EntryStatus,
    tileId: z.string().nullable().describe('Where the entry is, or where it ended.'),
    reason: Reason.nullable(),
    detail: z.string().nullable(),
    supersededBy: z
      .string()
      .nullable()
      .describe('The entry that took its place, of one that was superseded.'),
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

export const PathStep = z.object({
  tileId: z.string(),
  at: Time,
  took: z.int().nullable().describe('In milliseconds; null while the user is there.'),
  way: z.string().nullable().describe('The way that the user took; null while that is open.'),
  why: z.string().nullable(),
});

const OneEntry = Entry.extend({
  path: z.array(PathStep).describe('The tiles that the user visited, in their order.'),
  waitingFor: z
    .object({ what: z.string(), until: Time.nullable() })
    .nullable()
    .describe('What an open entry waits for, and until when at the latest.'),
});

const Filter = {
  journeyId: IdInQuery,
  webhookId: IdInQuery.describe('Only those with a delivery of this webhook.'),
  email: EmailInQuery.optional(),
  userId: UserIdInQuery.optional(),
  status: EntryStatus.optional(),
  tileId: TextInQuery.optional(),
  test: YesNoOrBoth.describe('Only test runs, or none of them. Left out, both.'),
  reason: Reason.optional(),
};

const UNDER_WAY = {
  users: z.int().describe('How many are under way.'),
  retrying: z.int().describe('Those of them whose request is repeated.'),
};

const InPath = z.object({ id: EntryId });
const TAGS = ['Entries'];
const config = { scope: 'journeys' } as const;

export function entryRoutes(app: Api, deps: AppDeps): void {
  readRoutes(app, deps);
  entryDataRoute(app, deps);
  summaryRoute(app, deps);
  exitRoute(app, deps);
  exitManyRoute(app, deps);
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
      response: { 200: OneEntry, ...ERRORS },
    },
    handler: async ({ params: { id } }) => {
      const entry = await readEntry(db, id);
      return { ...entryOf(entry, temporalUi), ...(await readPassage(db, id)) };
    },
  });
}

function summaryRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/entries/summary',
    config,
    schema: {
      operationId: 'summarizeEntries',
      summary: 'Count users under way by journey',
      description:
        'In all, and in the 200 journeys with the most repeated requests, then the most users. Test runs are not counted.',
      tags: TAGS,
      response: {
        200: z.object({
          ...UNDER_WAY,
          journeys: z.array(z.object({ journeyId: z.int(), journeyName: z.string(), ...UNDER_WAY })),
        }),
        ...ERRORS,
      },
    },
    handler: () => summarizeEntries(db),
  });
}

function exitRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/entries/:id/exit',
    config,
    schema: {
      operationId: 'exitEntry',
      summary: 'Exit an entry',
      description:
        'Ends the entry now. Nothing more is sent for it; a request under way is finished and recorded.',
      tags: TAGS,
      params: InPath,
      body: z.strictObject({ note: Note }).nullish(),
      response: { 202: Entry, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const entry = await exitOne(own, request.params.id, request.body?.note ?? '');
        reply.code(202);
        return entryOf(entry, own.temporalUi);
      }),
  });
}

async function readEntry(db: Database, id: string): Promise<EntryView> {
  const entry = await findEntry(db, id);
  if (entry === undefined) throw new ApiError('NotFound', `There is no entry ${id}.`);
  return entry;
}

/** How the entry came where it is, and what it waits for there. */
async function readPassage(
  db: Database,
  id: string,
): Promise<Pick<z.infer<typeof OneEntry>, 'path' | 'waitingFor'>> {
  const rows = await readPathRows(db, id);
  // Deleted by age meanwhile.
  if (rows === undefined) return { path: [], waitingFor: null };
  const waiting = waitingForOf(rows);
  return {
    path: pathOf(rows).map((step) => ({ ...step, at: timeOf(step.at) })),
    waitingFor: waiting && { ...waiting, until: waiting.until === null ? null : timeOf(waiting.until) },
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function entryOf(
  { workflowId, firstRunId: runId, startedAt, endedAt, ...entry }: EntryView,
  { namespace, url }: AppDeps['temporalUi'],
): z.infer<typeof Entry> {
  return {
    ...entry,
    supersededBy: supersededBy(entry),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    temporal: { namespace, workflowId, runId, url: url(workflowId, runId) },
  };
}
