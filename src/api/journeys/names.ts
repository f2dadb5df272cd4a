import { z } from 'zod';
import { type JourneyName, listJourneyNames } from '../../db/journeys/names';
import { JourneyStatus } from '../../domain/journeys/journey';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdsInQuery, TextInQuery } from '../http/schemas';
import { JOURNEY_TAGS } from './routes';

/** The names that entries and deliveries have, without the rest of a journey. */
export function journeyNamesRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/journeys/names',
    config: { scope: 'journeys' },
    schema: {
      operationId: 'listJourneyNames',
      summary: 'List names of journeys',
      description: 'Newest first, archived ones too.',
      tags: JOURNEY_TAGS,
      querystring: z.strictObject({
        name: TextInQuery.optional().describe('Part of the name, in any case.'),
        id: IdsInQuery,
        ...PAGE,
      }),
      response: {
        200: z.object({
          journeys: z.array(z.object({ id: z.int(), name: z.string(), status: JourneyStatus })),
          ...NEXT_PAGE,
        }),
        ...ERRORS,
      },
    },
    handler: async ({ query: { id: ids, ...query } }) => {
      const filter = { name: query.name, ids };
      const { rows, ...next } = await readPage(query, {
        key: IdKey,
        keyOf: (row: JourneyName) => row.id,
        read: (limit, before) => listJourneyNames(db, filter, { before, limit }),
      });
      return { journeys: rows, ...next };
    },
  });
}
