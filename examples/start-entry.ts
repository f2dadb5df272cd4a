/*
 * Sends a user into a journey with nothing but a Temporal client, and waits for its end:
 *   node examples/start-entry.ts 1001 test.user@example.com
 * Needs Node 22.18 or newer; on Node 20 run it with `npx -y tsx` instead of `node`.
 * TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TASK_QUEUE may be set. Exit code 1 if a webhook failed and the user exited.
 */
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';

async function main(journeyId: number, email: string): Promise<void> {
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
  const client = new Client({ connection, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' });
  const handle = await client.workflow.start('journey', {
    taskQueue: process.env.TASK_QUEUE ?? 'wayhook',
    // Any unused id. It is visible in the Web UI, so it must contain no personal data.
    workflowId: `example-${Date.now()}`,
    args: [{ journeyId, email, dataFields: { promotionId: 123, color: 'red' } }],
  });
  console.log(`started ${handle.workflowId}`);
  try {
    const { status } = (await handle.result()) as { status: string };
    console.log(status);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    console.log(error.cause?.message);
    process.exitCode = 1;
  } finally {
    await connection.close();
  }
}

const [journeyId = '1001', email = 'test.user@example.com'] = process.argv.slice(2);
main(Number(journeyId), email).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
