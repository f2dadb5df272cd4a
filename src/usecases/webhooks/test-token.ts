import { createHash } from 'node:crypto';
import type { Database } from '../../db/connection/client';
import type { Sealer } from '../../db/secrets/seal';
import { readSecret } from '../../db/secrets/secrets';
import type { WebhookRow } from '../../db/webhooks/webhooks';
import { ApiError } from '../../domain/errors';
import { readJson, writeJson } from '../../domain/lossless-json';
import type { StoredWebhook, WebhookInput } from '../../domain/webhooks/webhook';
import { plainSecret } from './secrets';

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

/** The proof of a successful test of a webhook (B109). It is opaque to its holder and stored nowhere. */
export function issueTestToken(sealer: Sealer, tested: Tested, now = Date.now()): string {
  const content: Content = { request: fingerprintOf(tested), until: now + VALID_MS };
  return sealer.seal(PURPOSE, writeJson(content)).toString('base64url');
}

/**
 * A webhook with Data Retrieval is saved only after a successful test of the request that it sends (B109). If it sends
 * the same request as `current`, no other test is needed. Throws `TestRequired`; also for the token of another request,
 * even where none is needed.
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
    return readJson(sealer.open(PURPOSE, Buffer.from(token, 'base64url'))) as Content;
  } catch (cause) {
    throw testRequired('This is not a testToken of a test here.', { cause });
  }
}

/**
 * A hash of everything that decides what the endpoint is sent: a change of it needs another test. The live data fields
 * may change, and a signature changes with every request.
 */
function fingerprintOf({ definition, secret }: Tested): string {
  const { signing: _signing, liveDataFields: _fields, ...request } = definition;
  return createHash('sha256')
    .update(writeJson([request, secret]))
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
