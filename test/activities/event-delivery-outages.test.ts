import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { attempts, deliveries, outbox } from '../../src/db/schema';
import type { OutboxItem } from '../../src/db/outbox';
import { updateUser } from '../../src/db/users/users';
import { reconcile } from '../../src/background/reconciler';
import { type Listener, listen, silence } from '../support/event-webhook';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => silence(world));
afterAll(() => world.close());

/** A new user, whom a listener hears of. Returns what is to be handed over. */
const create = async ({ db }: World, userId: string) => {
  const change = { userId, dataFields: {}, mergeNestedObjects: false, createNewFields: true };
  const items: OutboxItem[] = [];
  await updateUser({ db, enqueue: (item) => void items.push(item) }, change);
  return items;
};

const deliveriesTo = ({ db }: World, { id }: Listener) =>
  db.select().from(deliveries).where(eq(deliveries.eventWebhookId, id));
const outcomesOf = async (deliveryId: string) =>
  (
    await world.db.select().from(attempts).where(eq(attempts.deliveryId, deliveryId)).orderBy(attempts.number)
  ).map(({ outcome }) => outcome);

/** Answers, once the table that answers are written to is gone. */
function thenLoseTheTable(status: number): Reply {
  return (_request, response) => {
    void world.db
      .execute(sql`alter table attempts rename to attempts_away`)
      .then(() => response.writeHead(status).end());
  };
}

/** Tells an endpoint that gives these replies; the table comes back after some waits of the workflow. */
async function tellThroughOutage(userId: string, replies: Reply[]) {
  const listener = await listen(world, ['participant.created'], { replies });
  (await create(world, userId)).forEach(world.dispatcher.enqueue);
  const [{ id } = { id: '' }] = await deliveriesTo(world, listener);
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
  it('that hides the success of an event does not make the endpoint be called again', async () => {
    const { id, listener } = await tellThroughOutage('hidden', [thenLoseTheTable(200)]);
    expect(listener.requests()).toHaveLength(1);
    expect(await outcomesOf(id)).toEqual(['delivered']);
  });

  it('spends none of the endpoint’s four requests for an event', async () => {
    const replies = [503, thenLoseTheTable(503), 503, 200];
    const { id, listener } = await tellThroughOutage('unspent', replies);
    expect(listener.requests()).toHaveLength(4);
    expect(await outcomesOf(id)).toEqual(['retry', 'retry', 'retry', 'delivered']);
  });
});

describe('an event that was recorded', () => {
  it('is handed over also when whoever recorded it is gone', async () => {
    const listener = await listen(world, ['participant.created']);
    await create(world, 'orphaned');
    const [delivery] = await deliveriesTo(world, listener);
    const waits = await world.db.select().from(outbox).where(eq(outbox.ref, delivery!.id));
    expect(waits).toMatchObject([{ kind: 'event' }]);
    await world.db.execute(sql`update outbox set next_at = now() where ref = ${delivery!.id}`);
    await listener.told();
    await until(async () => (await world.db.select().from(outbox)).length === 0);
  });

  it('is sent once, however often it is handed over', async () => {
    const listener = await listen(world, ['participant.created']);
    const waiting = await create(world, 'twice');
    expect(waiting).toHaveLength(1);
    const [{ id } = { id: '' }] = await deliveriesTo(world, listener);
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

describe('an event’s workflow that was terminated between two requests', () => {
  it('has its delivery closed by the reconciler', async () => {
    const calm = await createWorld({ skipTime: false });
    try {
      const listener = await listen(calm, ['participant.created'], { replies: [503] });
      (await create(calm, 'terminated')).forEach(calm.dispatcher.enqueue);
      await listener.told();
      const [{ id } = { id: '' }] = await deliveriesTo(calm, listener);
      await until(async () => {
        const [made] = await calm.db.select().from(attempts).where(eq(attempts.deliveryId, id));
        return made?.outcome === 'retry';
      });
      await calm.client.workflow.getHandle(id).terminate();
      const log = pino({ level: 'silent' });
      await until(() => reconcile({ db: calm.db, temporal: calm.temporal, log }));
      expect(await deliveriesTo(calm, listener)).toMatchObject([
        { status: 'failed', reason: 'operator', detail: 'Terminated in Temporal.' },
      ]);
    } finally {
      await calm.close();
    }
  });
});
