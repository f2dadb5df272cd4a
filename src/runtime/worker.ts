import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
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
import { newCallbackUrl } from '../db/deliveries/callback-token';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import type { Log } from '../background/log';
import { DATA_CONVERTER } from '../temporal/connect';
import { createAgent } from '../webhook/agent';
import { limitedQueueOf, TASK_QUEUE } from '../workflows/messages';
import { HEARTBEAT_OPTIONS, sendHeartbeats } from './heartbeats';
import { startLimitedWorker } from './limited-worker';
import type { Running } from './process';

/** Entries under way use an edited webhook within this time (B123). */
const CACHE_MS = 30_000;

/** The most requests under way in one worker; each is a waiting socket, not a thread. */
const DELIVERIES_AT_ONCE = 500;

/** For requests under way at a stop: longer than the ten seconds each may take (B014). */
const SHUTDOWN_GRACE = '20 seconds';

/** Temporal gives tasks to the worker that remembers the workflow; after this time, to any. That one may be dead. */
const STICKY_TIMEOUT = '3 seconds';

const POLL_MS = 50;

/**
 * How much a heap grows, in percent of what was in use, before all of it is collected. V8 lets it grow to up to four
 * times that; a worker has two heaps, its own and that of the workflows, and both fill with garbage while users enter.
 */
const HEAP_GROWTH = '--heap-growing-percent=50';

/** Built beside the programs. */
export const WORKFLOW_BUNDLE = join(__dirname, '../workflow-bundle.js');

export interface WorkerParts {
  connection: NativeConnection;
  db: Database;
  sealer: Sealer;
  config: Pick<
    Config,
    | 'allowedNetworks'
    | 'allowHttp'
    | 'ownPorts'
    | 'maxRequests'
    | 'maxCachedWorkflows'
    | 'temporalNamespace'
    | 'publicUrl'
  >;
  log: Log;
  /** Dispatches event deliveries. Never throws: they are in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
  /** The file with the bundled workflow code. */
  workflowBundle?: string;
  /** Aborted once nothing should wait for Temporal any more. */
  temporalDown?: AbortSignal;
  taskQueue?: string;
  cacheMs?: number;
}

/**
 * Runs workflows and activities. Tiles with a rate limit have a queue and a worker of their own, so that tasks that wait
 * there take no slots. `stop` accepts no more tasks and waits for those under way; while Temporal is down, for
 * activities only.
 */
export async function startWorker(parts: WorkerParts): Promise<Running> {
  const { connection, db, sealer, config, log, enqueue, temporalDown } = parts;
  const { taskQueue = TASK_QUEUE, cacheMs = CACHE_MS, workflowBundle = WORKFLOW_BUNDLE } = parts;
  const { temporalNamespace: namespace, maxRequests, maxCachedWorkflows, publicUrl } = config;
  setFlagsFromString(HEAP_GROWTH);
  // Requests of both queues may go to one origin.
  const agent = createAgent(config, { connections: 2 * DELIVERIES_AT_ONCE });
  const callbackUrl = () => newCallbackUrl(publicUrl);
  const { metricMeter: meter } = Runtime.instance();
  const activities = createActivities({
    db,
    sealer,
    agent,
    meter,
    enqueue,
    cacheMs,
    maxRequests,
    callbackUrl,
  });
  const running = countActivities();
  const options = {
    connection,
    namespace,
    dataConverter: DATA_CONVERTER,
    interceptors: { activity: [running.interceptors, sendHeartbeats] },
    ...HEARTBEAT_OPTIONS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    maxConcurrentActivityTaskExecutions: DELIVERIES_AT_ONCE,
    shutdownGraceTime: SHUTDOWN_GRACE,
  } satisfies Partial<WorkerOptions>;
  const worker = await Worker.create({
    ...options,
    taskQueue,
    maxCachedWorkflows,
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
      // Without Temporal, the SDK's shutdown takes half a minute.
      await Promise.race([stopped, ...(temporalDown ? [aborted(temporalDown).then(running.none)] : [])]);
      await agent.close();
      if (!temporalDown?.aborted) await ended;
    },
  };
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort');
}

/** Counts the running activities. */
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
    /** Resolves when none is running. */
    async none(): Promise<void> {
      while (running > 0) await pause(POLL_MS);
    },
  };
}
