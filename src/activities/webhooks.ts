import { LRUCache } from 'lru-cache';
import type { Database } from '../db/client';
import { readSecret } from '../db/secrets';
import type { Sealer } from '../db/seal';
import { findWebhook } from '../db/webhooks';
import type { Webhook } from '../domain/webhook';

/** A webhook with its secret opened: it stays in the worker's memory. */
export interface CallableWebhook {
  webhook: Webhook;
  secret: string | null;
}

export type WebhookCache = (id: number) => Promise<CallableWebhook | undefined>;

/**
 * Reads webhooks, each at most once in `cacheMs`: an edit reaches running journeys within that time (B123).
 * 0 reads every time. A webhook that is not there is never remembered.
 */
export function createWebhookCache(db: Database, sealer: Sealer, cacheMs: number): WebhookCache {
  const cache = new LRUCache<number, CallableWebhook>({ max: 5_000, ttl: Math.max(cacheMs, 1) });
  return async (id) => {
    const cached = cacheMs > 0 ? cache.get(id) : undefined;
    if (cached) return cached;
    const row = await findWebhook(db, id);
    if (!row) return undefined;
    const { name, definition, secretId } = row;
    const secret = secretId === null ? null : await readSecret(db, sealer, secretId);
    if (secret === undefined) throw new Error(`The secret of webhook ${id} is being replaced.`);
    const callable = { webhook: { ...definition, id, name, secretId }, secret };
    cache.set(id, callable);
    return callable;
  };
}
