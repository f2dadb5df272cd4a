import type { MetricMeter } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/client';
import type { Sealer } from '../db/seal';
import { createCalls } from './calls';
import { createDeliveries } from './deliveries';
import { createEntries } from './entries';
import { createTokens } from './tokens';
import { createSecretCache, createWebhookCache } from './webhooks';

export interface ActivityDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: everything that leaves goes through it. */
  agent: Dispatcher;
  meter: MetricMeter;
  /** How long webhooks and tokens are remembered, in ms; 0 in tests. */
  cacheMs: number;
  /** The first request of a delivery and the retries after it. */
  maxRequests: number;
}

/** Every activity of the task queue. */
export function createActivities({ db, sealer, agent, meter, cacheMs, maxRequests }: ActivityDeps) {
  const webhooks = createWebhookCache(db, sealer, cacheMs);
  const calls = createCalls(db, webhooks, createSecretCache(db, sealer, cacheMs));
  const tokens = createTokens({ db, sealer, agent, cacheMs });
  return {
    ...createDeliveries({ db, sealer, agent, calls, tokens, meter }),
    ...createEntries({ db, maxRequests }),
  };
}

export type Activities = ReturnType<typeof createActivities>;
export type HousekeepingActivities = ReturnType<typeof createEntries>;
