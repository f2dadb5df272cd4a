import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { deleteExpiredKey, findEarlierAnswer, type IdempotentRequest } from '../../db/idempotency';
import { ApiError, badParams } from '../../domain/errors';

/** The headers of a call that takes an Idempotency-Key. */
export const IdempotencyHeaders = z.looseObject({
  'idempotency-key': z.string().optional().describe('The same key answers the same for 24 hours.'),
});

/** The key that came with a request, if any. Throws `BadParams` for one that cannot be used. */
export function idempotencyOf(
  route: string,
  body: unknown,
  { headers, apiKey }: FastifyRequest,
): IdempotentRequest | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw badParams({ 'Idempotency-Key': 'A key has 1 to 255 printable ASCII characters.' });
  }
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest();
  return { apiKeyId: apiKey.id, route, key, bodyHash };
}

/**
 * The answer of `accept`, or the earlier answer to the same key. `accept` returns undefined when it stored nothing,
 * because the key is taken or for another reason; so does this function for another reason.
 */
export async function acceptOnce<Answer>(
  db: Database,
  idempotency: IdempotentRequest | undefined,
  accept: () => Promise<Answer | undefined>,
): Promise<Answer | Record<string, unknown> | undefined> {
  const accepted = await accept();
  if (accepted !== undefined || idempotency === undefined) return accepted;
  if (await deleteExpiredKey(db, idempotency)) return acceptOnce(db, idempotency, accept);
  const earlier = await findEarlierAnswer(db, idempotency);
  if (earlier === undefined || earlier.bodyHash.equals(idempotency.bodyHash)) return earlier?.response;
  throw new ApiError(
    'ExternalKeyConflict',
    'This Idempotency-Key came with another body before. Send a new key for a new request.',
  );
}
