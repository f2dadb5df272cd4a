import { z } from 'zod';
import { checkDraft } from '../../usecases/journeys/publish';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { Warnings } from '../http/schemas';
import { JOURNEY_TAGS, JourneyUpdate, unsavedOf } from './routes';

export function journeyCheckRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeys/check',
    config: { scope: 'journeys', changesNothing: true },
    schema: {
      operationId: 'checkJourney',
      summary: 'Check a journey without saving it',
      description:
        'Answers as publishing it would, and changes nothing: with each fault by tile and field (400), or with the warnings. Whether Temporal enforces its rate limits is looked at by publishing alone.',
      tags: JOURNEY_TAGS,
      body: JourneyUpdate.describe('A journey, as GET /api/journeys/{id} answers it.'),
      response: {
        200: z.object({ warnings: Warnings.describe('What works, but may not be meant.') }),
        ...ERRORS,
      },
    },
    handler: async ({ body }) => {
      const { journeyId, definition } = unsavedOf(body);
      return { warnings: await checkDraft(db, journeyId, definition) };
    },
  });
}
