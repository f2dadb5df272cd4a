import { z } from 'zod';
import { findJourney, type JourneyRow } from '../../db/journeys/journeys';
import { ApiError } from '../../domain/errors';
import { JourneyDefinition, JourneyStatus } from '../../domain/journeys/journey';
import { schemeWarnings } from '../../domain/webhooks/warnings';
import type { Api, AppDeps } from '../deps';
import { forRequest } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { ifUnchanged } from '../http/revisions';
import { IdInPath, readOnly, Revision, Time, ExplicitId, Warnings } from '../http/schemas';
import { exitArchived } from '../../usecases/entries/exit-one';
import { archive } from '../../usecases/journeys/publish';
import { createJourney, replaceDraft } from '../../usecases/journeys/save-journey';

/** What a draft and a published version have in common, as read. */
export const JourneyFields = {
  name: z.string(),
  description: z.string(),
  entry: z.looseObject({ source: z.string() }),
  lifetimeLimit: z.int().optional(),
  simultaneousLimit: z.int().optional(),
  reentry: z.looseObject({}).optional(),
  exitRules: z.array(z.looseObject({})).optional(),
  suppressionListIds: z.array(z.int()).optional(),
  timeZone: z.string().optional(),
  sendWindow: z.looseObject({ days: z.array(z.string()) }).optional(),
  tiles: z.array(z.looseObject({ id: z.string(), type: z.string() })),
};

export const Journey = z
  .object({
    id: z.int(),
    status: JourneyStatus,
    publishedVersion: z.int().nullable().describe('The version that takes entries; null when none does.'),
    ...JourneyFields,
    revision: Revision,
    createdAt: Time,
    updatedAt: Time,
  })
  .describe('A journey with its draft. What was published is under its versions.');

const SavedJourney = Journey.extend({
  warnings: Warnings.optional().describe('What was corrected in the inline webhooks. Only in this answer.'),
});

const NewJourney = JourneyDefinition.safeExtend({
  id: ExplicitId.describe('An id that no journey has; left out, the next one.'),
});

/** What a read gives may be edited and sent back whole. */
export const JourneyUpdate = JourneyDefinition.safeExtend({
  id: readOnly,
  status: readOnly,
  publishedVersion: readOnly,
  revision: readOnly,
  createdAt: readOnly,
  updatedAt: readOnly,
  warnings: readOnly,
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
    config: { ...config, revision: 'answered' },
    schema: {
      operationId: 'createJourney',
      summary: 'Create a journey',
      tags: JOURNEY_TAGS,
      body: NewJourney,
      response: { 201: SavedJourney, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { id, ...definition } = request.body;
        const row = await createJourney(own, definition, id);
        reply.code(201);
        return savedJourneyOf(row, definition);
      }),
  });
}

function draftRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/:id',
    config: { ...config, revision: 'answered' },
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
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'updateJourney',
      summary: 'Replace the draft of a journey',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      body: JourneyUpdate,
      response: { 200: SavedJourney, ...ERRORS },
    },
    handler: async (request) => {
      const { id } = request.params;
      const { definition: draft } = unsavedOf(request.body);
      const row = await ifUnchanged(forRequest(deps, request), request, ['journeys', id], (own) =>
        replaceDraft(own, id, draft),
      );
      return savedJourneyOf(row ?? unknownJourney(id), draft);
    },
  });
}

/** Its id, if it has one, is that of the journey that it was read from. */
export function unsavedOf(journey: z.infer<typeof JourneyUpdate>) {
  const { id, status: _status, publishedVersion: _version, revision: _revision, ...rest } = journey;
  const { createdAt: _created, updatedAt: _updated, warnings: _warnings, ...definition } = rest;
  const { success, data: known } = IdInPath.safeParse({ id });
  return { journeyId: success ? known.id : 1, definition };
}

function archiveRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'DELETE',
    url: '/journeys/:id',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'archiveJourney',
      summary: 'Archive a journey',
      description: 'Takes no more entries for good, and ends those under way. May be repeated.',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      response: { 200: Journey, ...ERRORS },
    },
    handler: async (request) => {
      const { id } = request.params;
      const row = await ifUnchanged(forRequest(deps, request), request, ['journeys', id], (own) =>
        archive(own, id),
      );
      if (row === undefined) return unknownJourney(id);
      deps.nudgeSchedules();
      await exitArchived(deps, id);
      return journeyOf(row);
    },
  });
}

export function journeyOf(row: JourneyRow): z.infer<typeof Journey> {
  return {
    id: row.id,
    status: row.status,
    publishedVersion: row.publishedVersion,
    ...row.definition,
    revision: row.revision,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function savedJourneyOf(row: JourneyRow, { tiles }: JourneyDefinition): z.infer<typeof SavedJourney> {
  const warnings = tiles.flatMap((tile, index) =>
    tile.type === 'webhook' && tile.webhook
      ? schemeWarnings(tile.webhook.authentication, `tiles[${index}].webhook.authentication`)
      : [],
  );
  return { ...journeyOf(row), ...(warnings.length > 0 && { warnings }) };
}

export function unknownJourney(id: number): never {
  throw new ApiError('NotFound', `There is no journey ${id}. GET /api/journeys lists them.`);
}
