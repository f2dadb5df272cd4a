import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { IdempotentRequest } from '../../db/idempotency';
import { badParams } from '../../domain/errors';

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
