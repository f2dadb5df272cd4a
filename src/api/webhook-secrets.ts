import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../db/client';
import type { Sealer } from '../db/seal';
import { insertSecret, readSecret } from '../db/secrets';
import type { WebhookRow } from '../db/webhooks';
import { type Authentication, splitSecret, type StoredAuthentication } from '../domain/webhook';
import { badParams } from './errors';

/**
 * Stores what is secret in an authentication and returns its id; null when there is nothing to keep secret.
 * The marker `{"set": true}` keeps the stored value. Any change of the authentication makes a new secret, even
 * with the same value, because the OAuth token that was got with it is kept under its id.
 */
export async function keepSecret(
  db: Database,
  sealer: Sealer,
  authentication: Authentication,
  current?: WebhookRow,
): Promise<string | null> {
  const { stored, secret } = splitSecret(authentication);
  if (secret === undefined) return null;
  if (typeof secret === 'string') return insertSecret(db, sealer, secret);
  const before = current?.definition.authentication;
  if (!current?.secretId || before?.type !== stored.type) {
    throw refused('There is no stored secret to keep. Send its value.');
  }
  if (tokenHost(before) !== tokenHost(stored)) {
    throw refused(
      'The token URL has another host now, which must not be sent the stored secret. Send its value.',
    );
  }
  if (isDeepStrictEqual(before, stored)) return current.secretId;
  const plain = await readSecret(db, sealer, current.secretId);
  return insertSecret(db, sealer, plain!);
}

function tokenHost(authentication: StoredAuthentication): string | undefined {
  return authentication.type === 'oauth2' ? new URL(authentication.tokenUrl).host : undefined;
}

function refused(message: string) {
  return badParams({ authentication: message });
}
