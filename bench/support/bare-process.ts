import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { BareOrder } from './bare';
import { inLanes } from './lanes';
import { NAMESPACE } from './settings';

/*
 * Runs in a process of its own, as Wayhook does: worker and client on one connection, with the settings of
 * src/runtime/worker.ts and src/temporal. On a message it runs so many bare workflows, and sends how many ms after the first
 * start or signal the last activity has run.
 */

const TASK_QUEUE = 'bare';

/** Wayhook's own limits: of requests in a worker, and of the dispatcher's calls. */
const ACTIVITIES_AT_ONCE = 500;
const CALLS_AT_ONCE = 50;

async function main(address: string, bundle: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace: NAMESPACE });
  let left = 0;
  let began = 0;
  let waiting = 0;
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
  const start = (type: string, workflowId: string = randomUUID()) =>
    client.workflow.start(type, { taskQueue: TASK_QUEUE, workflowId, requestEagerStart: true });
  const startWaiting = async (count: number) => {
    const ids = Array.from({ length: count }, () => `waiting-${(waiting += 1)}`);
    const handle = (index: number) => client.workflow.getHandle(ids[index]!);
    await inLanes(CALLS_AT_ONCE, count, (index) => start('bareWait', ids[index]));
    // It answers once it has begun to wait.
    await inLanes(CALLS_AT_ONCE, count, (index) => handle(index).query('__temporal_workflow_metadata'));
    return (index: number) => handle(index).signal('go');
  };
  const run = async ({ count, waiting: areWaiting }: BareOrder) => {
    const next = areWaiting ? await startWaiting(count) : () => start('bare');
    left = count;
    began = performance.now();
    await inLanes(CALLS_AT_ONCE, count, next);
  };
  process.on('message', (order: BareOrder) => void run(order));
  // It ends with the benchmark.
  process.on('disconnect', () => process.exit());
  process.send!('ready');
  await worker.run();
}

void main(process.argv[2]!, process.argv[3]!);
