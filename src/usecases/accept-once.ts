import type { Database } from '../db/connection/client';
import { deleteExpiredKey, findEarlierAnswer, type IdempotentRequest } from '../db/idempotency';
import { ApiError } from '../domain/errors';

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
