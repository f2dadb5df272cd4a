import { z } from 'zod';
import { type CheckedDraft, checkRateLimits } from '../../usecases/journeys/publish';
import { startTestRun } from '../../usecases/journeys/test-run';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { IdInPath } from '../http/schemas';
import { requiredNamesOf } from '../users/identity';
import { JOURNEY_TAGS, unknownJourney } from './routes';

const TestRun = z.strictObject({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  dataFields: z.record(z.string(), z.unknown()).nullish().describe('The trigger data.'),
});

/** Tries a draft before anyone enters it. */
export function journeyTestRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeys/:id/test',
    config: { scope: 'journeys', example: { email: 'ada@example.com', dataFields: { plan: 'pro' } } },
    schema: {
      operationId: 'testJourney',
      summary: 'Send one user through the draft',
      description:
        'A real run: its requests are sent, and its changes are made. It is marked as a test run everywhere, and no ' +
        'limit, count or notification knows of it. The draft must be fit to be published; nothing is published.',
      tags: JOURNEY_TAGS,
      params: IdInPath,
      body: TestRun,
      response: { 201: z.object({ entryId: z.string() }), ...ERRORS },
    },
    handler: (request, reply) => {
      const { id } = request.params;
      const work = async (own: RequestDeps, draft: CheckedDraft | undefined) => {
        const { dataFields, ...named } = request.body;
        const run = { names: requiredNamesOf(named), triggerData: dataFields ?? {} };
        const entryId = draft && (await startTestRun(own, draft, run));
        reply.code(201);
        return { entryId: entryId ?? unknownJourney(id) };
      };
      return once(deps, request, reply, work, { before: () => checkRateLimits(deps, id) });
    },
  });
}
