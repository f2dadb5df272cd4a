import type { MetricMeter } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import type { Waiting } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import { createCalls } from './resolve-request';
import { createDeliveries } from './deliver';
import { createEntries } from './entries';
import { createEvents } from './event-delivery';
import { createCount } from './attempt-log';
import { createRuns } from './schedule-run';
import { createTokens } from './tokens';
import { createSecretCache, createWebhookCache } from './webhook-cache';

export interface ActivityDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: everything that leaves goes through it. */
  agent: Dispatcher;
  meter: MetricMeter;
  /** Takes what event webhooks have to be sent. Never throws: the outbox has it in any case. */
  offer: (waiting: Waiting) => void;
  /** How long webhooks and tokens are remembered, in ms; 0 in tests. */
  cacheMs: number;
  /** The first request of a delivery and the retries after it. */
  maxRequests: number;
}

/** Every activity of the task queue. */
export function createActivities(deps: ActivityDeps) {
  const { db, sealer, agent, meter, offer, cacheMs, maxRequests } = deps;
  const webhooks = createWebhookCache(db, sealer, cacheMs);
  const calls = createCalls(db, webhooks, createSecretCache(db, sealer, cacheMs));
  const tokens = createTokens({ db, sealer, agent, cacheMs });
  const count = createCount(meter);
  return {
    ...createDeliveries({ db, sealer, agent, calls, tokens, count, offer }),
    ...createEvents({ db, sealer, agent, count }),
    ...createEntries({ db, maxRequests, offer }),
    ...createRuns({ db }),
  };
}

export type Activities = ReturnType<typeof createActivities>;
export type HousekeepingActivities = ReturnType<typeof createEntries> & ReturnType<typeof createRuns>;
