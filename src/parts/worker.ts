import { type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities';
import type { Config } from '../config';
import type { Database } from '../db/client';
import type { Sealer } from '../db/seal';
import { createAgent } from '../webhook/agent';
import { TASK_QUEUE } from '../workflows/messages';
import type { Running } from './process';

/** An edit of a webhook reaches entries under way within this time (B123). */
const CACHE_MS = 30_000;

/** Requests that one worker has under way at most; each is a socket that waits, not a thread. */
const DELIVERIES_AT_ONCE = 500;

/** At a stop, requests under way may finish: longer than the ten seconds each has (B014). */
const SHUTDOWN_GRACE = '20 seconds';

export interface WorkerParts {
  connection: NativeConnection;
  db: Database;
  sealer: Sealer;
  config: Pick<Config, 'allowedNetworks' | 'allowHttp' | 'maxRequests' | 'temporalNamespace'>;
  /** The file with the bundled workflow code. */
  workflowBundle: string;
  taskQueue?: string;
  cacheMs?: number;
}

/** Runs workflows and activities. `stop` takes no more work and waits for what is under way. */
export async function startWorker(parts: WorkerParts): Promise<Running> {
  const {
    connection,
    db,
    sealer,
    config,
    workflowBundle,
    taskQueue = TASK_QUEUE,
    cacheMs = CACHE_MS,
  } = parts;
  const agent = createAgent(config, { connections: DELIVERIES_AT_ONCE });
  const { metricMeter: meter } = Runtime.instance();
  const worker = await Worker.create({
    connection,
    namespace: config.temporalNamespace,
    taskQueue,
    workflowBundle: { codePath: workflowBundle },
    activities: createActivities({ db, sealer, agent, meter, cacheMs, maxRequests: config.maxRequests }),
    maxConcurrentActivityTaskExecutions: DELIVERIES_AT_ONCE,
    shutdownGraceTime: SHUTDOWN_GRACE,
  });
  const ended = worker.run();
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.finally(() => agent.close());
    },
  };
}
