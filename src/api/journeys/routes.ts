import { z } from 'zod';
import { findJourney, type JourneyRow } from '../../db/journeys/journeys';
import { listOpenEntries } from '../../db/entries/list';
import { ApiError } from '../../domain/errors';
import { JourneyDefinition, JourneyStatus } from '../../domain/journeys/journey';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdInPath, readOnly, Time, ExplicitId } from '../http/schemas';
import { archive } from '../../usecases/journeys/publish';
import { createJourney, replaceDraft } from '../../usecases/journeys/save-journey';

/** What a draft and a published version have in common, as read. */
export const JourneyFields = {
  name: z.string(),
  description: z.string(),
  entry: z.looseObject({ source: z.string() }),
  lifetimeLimit: z.int().optional(),
  simultaneousLimit: z.int().optional(),
  suppressionListIds: z.array(z.int()).optional(),
  tiles: z.array(z.looseObject({ id: z.string(), type: z.string() })),
};

export const Journey = z
  .object({
    id: z.int(),
    status: JourneyStatus,
    publishedVersion: z.int().nullable().describe('The version that takes entries; null when none does.'),
    ...JourneyFields,
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('A journey with its draft. What was published is under its versions.');

const NewJourney = JourneyDefinition.safeExtend({
  id: ExplicitId.describe('An id that no journey has; left out, the next one.'),
});

/** What a read gives may be edited and sent back whole. */
const JourneyUpdate = JourneyDefinition.safeExtend({
  id: readOnly,
  status: readOnly,
  publishedVersion: readOnly,
  createdAt: readOnly,
  updatedAt: readOnly,
});

export const JOURNEY_TAGS = ['Journeys'];
const config = { scope: 'journeys' } as const;

export function journeyRoutes(app: Api, deps: AppDeps): void {
  createRoute(app, deps);
  draftRoutes(app, deps);
  archiveRoute(app, deps);
}

function createRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeys',
    config,
    schema: {
      operationId: 'createJourney',
      summary: 'Create a journey',
      tags: JOURNEY_TAGS,
      body: NewJourney,
      response: { 201: Journey, ...ERRORS },
    },
    handler: async ({ body: { id, ...definition } }, reply) => {
      const row = await createJourney(deps, definition, id);
      return reply.code(201).send(journeyOf(row));
    },
  });
}

function draftRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/:id',
    config,
    schema: {
      operationId: 'getJourney',
      summary: 'Get the draft of a journey',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      response: { 200: Journey, ...ERRORS },
    },
    handler: async ({ params }) =>
      journeyOf((await findJourney(deps.db, params.id)) ?? unknownJourney(params.id)),
  });
  app.route({
    method: 'PUT',
    url: '/journeys/:id',
    config,
    schema: {
      operationId: 'updateJourney',
      summary: 'Replace the draft of a journey',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      body: JourneyUpdate,
      response: { 200: Journey, ...ERRORS },
    },
    handler: async ({ params, body }) => {
      const { id: _id, status: _status, publishedVersion: _version, ...rest } = body;
      const { createdAt: _created, updatedAt: _updated, ...draft } = rest;
      return journeyOf((await replaceDraft(deps, params.id, draft)) ?? unknownJourney(params.id));
    },
  });
}

function archiveRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/journeys/:id',
    config,
    schema: {
      operationId: 'archiveJourney',
      summary: 'Archive a journey',
      description: 'Takes no more entries for good, and asks those under way to exit. May be repeated.',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      response: { 200: Journey, ...ERRORS },
    },
    handler: async ({ params }) => {
      const row = (await archive(deps.db, params.id)) ?? unknownJourney(params.id);
      deps.nudgeSchedules();
      await exitOpenEntries(deps, params.id);
      return journeyOf(row);
    },
  });
}

/** How many entries are asked to exit at a time. */
const EXITS_AT_ONCE = 50;

/** Fails in an outage: the journey stays archived, and the caller may repeat DELETE. */
async function exitOpenEntries({ db, requestExit }: AppDeps, journeyId: number): Promise<void> {
  let open = await listOpenEntries(db, journeyId, { limit: EXITS_AT_ONCE });
  while (open.length > 0) {
    await Promise.all(open.map((entry) => requestExit(entry, 'The journey was archived.')));
    open = await listOpenEntries(db, journeyId, { before: open.at(-1)!.id, limit: EXITS_AT_ONCE });
  }
}

export function journeyOf(row: JourneyRow): z.infer<typeof Journey> {
  return {
    id: row.id,
    status: row.status,
    publishedVersion: row.publishedVersion,
    ...row.definition,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function unknownJourney(id: number): never {
  throw new ApiError('NotFound', `There is no journey ${id}. GET /api/journeys lists them.`);
}
