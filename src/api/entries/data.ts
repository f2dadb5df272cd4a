import { z } from 'zod';
import { findEntryData } from '../../db/entries/list';
import { ApiError } from '../../domain/errors';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { EntryId } from '../http/schemas';

/** What the templates of an entry read, beside the profile: the sample for a preview of the same request. */
export function entryDataRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/entries/:id/data',
    config: { scope: 'journeys' },
    schema: {
      operationId: 'getEntryData',
      summary: 'Get the data of an entry',
      description: 'What its templates read beside the profile, which is at GET /api/users/{email}.',
      tags: ['Entries'],
      params: z.object({ id: EntryId }),
      response: {
        200: z.object({
          journeyId: z.int(),
          email: z.string().nullable(),
          userId: z.string().nullable(),
          triggerData: z.record(z.string(), z.unknown()),
          liveData: z
            .record(z.string(), z.unknown())
            .nullable()
            .describe('What its Live Data tiles read; null once the entry has ended.'),
        }),
        ...ERRORS,
      },
    },
    handler: async ({ params: { id } }) => {
      const data = await findEntryData(db, id);
      if (data === undefined) throw new ApiError('NotFound', `There is no entry ${id}.`);
      return data;
    },
  });
}
