import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../db/connection/client';
import type { Sealer } from '../../db/secrets/seal';
import { copySecret, insertSecret, readSecret } from '../../db/secrets/secrets';
import {
  countSigningSecrets,
  insertSigningSecret,
  retireSigningSecret,
  type Signer,
} from '../../db/secrets/signing-secrets';
import type { WebhookRow } from '../../db/webhooks/webhooks';
import {
  goesToSameHosts,
  splitSecret,
  type StoredAuthentication,
} from '../../domain/webhooks/authentication';
import { ApiError, badParams } from '../../domain/errors';
import type { WebhookInput } from '../../domain/webhooks/webhook';
import { newSigningSecret } from '../../webhook/sign';

/**
 * Stores the secret of an authentication and returns its id; null when it has none. The marker `{"set": true}` keeps the
 * stored value. Any change of the authentication makes a new secret, even with the same value, because the OAuth token
 * that was fetched with it is stored under its id. A stored secret is never sent to another host than the one that it
 * was given for.
 */
export async function storeSecret(
  db: Database,
  sealer: Sealer,
  { authentication, endpoint }: Pick<WebhookInput, 'authentication' | 'endpoint'>,
  current?: WebhookRow,
): Promise<string | null> {
  const { stored, secret } = splitSecret(authentication);
  if (secret === undefined) return null;
  if (typeof secret === 'string') return insertSecret(db, sealer, secret);
  const kept = keptSecret(stored, endpoint, current);
  if (isDeepStrictEqual(current?.definition.authentication, stored)) return kept;
  return copySecret(db, sealer, kept);
}

/** The value of an authentication's secret, stored or sent, by the same rule; nothing is stored. */
export async function plainSecret(
  db: Database,
  sealer: Sealer,
  { authentication, endpoint }: Pick<WebhookInput, 'authentication' | 'endpoint'>,
  current?: WebhookRow,
): Promise<string | null> {
  const { stored, secret } = splitSecret(authentication);
  if (secret === undefined) return null;
  if (typeof secret === 'string') return secret;
  return (await readSecret(db, sealer, keptSecret(stored, endpoint, current))) ?? nothingKept();
}

/** The id of the secret that the marker stands for. */
function keptSecret(stored: StoredAuthentication, endpoint: string, current?: WebhookRow): string {
  const before = current?.definition.authentication;
  if (!current?.secretId || before?.type !== stored.type) return nothingKept();
  if (!goesToSameHosts({ url: current.definition.endpoint, stored: before }, { url: endpoint, stored })) {
    throw refused(
      'The webhook calls another host now, and the stored secret must not be sent there. Send its value.',
    );
  }
  return current.secretId;
}

function nothingKept(): never {
  throw refused('There is no stored secret to keep. Send its value.');
}

function refused(message: string) {
  return badParams({ authentication: message });
}

/** Creates the signing secret of a webhook that signs and has none yet; undefined when there is nothing to create. */
export async function firstSigningSecret(
  db: Database,
  sealer: Sealer,
  { id, definition }: WebhookRow,
): Promise<string | undefined> {
  if (!definition.signing.enabled || (await countSigningSecrets(db, { webhookId: id })) > 0) return undefined;
  const secret = newSigningSecret();
  await insertSigningSecret(db, sealer, { webhookId: id }, secret);
  return secret;
}

/** Each of them signs every request, in one header, which has room for so many. */
const MOST_SECRETS = 10;

/**
 * Creates a new signing secret of a webhook, whose row the transaction has locked; the old one signs too for 24 hours.
 * Throws `Conflict` when too many are valid.
 */
export async function rotateSecret(tx: Database, sealer: Sealer, signer: Signer): Promise<string> {
  if ((await countSigningSecrets(tx, signer)) >= MOST_SECRETS) {
    throw new ApiError(
      'Conflict',
      `This webhook signs with ${MOST_SECRETS} secrets already, the most at a time. Rotate again once an old one has expired.`,
    );
  }
  const secret = newSigningSecret();
  await retireSigningSecret(tx, signer);
  await insertSigningSecret(tx, sealer, signer, secret);
  return secret;
}
