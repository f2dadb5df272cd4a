import type { ConnectionLike } from '@temporalio/client';
import { startDispatcher } from '../background/dispatcher';
import { createRateLimits } from '../background/rate-limits';
import type { Database } from '../db/connection/client';
import { createTemporal } from '../temporal/client';
import { limitedQueueOf, TASK_QUEUE } from '../workflows/messages';
import type { Starting } from './process';
import type { TemporalLink } from './temporal-connection';

export interface TemporalParts extends TemporalLink<ConnectionLike> {
  db: Database;
  /** See `StartOptions`. */
  eagerStart: boolean;
}

/** What servers and workers do with Temporal: calls, the check of rate limits, and a dispatcher, which runs from now on. */
export function openTemporal(
  { config, log, undo }: Starting,
  { db, connection, temporalDown, eagerStart }: TemporalParts,
) {
  const { temporalNamespace: namespace, maxRequests } = config;
  const temporal = createTemporal(connection, {
    ...{ namespace, maxRequests, eagerStart, temporalDown },
    taskQueue: TASK_QUEUE,
  });
  const queue = limitedQueueOf(TASK_QUEUE);
  const rateLimits = createRateLimits({ db, log, connection, namespace, queue });
  const { enqueue, stop } = startDispatcher({ db, temporal, log });
  undo.add(stop);
  return { temporal, rateLimits, enqueue };
}
