import { LRUCache } from 'lru-cache';
import type { Database } from '../db/connection/client';
import { readLatestSecret } from '../db/secrets/secrets';
import type { Sealer } from '../db/secrets/seal';
import { readWebhookSecrets, type SigningSecret } from '../db/secrets/signing-secrets';
import { findWebhook, type WebhookRow } from '../db/webhooks/webhooks';
import type { Webhook } from '../domain/webhooks/webhook';

/** A webhook with its secrets decrypted. It exists only in the worker's memory. */
export interface OpenedWebhook {
  webhook: Webhook;
  secret: string | null;
  /** The secrets that sign its requests, the latest first; empty while signing is off. */
  signing: SigningSecret[];
}

export type WebhookCache = (id: number) => Promise<OpenedWebhook | undefined>;

/**
 * Reads webhooks, each at most once in `cacheMs`: an edit reaches running journeys within that time (B123).
 * 0 reads every time. A missing webhook is not cached.
 */
export function createWebhookCache(db: Database, sealer: Sealer, cacheMs: number): WebhookCache {
  const cache = new LRUCache<number, OpenedWebhook>({ max: 5_000, ttl: Math.max(cacheMs, 1) });
  return async (id) => {
    const cached = cacheMs > 0 ? cache.get(id) : undefined;
    if (cached) return cached;
    const row = await findWebhook(db, id);
    if (!row) return undefined;
    const opened = await withSecrets(db, sealer, row);
    cache.set(id, opened);
    return opened;
  };
}

/** Costs one more read, only for a webhook with secrets. */
async function withSecrets(db: Database, sealer: Sealer, row: WebhookRow): Promise<OpenedWebhook> {
  const { id, name, definition, secretId } = row;
  const webhook = { ...definition, id, name, secretId };
  const signs = definition.signing.enabled;
  if (secretId === null && !signs) return { webhook, secret: null, signing: [] };
  const { secret, signing } = await readWebhookSecrets(db, sealer, row);
  if ((secretId !== null && secret === undefined) || (signs && signing.length === 0))
    throw new Error(`A secret of webhook ${id} is being replaced.`);
  return { webhook, secret: secret ?? null, signing: signs ? signing : [] };
}

/** The value of a secret and its id, which differs from the given id if the secret was replaced. */
export type SecretCache = (id: string | undefined) => Promise<{ id: string; value: string } | undefined>;

/** Reads the secrets of inline webhooks, each at most once in `cacheMs`: a new value is used within that time. */
export function createSecretCache(db: Database, sealer: Sealer, cacheMs: number): SecretCache {
  const cache = new LRUCache<string, { id: string; value: string }>({
    max: 5_000,
    ttl: Math.max(cacheMs, 1),
  });
  return async (id) => {
    if (id === undefined) return undefined;
    const cached = cacheMs > 0 ? cache.get(id) : undefined;
    if (cached) return cached;
    const secret = await readLatestSecret(db, sealer, id);
    if (secret === undefined) throw new Error(`The secret ${id} is gone.`);
    cache.set(id, secret);
    return secret;
  };
}
