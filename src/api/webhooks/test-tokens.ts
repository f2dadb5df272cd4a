import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import type { Sealer } from '../../db/secrets/seal';
import { readSecret } from '../../db/secrets/secrets';
import type { WebhookRow } from '../../db/webhooks/webhooks';
import { ApiError } from '../../domain/errors';
import type { StoredWebhook, WebhookInput } from '../../domain/webhooks/webhook';
import { plainSecret } from './secrets';

export const TestToken = z
  .string()
  .max(1_024)
  .optional()
  .describe('From a successful test of this webhook; needed where dataRetrieval is on.');

/** A request that was tested: a webhook's definition with its secret as it is sent. */
export interface Tested {
  definition: StoredWebhook;
  secret: string | null;
}

const PURPOSE = 'webhook-test';

const VALID_MS = 86_400_000;

interface Content {
  request: string;
  until: number;
}

/** The proof that a webhook was tested with success (B109). It says nothing to its holder and lies nowhere here. */
export function issueTestToken(sealer: Sealer, tested: Tested, now = Date.now()): string {
  const content: Content = { request: fingerprintOf(tested), until: now + VALID_MS };
  return sealer.seal(PURPOSE, JSON.stringify(content)).toString('base64url');
}

/**
 * A webhook with Data Retrieval is saved only after a successful test of the request that it sends (B109). One that
 * sends what `current` does needs no other: that was tested when it was saved. Throws `TestRequired`; also for a
 * token that is of another request, whether it was needed or not.
 */
export async function requireTest(
  db: Database,
  sealer: Sealer,
  webhook: WebhookInput,
  definition: StoredWebhook,
  { testToken, current }: { testToken: string | undefined; current?: WebhookRow },
): Promise<void> {
  if (testToken === undefined && !definition.dataRetrieval) return;
  const secret = await plainSecret(db, sealer, webhook, current);
  const fingerprint = fingerprintOf({ definition, secret });
  if (testToken !== undefined) return checkTestToken(sealer, testToken, fingerprint);
  if (current !== undefined && fingerprint === (await fingerprintOfRow(db, sealer, current))) return;
  throw testRequired('A webhook with Data Retrieval is saved after a successful test.');
}

async function fingerprintOfRow(
  db: Database,
  sealer: Sealer,
  { definition, secretId }: WebhookRow,
): Promise<string> {
  const secret = secretId === null ? null : await readSecret(db, sealer, secretId);
  return fingerprintOf({ definition, secret: secret ?? null });
}

function checkTestToken(sealer: Sealer, token: string, fingerprint: string): void {
  const { request, until } = openToken(sealer, token);
  if (until <= Date.now()) throw testRequired('The test is older than 24 hours.');
  if (request === fingerprint) return;
  throw testRequired('The webhook that was tested sends another request than this one.');
}

function openToken(sealer: Sealer, token: string): Content {
  try {
    return JSON.parse(sealer.open(PURPOSE, Buffer.from(token, 'base64url'))) as Content;
  } catch (cause) {
    throw testRequired('The testToken is none that a test here gave.', { cause });
  }
}

/**
 * Names all that decides what the endpoint is sent; whoever changes it has to test again. What is chosen from the
 * answer may change, and a signature changes with every request.
 */
function fingerprintOf({ definition, secret }: Tested): string {
  const { signing: _signing, liveDataFields: _fields, ...request } = definition;
  return createHash('sha256')
    .update(JSON.stringify([request, secret]))
    .digest('base64url');
}

function testRequired(why: string, options?: ErrorOptions): ApiError {
  return new ApiError(
    'TestRequired',
    `${why} Test the webhook as it is now with POST /api/journeyWebhooks/test, and send the testToken of its answer.`,
    null,
    options,
  );
}
