import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { hasClosed, type World } from '../../test/support/world';
import { type Database, rowsOf } from '../../src/db/connection/client';
import { acceptEntry } from '../../src/db/entries/accept';
import { enqueuing } from '../../src/db/enqueue';
import { newEntryId } from '../../src/db/entries/insert';
import { startDispatcher } from '../../src/background/dispatcher';
import { startWorker } from '../../src/runtime/worker';
import { createTemporal } from '../../src/temporal/client';
import { until } from './processes';
import { NAMESPACE } from './settings';
import { OUTBOX_CHECK } from './statements';

/** A task queue of its own in a world, with workers that cache as in production, but longer: the machine may be slow. */
export interface Lane {
  /** Accepts an entry of a new user and dispatches it. Returns its id. */
  enter: (journeyId: number) => Promise<string>;
  /** Waits until the entry's workflow has closed. Returns it. */
  ended: (entryId: string) => Promise<WorkflowHandle>;
  /** Waits until the outbox is empty. */
  outboxEmptied: () => Promise<void>;
  close: () => Promise<void>;
}

/** As in production. */
const MAX_REQUESTS = 4;

const CACHE_MS = 3_600_000;

/** Long: some time is virtual, but not the timeouts on a machine that hangs. */
const ENDED_WITHIN_MS = 900_000;

/** Stops the world's own dispatcher: it would sweep the lane's items from the outbox, and start them on its own queue. */
export async function openLane({ db, sealer, client, ...world }: World, workers = 1): Promise<Lane> {
  await world.dispatcher.stop();
  const taskQueue = `bench-${randomUUID()}`;
  const workflowBundle = process.env.WAYHOOK_TEST_BUNDLE!;
  const log = pino({ level: 'silent' });
  const config = {
    allowedNetworks: ['127.0.0.0/8'],
    allowHttp: true,
    ownPorts: [],
    maxCachedWorkflows: 1_000,
    maxRequests: MAX_REQUESTS,
    temporalNamespace: NAMESPACE,
    publicUrl: 'http://localhost:8080',
  };
  const temporal = createTemporal(client.connection, {
    namespace: NAMESPACE,
    taskQueue,
    maxRequests: MAX_REQUESTS,
    eagerStart: false,
  });
  const dispatcher = startDispatcher({ db, temporal, log });
  const { enqueue } = dispatcher;
  // A connection can have only one worker for a task queue.
  const running = await Promise.all(
    Array.from({ length: workers }, async () => {
      const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
      const worker = await startWorker({
        ...{ connection, db, sealer, config, log, enqueue, workflowBundle, taskQueue, cacheMs: CACHE_MS },
      });
      return { stop: () => worker.stop().finally(() => connection.close()) };
    }),
  );
  return {
    async enter(journeyId) {
      const entryId = newEntryId();
      const identity = { email: `${entryId}@example.com` };
      const entry = { entryId, journeyId, identity, triggerData: {} };
      await enqueuing({ db, enqueue: dispatcher.enqueue }, (tx) => acceptEntry(tx, entry));
      return entryId;
    },
    async ended(entryId) {
      const handle = client.workflow.getHandle(entryId);
      await until('the workflow has closed', () => hasClosed(handle), { withinMs: ENDED_WITHIN_MS });
      return handle;
    },
    outboxEmptied: () => until('the outbox is empty', () => isEmpty(db), { withinMs: ENDED_WITHIN_MS }),
    async close() {
      await dispatcher.stop();
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
}

async function isEmpty(db: Database): Promise<boolean> {
  return (await rowsOf(db, OUTBOX_CHECK)).length === 0;
}
