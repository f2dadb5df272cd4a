import { z } from 'zod';
import {
  findJourney,
  findJourneyVersion,
  type JourneyVersionRow,
  listJourneyVersions,
} from '../../db/journeys/journeys';
import { noVersion } from '../../domain/journeys/version';
import { type CheckedDraft, checkRateLimits, publishDraft, unpublish } from '../../usecases/journeys/publish';
import { publishWarnings } from '../../usecases/journeys/publish-warnings';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { ifUnchanged } from '../http/revisions';
import { Journey, JOURNEY_TAGS, JourneyFields, journeyOf, unknownJourney } from './routes';
import { MAX_INT } from '../../db/connection/ids';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, Time, Warnings } from '../http/schemas';

const JourneyVersion = z
  .object({
    journeyId: z.int(),
    version: z.int(),
    ...JourneyFields,
    publishedAt: Time,
  })
  .describe('What was published: it never changes.');

const PublishedJourney = Journey.extend({
  warnings: Warnings.optional().describe('What works, but may not be meant. Only in this answer.'),
});

const VersionInPath = IdInPath.extend({ version: z.coerce.number().int().positive().max(MAX_INT) });
const config = { scope: 'journeys' } as const;

export function journeyVersionRoutes(app: Api, deps: AppDeps): void {
  readRoutes(app, deps);
  publishRoutes(app, deps);
}

function readRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/:id/versions',
    config,
    schema: {
      operationId: 'listJourneyVersions',
      summary: 'List published versions of a journey',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      querystring: z.strictObject(PAGE),
      response: { 200: z.object({ versions: z.array(JourneyVersion), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ params, query }) => {
      if ((await findJourney(db, params.id)) === undefined) unknownJourney(params.id);
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: JourneyVersionRow) => row.version,
        read: (limit, before) => listJourneyVersions(db, params.id, { before, limit }),
      });
      return { versions: rows.map(versionOf), ...next };
    },
  });
  app.route({
    method: 'GET',
    url: '/journeys/:id/versions/:version',
    config,
    schema: {
      operationId: 'getJourneyVersion',
      summary: 'Get a published version',
      tags: JOURNEY_TAGS,
      params: VersionInPath,
      response: { 200: JourneyVersion, ...ERRORS },
    },
    handler: async ({ params: { id, version } }) => {
      const row = await findJourneyVersion(db, id, version);
      if (row === undefined) throw noVersion(id, version);
      return versionOf(row);
    },
  });
}

function publishRoutes(app: Api, deps: AppDeps): void {
  const schema = { tags: JOURNEY_TAGS, params: IdInPath, response: { 200: Journey, ...ERRORS } };
  app.route({
    method: 'POST',
    url: '/journeys/:id/publish',
    config: { ...config, revision: 'checked' },
    schema: {
      operationId: 'publishJourney',
      summary: 'Publish the draft of a journey',
      ...schema,
      response: { 200: PublishedJourney, ...ERRORS },
    },
    handler: (request, reply) => {
      const { id } = request.params;
      const work = async (own: RequestDeps, draft: CheckedDraft | undefined) => {
        const published =
          draft && (await ifUnchanged(own, request, ['journeys', id], (bound) => publishDraft(bound, draft)));
        own.nudgeSchedules();
        if (published === undefined) return unknownJourney(id);
        const warnings = await publishWarnings(own.db, published.definition, Date.now());
        return { ...journeyOf(published), ...(warnings.length > 0 && { warnings }) };
      };
      return once(deps, request, reply, work, { before: () => checkRateLimits(deps, id) });
    },
  });
  app.route({
    method: 'POST',
    url: '/journeys/:id/unpublish',
    config: { ...config, revision: 'checked' },
    schema: { operationId: 'unpublishJourney', summary: 'Unpublish a journey', ...schema },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { id } = request.params;
        const draft = await ifUnchanged(own, request, ['journeys', id], (bound) => unpublish(bound, id));
        own.nudgeSchedules();
        return journeyOf(draft ?? unknownJourney(id));
      }),
  });
}

function versionOf({ journeyId, version, definition, publishedAt }: JourneyVersionRow) {
  return { journeyId, version, ...definition, publishedAt: publishedAt.toISOString() };
}
