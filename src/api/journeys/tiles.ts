import { z } from 'zod';
import { MAX_INT } from '../../db/connection/ids';
import { findJourney } from '../../db/journeys/journeys';
import { countTilesOf } from '../../usecases/journeys/tile-counts';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdInPath, Instant, Time } from '../http/schemas';
import { JOURNEY_TAGS, unknownJourney } from './routes';

const TileCount = z
  .object({
    tileId: z.string(),
    users: z.int().describe('How many are there now.'),
    waiting: z.int().describe('Those of them who wait: for a time, an event, a window that opens.'),
    queued: z.int().describe('Those of whom nothing has been sent there yet.'),
    retrying: z.int().describe('Those whose request is repeated.'),
    oldestAt: Time.nullable().describe('Since when the first of them is there.'),
    passed: z.int().describe('How often the tile was left.'),
    ways: z.record(z.string(), z.int()).describe('By which ways.'),
  })
  .describe('Where the users of a journey are, and where they went.');

export function journeyTileRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/:id/tiles',
    config: { scope: 'journeys' },
    schema: {
      operationId: 'countJourneyTiles',
      summary: 'Count users at each tile',
      description:
        'Every tile of the version, or of the published one, and others where users still are. `passed` and `ways` count what happened since a time; left out, as long as entries are kept.',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      querystring: z.strictObject({
        since: Instant.optional(),
        version: z.coerce.number().int().positive().max(MAX_INT).optional(),
      }),
      response: { 200: z.object({ tiles: z.array(TileCount) }), ...ERRORS },
    },
    handler: async ({ params: { id }, query: { since, version } }) => {
      const journey = (await findJourney(db, id)) ?? unknownJourney(id);
      const counts = await countTilesOf(
        db,
        journey,
        version,
        since === undefined ? undefined : Date.parse(since),
      );
      return {
        tiles: counts.map(({ oldestAt, ...count }) => ({
          ...count,
          oldestAt: oldestAt === null ? null : new Date(oldestAt).toISOString(),
        })),
      };
    },
  });
}
