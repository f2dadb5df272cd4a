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
import { createCrowd } from './tiles/crowd';
import { createExitAtTile } from './tiles/exit-at-tile';
import { createHolds } from './tiles/hold';
import { createWindowCheck } from './tiles/send-window';
import { createDecisions } from './tiles/decisions';
import { createVersionCache } from './tiles/version-cache';
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
  /** Makes the one-time address at which the endpoint of a delivery calls back. */
  callbackUrl: (deliveryId: string) => string;
}

/** Every activity of the task queue. */
export function createActivities(deps: ActivityDeps) {
  const { db, sealer, agent, meter, enqueue, cacheMs, maxRequests, callbackUrl } = deps;
  const webhooks = createWebhookCache(db, sealer, cacheMs);
  const versions = createVersionCache(db);
  const resolveRequest = createRequestResolver(versions, webhooks, createSecretCache(db, sealer, cacheMs));
  const crowd = createCrowd(db);
  const windowOf = createWindowCheck(versions, crowd);
  const exitAtTile = createExitAtTile({ db, enqueue, versions });
  const tokens = createTokens({ db, sealer, agent, cacheMs });
  const count = createAttemptCounter(meter);
  return {
    ...createTileDelivery({
      ...{ db, sealer, agent, resolveRequest, tokens, windowOf, exitAtTile, count, enqueue },
      callbackUrl,
    }),
    ...createTokenRefresh({ db, resolveRequest, tokens, enqueue }),
    ...createEventDelivery({ db, sealer, agent, count }),
    ...createHolds({ db, versions, crowd, exitAtTile }),
    ...createEntries({ db, maxRequests, enqueue, exitAtTile }),
    ...createDecisions({ db, enqueue, hmacKey: sealer.hmacKey, versions, exitAtTile }),
    ...createScheduleRun({ db }),
  };
}

export type Activities = ReturnType<typeof createActivities>;
export type HousekeepingActivities = ReturnType<typeof createEntries> &
  ReturnType<typeof createHolds> &
  ReturnType<typeof createDecisions> &
  ReturnType<typeof createScheduleRun>;
