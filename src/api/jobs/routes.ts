import type { FastifyContextConfig } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { findJob, type JobView, listJobs, listRefusals, type RefusalView } from '../../db/jobs/list';
import { ApiError } from '../../domain/errors';
import { JobState } from '../../domain/job';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { JobId, Time } from '../http/schemas';

const Refused = z.object({
  id: z.string().describe('The user’s email, or else the userId; of an import, the line.'),
  reason: z.string(),
});

const Job = z
  .object({
    id: z.string(),
    kind: z.string(),
    journeyId: z.int().optional().describe('The journey that it sends users into, or whose entries it ends.'),
    journeyName: z.string().optional(),
    listId: z.int().optional().describe('The list whose users it sends, or onto which it imports.'),
    listName: z.string().optional().describe('Left out once the list is deleted.'),
    tileId: z.string().optional().describe('Only the entries at this tile are ended.'),
    webhookId: z.int().optional().describe('Only the entries at this webhook are ended.'),
    fileName: z.string().optional().describe('Of an import, as its Content-Disposition says.'),
    state: JobState,
    total: z.int().nullable().describe('Users, entries or rows in all; null while that is not known.'),
    done: z.int().describe('Of them, how many it has gone through, those refused among them.'),
    refusedCount: z.int(),
    reason: z.string().optional().describe('Why it failed.'),
    createdAt: Time,
    startedAt: Time.optional(),
    endedAt: Time.optional(),
  })
  .describe('Work on many users, done in the background.');

/** More of them are a list of their own. */
const MOST_SHOWN = 100;

const TAGS = ['Jobs'];
/** Jobs are begun by calls of either kind. */
const config: FastifyContextConfig = { scope: ['trigger', 'journeys'] };
const params = z.object({ id: JobId });

/** How far the work on many users is that other calls began, and what it left out. */
export function jobRoutes(app: Api, { db }: AppDeps): void {
  readRoutes(app, db);
  refusedRoute(app, db);
}

function readRoutes(app: Api, db: Database): void {
  app.route({
    method: 'GET',
    url: '/jobs',
    config,
    schema: {
      operationId: 'listJobs',
      summary: 'List jobs',
      tags: TAGS,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ jobs: z.array(Job), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: JobId,
        keyOf: (row: JobView) => row.id,
        read: (limit, before) => listJobs(db, { before, limit }),
      });
      return { jobs: rows.map(jobOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/jobs/:id',
    config,
    schema: {
      operationId: 'getJob',
      summary: 'Get a job',
      description: `With the first ${MOST_SHOWN} that it refused.`,
      tags: TAGS,
      params,
      response: { 200: Job.extend({ refused: z.array(Refused) }), ...ERRORS },
    },
    handler: async ({ params: { id } }) => {
      const job = await readJob(db, id);
      const refused = await listRefusals(db, id, { limit: MOST_SHOWN });
      return { ...jobOf(job), refused: refused.map(refusedOf) };
    },
  });
}

function refusedRoute(app: Api, db: Database): void {
  app.route({
    method: 'GET',
    url: '/jobs/:id/refused',
    config,
    schema: {
      operationId: 'listJobRefusals',
      summary: 'List what a job refused',
      description: 'All that the job refused, in its order.',
      tags: TAGS,
      params,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ refused: z.array(Refused), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ params: { id }, query }) => {
      await readJob(db, id);
      const { rows, ...next } = await readPage(query, {
        key: z.int().nonnegative(),
        keyOf: (row: RefusalView) => row.ordinal,
        read: (limit, after) => listRefusals(db, id, { after, limit }),
      });
      return { refused: rows.map(refusedOf), ...next };
    },
  });
}

async function readJob(db: Database, id: string): Promise<JobView> {
  const job = await findJob(db, id);
  if (job === undefined) {
    throw new ApiError('NotFound', `There is no job ${id}, or it ended too long ago.`);
  }
  return job;
}

function jobOf(view: JobView): z.infer<typeof Job> {
  const { reason, createdAt, startedAt, endedAt, about, journeyName, listName, ...job } = view;
  return {
    ...job,
    ...about,
    ...(journeyName !== null && { journeyName }),
    ...(listName !== null && { listName }),
    ...(reason !== null && { reason }),
    createdAt: createdAt.toISOString(),
    ...(startedAt && { startedAt: startedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}

function refusedOf({ id, reason }: RefusalView): z.infer<typeof Refused> {
  return { id, reason };
}
