import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { acceptEntry } from '../../src/db/entries/accept';
import { enqueuing } from '../../src/db/enqueue';
import { newEntryId } from '../../src/db/entries/insert';
import { outboxKeyOf, takeDue, type OutboxItem } from '../../src/db/outbox';
import { outbox } from '../../src/db/schema';
import { startDispatcher } from '../../src/background/dispatcher';
import { startWorker } from '../../src/runtime/worker';
import { createTemporal } from '../../src/temporal/client';
import type { StartJourney } from '../../src/temporal/starts';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

const OF_LIST = 200;
const silent = pino({ level: 'silent' });

let world: World;
let journeyId: number;
/** Calls nothing. */
let quietId: number;
beforeAll(async () => {
  world = await createWorld();
  // Its sweep would dispatch what a test has not enqueued yet.
  await world.dispatcher.stop();
  journeyId = await world.journey([
    { id: 'call', type: 'webhook', webhookId: await world.webhook({ includeEmailAndWorkflowId: true }) },
  ]);
  quietId = await world.journey([]);
});
afterAll(() => world.close());

/** Accepts one user's entry without dispatching it. */
async function accept(journeyId: number, email: string, ofJob: boolean): Promise<OutboxItem> {
  const entryId = newEntryId();
  const entry = { entryId, journeyId, identity: { email }, triggerData: {} };
  const items: OutboxItem[] = [];
  await enqueuing({ db: world.db, enqueue: (item) => void items.push(item) }, (db) => acceptEntry(db, entry));
  return { ...items[0]!, ...(ofJob && { ofJob }) };
}

async function acceptList(journeyId: number): Promise<OutboxItem[]> {
  const users = Array.from({ length: OF_LIST }, (_, index) => `list${index}@example.com`);
  return Promise.all(users.map((email) => accept(journeyId, email, true)));
}

test('many dispatched items are removed from the outbox with one statement', async () => {
  const items = (await acceptList(quietId)).slice(0, 20);
  let started = 0;
  let open = (): void => undefined;
  const allStarted = new Promise<void>((resolve) => (open = resolve));
  const temporal = {
    ...world.temporal,
    startJourney: async (start: StartJourney) => {
      await world.temporal.startJourney(start);
      started += 1;
      if (started === items.length) open();
      await allStarted;
    },
  };
  const statements = jest.spyOn(world.db, 'execute');
  const dispatcher = startDispatcher({ db: world.db, temporal, log: silent });
  items.forEach(dispatcher.enqueue);
  await allStarted;
  await dispatcher.stop();
  const deletes = statements.mock.calls.filter(([text]) =>
    inspect(text, { depth: 3 }).includes('delete from outbox'),
  );
  expect(deletes).toHaveLength(1);
  expect(await world.db.select().from(outbox)).toHaveLength(OF_LIST - items.length);
  statements.mockRestore();
  await world.db.delete(outbox);
});

describe('a single trigger while a list is being entered', () => {
  it('is dispatched before the waiting users of the list', async () => {
    const started: string[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const temporal = {
      ...world.temporal,
      startJourney: async (start: StartJourney) => {
        await gate;
        started.push(start.entryId);
        await world.temporal.startJourney(start);
      },
    };
    const dispatcher = startDispatcher({ db: world.db, temporal, log: silent });
    (await acceptList(quietId)).forEach(dispatcher.enqueue);
    const live = await accept(quietId, 'live@example.com', false);
    dispatcher.enqueue(live);
    open();
    await until(async () => new Set(started).size === OF_LIST + 1, 180_000);
    await dispatcher.stop();
    // Only starts that were under way already come before it.
    expect(started.indexOf(outboxKeyOf(live).ref)).toBeLessThanOrEqual(50);
  });

  it('is taken from the outbox before them too', async () => {
    await world.db.delete(outbox);
    const nextAt = new Date(Date.now() - 60_000);
    const rows = ['ent_b', 'ent_c', 'ent_d'].map((ref) => ({
      kind: 'event' as const,
      ref,
      nextAt,
      jobId: 'job_1',
    }));
    await world.db.insert(outbox).values([...rows, { kind: 'event', ref: 'ent_a', nextAt: new Date() }]);
    expect(await takeDue(world.db, 2)).toEqual([
      { deliveryId: 'ent_a' },
      { deliveryId: expect.any(String), ofJob: true },
    ]);
  });

  it('is served before the list’s users who wait in Temporal', async () => {
    const taskQueue = `test-${randomUUID()}`;
    const native = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! });
    const options = { namespace: 'default', taskQueue, maxRequests: 4, eagerStart: false };
    const temporal = createTemporal(native, options);
    const { enqueue, stop } = startDispatcher({ db: world.db, temporal, log: silent });
    await world.db.delete(outbox);
    (await acceptList(journeyId)).forEach(enqueue);
    const dispatched = () => until(async () => (await world.db.select().from(outbox)).length === 0, 180_000);
    await dispatched();
    enqueue(await accept(journeyId, 'live@example.com', false));
    await dispatched();
    const worker = await startWorker({
      ...{
        connection: native,
        db: world.db,
        sealer: world.sealer,
        log: silent,
        enqueue,
        taskQueue,
        cacheMs: 0,
      },
      config: {
        allowedNetworks: ['127.0.0.0/8'],
        allowHttp: true,
        ownPorts: [],
        maxCachedWorkflows: 1_000,
        maxRequests: 4,
        temporalNamespace: 'default',
        publicUrl: 'http://localhost:8080',
      },
      workflowBundle: process.env.WAYHOOK_TEST_BUNDLE!,
    });
    const { requests } = world.receiver;
    await until(async () => requests.length > OF_LIST, 180_000);
    await worker.stop();
    await stop();
    await native.close();
    const place = requests.findIndex(({ text }) => text.includes('live@example.com'));
    expect(place).toBeLessThan(OF_LIST / 2);
  });
});
