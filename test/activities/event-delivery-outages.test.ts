import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { outbox } from '../../src/db/schema';
import type { OutboxItem } from '../../src/db/outbox';
import { updateUser } from '../../src/db/users/users';
import { reconcile } from '../../src/background/reconciler';
import { type ApiWorld, createApi } from '../support/api-world';
import { type Listener, listen, silence } from '../support/event-webhook';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;
let api: ApiWorld;

beforeAll(async () => {
  world = await createWorld();
  api = await createApi(world);
});
afterEach(() => silence(world));
afterAll(async () => {
  await api.close();
  await world.close();
});

/** Creates a user, which raises an event. Returns the outbox items. */
const create = async ({ db }: World, userId: string) => {
  const change = { userId, dataFields: {}, mergeNestedObjects: false, createNewFields: true };
  const items: OutboxItem[] = [];
  await updateUser({ db, enqueue: (item) => void items.push(item) }, change);
  return items;
};

const deliveriesTo = async ({ call }: ApiWorld, { id }: Listener): Promise<{ id: string }[]> =>
  (await call('GET', `/api/eventWebhooks/${id}/deliveries`)).body.deliveries;
const outcomesOf = async ({ call }: ApiWorld, deliveryId: string): Promise<string[]> => {
  const { attempts } = (await call('GET', `/api/deliveries/${deliveryId}`)).body;
  return attempts.map(({ outcome }: { outcome: string }) => outcome);
};

/** Takes away the table for attempts, then answers. */
function thenLoseTheTable(status: number): Reply {
  return (_request, response) => {
    void world.db
      .execute(sql`alter table attempts rename to attempts_away`)
      .then(() => response.writeHead(status).end());
  };
}

/** Sends an event to an endpoint that gives these replies; the table is restored after some waits of the workflow. */
async function sendThroughOutage(userId: string, replies: Reply[]) {
  const listener = await listen(world, ['participant.created'], { replies });
  (await create(world, userId)).forEach(world.dispatcher.enqueue);
  const [{ id } = { id: '' }] = await deliveriesTo(api, listener);
  const handle = world.client.workflow.getHandle(id);
  await until(async () => {
    const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
    return events!.filter((event) => event.timerFiredEventAttributes).length >= 4;
  });
  await world.db.execute(sql`alter table attempts_away rename to attempts`);
  await handle.result();
  return { id, listener };
}

describe('an outage of our database', () => {
  it('that hides a successful answer to an event does not lead to a second call', async () => {
    const { id, listener } = await sendThroughOutage('hidden', [thenLoseTheTable(200)]);
    expect(listener.requests()).toHaveLength(1);
    expect(await outcomesOf(api, id)).toEqual(['delivered']);
  });

  it('uses up none of the endpoint’s four requests for an event', async () => {
    const replies = [503, thenLoseTheTable(503), 503, 200];
    const { id, listener } = await sendThroughOutage('unspent', replies);
    expect(listener.requests()).toHaveLength(4);
    expect(await outcomesOf(api, id)).toEqual(['retry', 'retry', 'retry', 'delivered']);
  });
});

describe('an event that was recorded', () => {
  it('is dispatched from the outbox when the process that recorded it is gone', async () => {
    const listener = await listen(world, ['participant.created']);
    await create(world, 'orphaned');
    const [delivery] = await deliveriesTo(api, listener);
    const waits = await world.db.select().from(outbox).where(eq(outbox.ref, delivery!.id));
    expect(waits).toMatchObject([{ kind: 'event' }]);
    await world.db.execute(sql`update outbox set next_at = now() where ref = ${delivery!.id}`);
    await listener.received();
    await until(async () => (await world.db.select().from(outbox)).length === 0);
    expect(listener.requests()).toHaveLength(1);
  });

  it('is sent once, however often it is dispatched', async () => {
    const listener = await listen(world, ['participant.created']);
    const waiting = await create(world, 'twice');
    expect(waiting).toHaveLength(1);
    const [{ id } = { id: '' }] = await deliveriesTo(api, listener);
    await Promise.all([
      world.temporal.startEvent({ deliveryId: id }),
      world.temporal.startEvent({ deliveryId: id }),
    ]);
    await world.client.workflow.getHandle(id).result();
    await world.temporal.startEvent({ deliveryId: id });
    waiting.forEach(world.dispatcher.enqueue);
    await until(async () => (await world.db.select().from(outbox)).length === 0);
    expect(listener.requests()).toHaveLength(1);
  });
});

describe('an event workflow terminated between two requests', () => {
  it('has its delivery closed by the reconciler', async () => {
    const calm = await createWorld({ skipTime: false });
    const calmApi = await createApi(calm);
    try {
      const listener = await listen(calm, ['participant.created'], { replies: [503] });
      (await create(calm, 'terminated')).forEach(calm.dispatcher.enqueue);
      await listener.received();
      const [{ id } = { id: '' }] = await deliveriesTo(calmApi, listener);
      await until(async () => (await outcomesOf(calmApi, id))[0] === 'retry');
      await calm.client.workflow.getHandle(id).terminate();
      const log = pino({ level: 'silent' });
      await until(() => reconcile({ ...calm, log }, 'broken'));
      expect(await deliveriesTo(calmApi, listener)).toMatchObject([
        { status: 'failed', reason: 'operator', detail: 'Terminated in Temporal.' },
      ]);
    } finally {
      await calmApi.close();
      await calm.close();
    }
  });
});
