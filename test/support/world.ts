import { randomBytes, randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { SYSTEM } from '../../src/domain/audit';
import type { Database } from '../../src/db/connection/client';
import { newEntryId } from '../../src/db/entries/insert';
import { attempts, deliveries, entries } from '../../src/db/schema';
import { createSealer, type Sealer } from '../../src/db/secrets/seal';
import { type Dispatcher, startDispatcher } from '../../src/background/dispatcher';
import { JourneyDefinition } from '../../src/domain/journeys/journey';
import type { Identity } from '../../src/domain/users/profile';
import { splitSecret } from '../../src/domain/webhooks/authentication';
import { WebhookInput } from '../../src/domain/webhooks/webhook';
import { startWorker } from '../../src/runtime/worker';
import { createTemporal, type Temporal } from '../../src/temporal/client';
import { deleteSigningSecrets } from '../../src/db/secrets/signing-secrets';
import { markWebhookDeleted } from '../../src/db/webhooks/webhooks';
import { publish } from '../../src/usecases/journeys/publish';
import { createJourney } from '../../src/usecases/journeys/save-journey';
import { createWebhook } from '../../src/usecases/webhooks/save-webhook';
import { issueTestToken } from '../../src/usecases/webhooks/test-token';
import { triggerUser } from '../../src/usecases/journeys/trigger';
import { definitionOf } from '../../src/usecases/webhooks/definition';
import { openTestDatabase } from './database';
import { type Receiver, startReceiver } from './receiver';
import { until } from './until';

// Workers tell of each start, each end and each failure, and tests make hundreds of them on purpose.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

export interface Trigger {
  identity?: Identity;
  dataFields?: Record<string, unknown>;
}

/** The engine on real parts: a database, a worker, Temporal with its time skipped, and an endpoint. */
export interface World {
  db: Database;
  sealer: Sealer;
  receiver: Receiver;
  client: Client;
  temporal: Temporal;
  dispatcher: Dispatcher;
  enqueue: Dispatcher['enqueue'];
  taskQueue: string;
  /** Saves a webhook that calls the receiver, unless `input` says otherwise. Returns its id. */
  webhook: (input?: Record<string, unknown>) => Promise<number>;
  /** Deletes a webhook even where a published Live Data tile locks it. */
  deleteWebhook: (id: number) => Promise<void>;
  /** Publishes a journey of these tiles, with these other fields. Returns its id. */
  journey: (tiles: object[], id?: number, fields?: object) => Promise<number>;
  /** Sends a user into a journey, as the API does. Returns the entry's id. */
  enter: (journeyId: number, trigger?: Trigger) => Promise<string>;
  /** Waits until the entry's workflow has closed. */
  ended: (entryId: string) => Promise<Passage>;
  passage: (entryId: string) => Promise<Passage>;
  /** Stops the worker, and starts another afterwards: one workflow task then has all that came in between. */
  withoutWorker: (run: () => Promise<unknown>) => Promise<void>;
  close: () => Promise<void>;
}

/** An entry's row with its deliveries and their attempts, in order. */
export interface Passage {
  entry: typeof entries.$inferSelect;
  deliveries: (typeof deliveries.$inferSelect & { attempts: (typeof attempts.$inferSelect)[] })[];
}

interface Store {
  db: Database;
  sealer: Sealer;
}

export interface WorldOptions {
  maxRequests?: number;
  /** Off where the test is about real time. */
  skipTime?: boolean;
  /** Off where the test runs workers of its own. */
  withWorker?: boolean;
  db?: Database;
  /** Of a Temporal server that is not the suite's. */
  address?: string;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { maxRequests = 4, skipTime = true, withWorker = true } = options;
  const { address = process.env.TEMPORAL_ADDRESS! } = options;
  const namespace = 'default';
  const taskQueue = `test-${randomUUID()}`;
  const { connection: database, drop } = await openTestDatabase();
  const { db } = database;
  const sealer = createSealer([randomBytes(32)]);
  const store: Store = { db, sealer };
  const receiver = await startReceiver();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  if (skipTime) skipTimeOf(connection);
  const temporal = createTemporal(connection, { namespace, taskQueue, maxRequests, eagerStart: false });
  const config = {
    allowedNetworks: ['127.0.0.0/8'],
    allowHttp: true,
    ownPorts: [],
    maxCachedWorkflows: 1_000,
    maxRequests,
    temporalNamespace: namespace,
    publicUrl: 'https://wayhook.example.com',
  };
  const workflowBundle = process.env.WAYHOOK_TEST_BUNDLE!;
  const log = pino({ level: 'silent' });
  const dispatcher = startDispatcher({ db, temporal, log });
  const startTheWorker = () =>
    startWorker({
      ...{ connection: native, db, sealer, config, log, workflowBundle, taskQueue },
      enqueue: dispatcher.enqueue,
      cacheMs: 0,
    });
  let worker = withWorker ? await startTheWorker() : undefined;
  const client = new Client({ connection, namespace });

  const passage = (entryId: string) => readPassage(db, entryId);
  return {
    db,
    sealer,
    receiver,
    client,
    temporal,
    dispatcher,
    enqueue: dispatcher.enqueue,
    taskQueue,
    webhook: (input = {}) => saveWebhook(store, { name: 'Test', endpoint: receiver.url, ...input }),
    deleteWebhook: (id) => markWebhookDeleted(db, id),
    journey: (tiles, id, fields) => publishJourney(store, { tiles, ...fields }, id),
    async enter(journeyId, { identity = { email: 'test.user@example.com' }, dataFields = {} } = {}) {
      const entry = { entryId: newEntryId(), journeyId, identity, triggerData: dataFields };
      const triggered = await triggerUser({ db, enqueue: dispatcher.enqueue }, entry);
      if (triggered === undefined || 'skipped' in triggered)
        throw new Error(`Journey ${journeyId} took no entry.`);
      return triggered.entryId;
    },
    async ended(entryId) {
      await untilClosed(client, entryId);
      return passage(entryId);
    },
    passage,
    async withoutWorker(run) {
      await worker?.stop();
      await run();
      worker = await startTheWorker();
    },
    async close() {
      await dispatcher.stop();
      await worker?.stop();
      await Promise.all([connection.close(), native.close(), receiver.close(), database.close()]);
      await drop();
    },
  };
}

/** Workflows started through the connection skip the time in which nothing happens. */
function skipTimeOf({ workflowService }: Connection): void {
  const start = workflowService.startWorkflowExecution.bind(workflowService);
  workflowService.startWorkflowExecution = ((request: object) =>
    start({ ...request, timeSkippingConfig: { enabled: true } })) as typeof start;
}

async function untilClosed(client: Client, workflowId: string): Promise<void> {
  await until(() => hasClosed(client.workflow.getHandle(workflowId)), 240_000);
}

/** Waits for a workflow's end. False when it has not even begun: an entry accepted a moment ago has none yet. */
export async function hasClosed(handle: WorkflowHandle): Promise<boolean> {
  try {
    await handle.result();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    if (error instanceof WorkflowFailedError) return true;
    throw error;
  }
}

/** As if it had been tested. Tests that verify signatures insert the secrets that they know. */
async function saveWebhook(store: Store, input: object): Promise<number> {
  const webhook = WebhookInput.parse(input);
  const { definition } = definitionOf(webhook);
  const { secret } = splitSecret(webhook.authentication);
  const tested = { definition, secret: typeof secret === 'string' ? secret : null };
  const { row } = await createWebhook(
    { ...store, author: SYSTEM },
    webhook,
    issueTestToken(store.sealer, tested),
  );
  await deleteSigningSecrets(store.db, { webhookId: row.id });
  return row.id;
}

async function publishJourney(store: Store, fields: object, wantedId?: number): Promise<number> {
  const own = { ...store, author: SYSTEM };
  const { id } = await createJourney(own, JourneyDefinition.parse({ name: 'Test', ...fields }), wantedId);
  await publish({ ...own, rateLimits: async () => ({ enforced: true }) }, id);
  return id;
}

async function readPassage(db: Database, entryId: string): Promise<Passage> {
  const [entry] = await db.select().from(entries).where(eq(entries.id, entryId));
  const rows = await db
    .select()
    .from(deliveries)
    .where(eq(deliveries.entryId, entryId))
    .orderBy(deliveries.createdAt);
  const made = await Promise.all(
    rows.map(async (row) => ({
      ...row,
      attempts: await db
        .select()
        .from(attempts)
        .where(eq(attempts.deliveryId, row.id))
        .orderBy(attempts.number),
    })),
  );
  return { entry: entry!, deliveries: made };
}
