import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Database } from '../db/client';
import { type AcceptEntry, acceptEntry, newEntryId } from '../db/entries';
import { findEarlierAnswer, forgetExpiredKey } from '../db/idempotency';
import { findJourney } from '../db/journeys';
import { enterJourney } from '../db/triggers';
import { RequestError } from '../domain/errors';
import type { Api, AppDeps } from './deps';
import { badParams, Envelope, ERRORS } from './errors';
import { type Named, oneIdentityOf } from './identity';
import { MAX_INT } from './paging';

const ROUTE = 'POST /api/workflows/triggerWorkflow';

const Trigger = z.object({
  workflowId: z.int().describe('The journey’s id.'),
  email: z.string().nullish(),
  userId: z.string().nullish(),
  listId: z.unknown().optional().describe('Not available yet.'),
  dataFields: z.record(z.string(), z.unknown()).nullish().describe('The trigger data.'),
});
type Trigger = z.infer<typeof Trigger>;

/** The API call that adds a user to a journey (B099). */
export function triggerRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/workflows/triggerWorkflow',
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'triggerWorkflow',
      tags: ['Iterable-compatible'],
      headers: z.looseObject({
        'idempotency-key': z.string().optional().describe('The same key answers the same for 24 hours.'),
      }),
      body: Trigger,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: async (request) => {
      const entry = entryOf(request.body, request);
      const params = await accept(deps, entry);
      return { msg: '', code: 'Success', params };
    },
  });
}

function entryOf(body: Trigger, request: FastifyRequest): AcceptEntry {
  return {
    entryId: newEntryId(),
    journeyId: body.workflowId,
    identity: identityOf(body),
    triggerData: body.dataFields ?? {},
    idempotency: idempotencyOf(body, request),
  };
}

function identityOf({ listId, ...named }: Named & { listId?: unknown }) {
  if ((listId ?? null) !== null) {
    throw badParams({ listId: 'Lists cannot be triggered yet. Send one call for each user.' });
  }
  const identity = oneIdentityOf(named);
  if (identity === undefined) {
    throw new RequestError('GenericError', 'Must provide either an email or list id');
  }
  return identity;
}

function idempotencyOf(body: Trigger, { headers, apiKey }: FastifyRequest): AcceptEntry['idempotency'] {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw badParams({ 'Idempotency-Key': 'A key has 1 to 255 printable ASCII characters.' });
  }
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest();
  return { apiKeyId: apiKey.id, route: ROUTE, key, bodyHash };
}

/** One round trip for most; limits, journeys for new users and what is wrong are looked at only if that stored nothing. */
async function accept(deps: AppDeps, entry: AcceptEntry): Promise<Record<string, unknown>> {
  const { entryId, journeyId, idempotency } = entry;
  if (journeyId < 1 || journeyId > MAX_INT) throw notTriggered(journeyId, undefined);
  const accepted = await acceptEntry(deps.db, entry);
  if (accepted !== undefined) {
    accepted.forEach(deps.offer);
    return { entryId };
  }
  const triggered = await enterJourney(deps.db, entry);
  if (triggered !== undefined) {
    triggered.waiting.forEach(deps.offer);
    return triggered.answer;
  }
  if (idempotency !== undefined) {
    if (await forgetExpiredKey(deps.db, idempotency)) return accept(deps, entry);
    const earlier = await earlierAnswer(deps.db, idempotency);
    if (earlier !== undefined) return earlier;
  }
  throw notTriggered(journeyId, (await findJourney(deps.db, journeyId))?.status);
}

async function earlierAnswer(
  db: Database,
  idempotency: NonNullable<AcceptEntry['idempotency']>,
): Promise<Record<string, unknown> | undefined> {
  const earlier = await findEarlierAnswer(db, idempotency);
  if (earlier === undefined || earlier.bodyHash.equals(idempotency.bodyHash)) return earlier?.response;
  throw new RequestError(
    'ExternalKeyConflict',
    'This Idempotency-Key came with another body before. Send a new key for a new request.',
  );
}

function notTriggered(id: number, status: string | undefined): RequestError {
  if (status === undefined) return badParams({ workflowId: `There is no journey ${id}.` });
  if (status === 'archived') {
    return badParams({ workflowId: `Journey ${id} is archived and takes no more entries. Use another.` });
  }
  return badParams({
    workflowId: `Journey ${id} is not published. Publish it with POST /api/journeys/${id}/publish.`,
  });
}
