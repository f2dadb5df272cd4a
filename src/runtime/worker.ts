import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type ActivityInboundCallsInterceptor,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities';
import type { Config } from '../config';
import type { Database } from '../db/connection/client';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import type { Log } from '../background/log';
import { DATA_CONVERTER } from '../temporal/connect';
import { createAgent } from '../webhook/agent';
import { limitedQueueOf, TASK_QUEUE } from '../workflows/messages';
import { startLimitedWorker } from './limited-worker';
import type { Running } from './process';

/** An edit of a webhook reaches entries under way within this time (B123). */
const CACHE_MS = 30_000;

/** Requests that one worker has under way at most; each is a socket that waits, not a thread. */
const DELIVERIES_AT_ONCE = 500;

/** At a stop, requests under way may finish: longer than the ten seconds each has (B014). */
const SHUTDOWN_GRACE = '20 seconds';

const LOOK_MS = 50;

export interface WorkerParts {
  connection: NativeConnection;
  db: Database;
  sealer: Sealer;
  config: Pick<Config, 'allowedNetworks' | 'allowHttp' | 'maxRequests' | 'temporalNamespace'>;
  log: Log;
  /** Hands what event webhooks have to be sent to Temporal. Never throws: the outbox has it in any case. */
  enqueue: (item: OutboxItem) => void;
  /** The file with the bundled workflow code. */
  workflowBundle: string;
  /** Aborted when nothing is to wait for Temporal any more. */
  temporalDown?: AbortSignal;
  taskQueue?: string;
  cacheMs?: number;
}

/**
 * Runs workflows and activities; tiles with a rate limit have a queue of their own, so that those who wait there
 * take no place. `stop` takes no more work and waits for what is under way; where Temporal is away, for activities only.
 */
export async function startWorker(parts: WorkerParts): Promise<Running> {
  const { connection, db, sealer, config, log, enqueue, workflowBundle } = parts;
  const { taskQueue = TASK_QUEUE, cacheMs = CACHE_MS, temporalDown } = parts;
  const { temporalNamespace: namespace, maxRequests } = config;
  // The requests of both queues may go to one origin.
  const agent = createAgent(config, { connections: 2 * DELIVERIES_AT_ONCE });
  const { metricMeter: meter } = Runtime.instance();
  const activities = createActivities({ db, sealer, agent, meter, enqueue, cacheMs, maxRequests });
  const underWay = countActivities();
  const options = {
    connection,
    namespace,
    dataConverter: DATA_CONVERTER,
    interceptors: { activity: [underWay.interceptors] },
    maxConcurrentActivityTaskExecutions: DELIVERIES_AT_ONCE,
    shutdownGraceTime: SHUTDOWN_GRACE,
  } satisfies Partial<WorkerOptions>;
  const worker = await Worker.create({
    ...options,
    taskQueue,
    workflowBundle: { codePath: workflowBundle },
    activities,
  });
  const run = worker.run();
  const queue = limitedQueueOf(taskQueue);
  const { deliver } = activities;
  const limited = startLimitedWorker({
    ...{ connection, namespace, queue, log, temporalDown },
    create: () => Worker.create({ ...options, taskQueue: queue, activities: { deliver } }),
  });
  const ended = Promise.all([run, limited.ended]);
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      const stopped = Promise.allSettled([run, limited.stop()]);
      // The SDK says goodbye to Temporal for half a minute, however long it has been away.
      await Promise.race([stopped, ...(temporalDown ? [aborted(temporalDown).then(underWay.none)] : [])]);
      await agent.close();
      if (!temporalDown?.aborted) await ended;
    },
  };
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

/** Counts the activities that run. */
function countActivities() {
  let running = 0;
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      running += 1;
      try {
        return await next(input);
      } finally {
        running -= 1;
      }
    },
  };
  return {
    interceptors: () => ({ inbound }),
    /** Resolves when none runs. */
    async none(): Promise<void> {
      while (running > 0) await pause(LOOK_MS);
    },
  };
}
