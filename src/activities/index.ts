import type { MetricMeter } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import { createRequestResolver } from './resolve-request';
import { createEntries } from './entries';
import { createEventDelivery } from './event-delivery';
import { createAttemptCounter } from './attempt-log';
import { createTokenRefresh } from './refresh-token';
import { createScheduleRun } from './schedule-run';
import { createTileDelivery } from './tile-delivery';
import { createTokens } from './tokens';
import { createSecretCache, createWebhookCache } from './webhook-cache';

export interface ActivityDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: every outgoing request goes through it. */
  agent: Dispatcher;
  meter: MetricMeter;
  /** Passes an outbox item to the dispatcher. Never throws: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
  /** How long webhooks and tokens are cached, in ms; 0 in tests. */
  cacheMs: number;
  /** Requests of one delivery: the first and its retries. */
  maxRequests: number;
}

/** Every activity of the task queue. */
export function createActivities(deps: ActivityDeps) {
  const { db, sealer, agent, meter, enqueue, cacheMs, maxRequests } = deps;
  const webhooks = createWebhookCache(db, sealer, cacheMs);
  const resolveRequest = createRequestResolver(db, webhooks, createSecretCache(db, sealer, cacheMs));
  const tokens = createTokens({ db, sealer, agent, cacheMs });
  const count = createAttemptCounter(meter);
  return {
    ...createTileDelivery({ db, sealer, agent, resolveRequest, tokens, count, enqueue }),
    ...createTokenRefresh({ db, resolveRequest, tokens, enqueue }),
    ...createEventDelivery({ db, sealer, agent, count }),
    ...createEntries({ db, maxRequests, enqueue }),
    ...createScheduleRun({ db }),
  };
}

export type Activities = ReturnType<typeof createActivities>;
export type HousekeepingActivities = ReturnType<typeof createEntries> & ReturnType<typeof createScheduleRun>;
