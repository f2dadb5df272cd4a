import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { NAMESPACE } from './settings';

/*
 * Runs in a process of its own, as Wayhook does: worker and client on one connection, with the settings of
 * src/runtime/worker.ts and src/temporal. On a message with a number it runs so many bare workflows, and sends how many
 * ms after the first start the last activity has run.
 */

const TASK_QUEUE = 'bare';

/** Wayhook's own limits: of requests in a worker, and of the dispatcher's starts. */
const ACTIVITIES_AT_ONCE = 500;
const STARTS_AT_ONCE = 50;

async function main(address: string, bundle: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace: NAMESPACE });
  let left = 0;
  let began = 0;
  const nothing = () => {
    left -= 1;
    if (left === 0) process.send!(performance.now() - began);
    return Promise.resolve();
  };
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle },
    activities: { nothing },
    maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
  });
  const start = () =>
    client.workflow.start('bare', {
      taskQueue: TASK_QUEUE,
      workflowId: randomUUID(),
      requestEagerStart: true,
    });
  const startMany = async (count: number) => {
    let unstarted = count;
    const lane = async () => {
      while (unstarted-- > 0) await start();
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  };
  process.on('message', (count: number) => {
    left = count;
    began = performance.now();
    void startMany(count);
  });
  // It ends with the benchmark.
  process.on('disconnect', () => process.exit());
  process.send!('ready');
  await worker.run();
}

void main(process.argv[2]!, process.argv[3]!);
