import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import { newCallbackUrl } from '../../src/db/deliveries/callback-token';
import { HEARTBEAT_OPTIONS, sendHeartbeats } from '../../src/runtime/heartbeats';
import { createAgent } from '../../src/webhook/agent';
import type { World } from './world';

/** The real workflows and activities on two workers, so that activities end while no workflow runs. */
export interface SplitWorker {
  startWorkflows: () => Promise<void>;
  /** From then on, what happens to a workflow waits for its next task. */
  stopWorkflows: () => Promise<void>;
  close: () => Promise<void>;
}

export async function startSplitWorker({
  db,
  sealer,
  enqueue,
  taskQueue,
}: Pick<World, 'db' | 'sealer' | 'enqueue' | 'taskQueue'>): Promise<SplitWorker> {
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! });
  const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 100 });
  const meter = Runtime.instance().metricMeter;
  const callbackUrl = () => newCallbackUrl('https://wayhook.example.com');
  const activities = createActivities({
    ...{ db, sealer, agent, meter, enqueue, cacheMs: 0, maxRequests: 4, callbackUrl },
  });
  const options = {
    ...{ connection, namespace: 'default', taskQueue, activities },
    ...HEARTBEAT_OPTIONS,
    interceptors: { activity: [sendHeartbeats] },
    // The next task is not to wait long for the worker that remembers the workflow.
    stickyQueueScheduleToStartTimeout: '1 second' as const,
  };
  const workflowBundle = { codePath: process.env.WAYHOOK_TEST_BUNDLE! };
  const acting = await running(options);
  let walking: Running | undefined;

  async function stopWorkflows(): Promise<void> {
    await walking?.stop();
    walking = undefined;
  }
  return {
    async startWorkflows() {
      // Only local activities run here.
      walking = await running({ ...options, workflowBundle, enableNonLocalActivities: false });
    },
    stopWorkflows,
    async close() {
      await stopWorkflows();
      await acting.stop();
      await agent.close();
      await connection.close();
    },
  };
}

interface Running {
  stop: () => Promise<void>;
}

async function running(options: Parameters<typeof Worker.create>[0]): Promise<Running> {
  const worker = await Worker.create(options);
  const run = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await run;
    },
  };
}
