import { z } from 'zod';
import { triggerUser } from '../../usecases/journeys/trigger';
import { newEntryId } from '../../db/entries/insert';
import { findJourney } from '../../db/journeys/journeys';
import { ApiError, badParams } from '../../domain/errors';
import type { Names } from '../../db/users/lock';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { identifiersOf, type Named } from '../users/identity';
import { triggerList } from '../../usecases/journeys/trigger-list';
import { MAX_INT } from '../../db/connection/ids';

const Trigger = z.object({
  workflowId: z.int().describe('The journey’s id.'),
  email: z.string().nullish(),
  userId: z.string().nullish(),
  listId: z.int().nullish().describe('In place of a user: everyone on this list, in the background.'),
  dataFields: z.record(z.string(), z.unknown()).nullish().describe('The trigger data.'),
});
type Trigger = z.infer<typeof Trigger>;

/** The API call that adds a user (B099), or the users of a list, to a journey. */
export function triggerRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/workflows/triggerWorkflow',
    config: {
      scope: 'trigger',
      iterable: true,
      example: { workflowId: 1, email: 'ada@example.com', dataFields: { plan: 'pro' } },
    },
    schema: {
      operationId: 'triggerWorkflow',
      summary: 'Trigger a journey',
      description:
        'One user is answered with the `entryId`, or with `skipped` and the limit that keeps them out; ' +
        'a list with the `jobId`, whose progress is at GET /api/jobs/{id}.',
      tags: ['Iterable-compatible'],
      body: Trigger,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const params = await acceptTrigger(own, request.body);
        return { msg: '', code: 'Success', params };
      }),
  });
}

async function acceptTrigger(
  deps: RequestDeps,
  { workflowId: journeyId, listId, dataFields, ...named }: Trigger,
): Promise<Record<string, unknown>> {
  const target = targetOf(listId ?? undefined, named);
  if (journeyId < 1 || journeyId > MAX_INT) throw notTriggered(journeyId, undefined);
  const trigger = { journeyId, triggerData: dataFields ?? {} };
  const params =
    'listId' in target
      ? await triggerList(deps, { ...trigger, ...target })
      : await triggerUser(deps, { ...trigger, ...target, entryId: newEntryId() });
  if (params !== undefined) return params;
  throw notTriggered(journeyId, (await findJourney(deps.db, journeyId))?.status);
}

function targetOf(listId: number | undefined, named: Named): { listId: number } | { identity: Names } {
  const identity = identifiersOf(named);
  const namesUser = Object.keys(identity).length > 0;
  if (listId !== undefined && namesUser) {
    throw badParams({ listId: 'Both a list and a user are set. Send a list or a user.' });
  }
  if (listId !== undefined) return { listId };
  if (namesUser) return { identity };
  throw new ApiError('GenericError', 'Must provide either an email or list id');
}

function notTriggered(id: number, status: string | undefined): ApiError {
  if (status === undefined)
    return badParams({ workflowId: `There is no journey ${id}. GET /api/journeys lists them.` });
  if (status === 'archived') {
    return badParams({ workflowId: `Journey ${id} is archived and takes no more entries. Use another.` });
  }
  return badParams({
    workflowId: `Journey ${id} is not published. Publish it with POST /api/journeys/${id}/publish.`,
  });
}
