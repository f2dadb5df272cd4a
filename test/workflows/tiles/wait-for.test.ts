import { eq } from 'drizzle-orm';
import { outbox, users, waits } from '../../../src/db/schema';
import { updateUser } from '../../../src/db/users/users';
import { trackEvent } from '../../../src/usecases/events/track';
import { wakeSignal } from '../../../src/workflows/messages';
import { calmEvents } from '../../support/history';
import { readable } from '../../support/readable';
import { until } from '../../support/until';
import { createWorld, type World } from '../../support/world';

/** In real time: with time skipping a wait would be over before an event comes. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

let people = 0;
let identity: { email: string };
beforeEach(() => {
  identity = { email: `waits${(people += 1)}@example.com` };
});

const event = (name: string, dataFields: Record<string, unknown> = {}) => ({
  ...{ kind: 'customEvent' as const, name, dataFields, createdAt: Date.now() },
});
const track = (name: string, dataFields?: Record<string, unknown>) =>
  trackEvent(world, identity, event(name, dataFields));
const update = (dataFields: Record<string, unknown>) =>
  updateUser(world, { ...identity, dataFields, mergeNestedObjects: false, createNewFields: true });
const waitsOf = (entryId: string) => world.db.select().from(waits).where(eq(waits.entryId, entryId));
const waiting = (entryId: string) =>
  until(async () => (await waitsOf(entryId)).some(({ wokenAt }) => wokenAt === null));
const enter = async (tiles: object[], dataFields = {}) =>
  world.enter(await world.journey(tiles), { identity, dataFields });
const bought = { id: 'bought', type: 'exit' };
const other = { id: 'other', type: 'exit' };

/** A journey that ends at the tile `bought` or `other`. */
const toBuy = (more: object = {}, arm: object = {}) => [
  {
    id: 'wait',
    type: 'waitFor',
    for: [{ event: 'bought', next: 'bought', ...arm }],
    timeout: '30 days',
    onTimeout: 'other',
    ...more,
  },
  bought,
  other,
];

async function wayOf(entryId: string): Promise<string[]> {
  await world.ended(entryId);
  return world.client.workflow
    .getHandle(entryId)
    .query<{ visited: string[] }, []>('status')
    .then(({ visited }) => visited.slice(1));
}

async function eventsOf(entryId: string): Promise<string[]> {
  const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
  return calmEvents(events);
}

describe('a user who waits for an event', () => {
  it('goes on by the way of its arm as soon as it comes, at 8 events of history', async () => {
    const entryId = await enter(toBuy());
    await waiting(entryId);
    await track('bought', { item: 'hat' });
    expect(await wayOf(entryId)).toEqual(['bought']);
    expect(await waitsOf(entryId)).toMatchObject([{ arm: 1, userId: null, keys: [], arms: [] }]);
    expect((await eventsOf(entryId)).length).toBeLessThanOrEqual(6 + 8);
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(readable(events)).not.toMatch(/hat|waits\d/);
    await until(async () => (await world.db.select().from(outbox)).length === 0);
    const [user] = await world.db.select().from(users).where(eq(users.email, identity.email));
    expect(user!.watched).toEqual([]);
  });

  it('reads in later tiles what the event brought', async () => {
    const endpoint = `${world.receiver.url}/after`;
    const body = { item: '{{events.order.item}}', arm: '{{events.order._arm}}' };
    const webhookId = await world.webhook({ endpoint, body });
    const [wait] = toBuy({ name: 'order' });
    const entryId = await enter([
      { ...wait, for: [{ event: 'bought' }], onTimeout: 'exit' },
      { id: 'after', type: 'webhook', webhookId },
    ]);
    await waiting(entryId);
    await track('bought', { item: 'hat' });
    expect((await world.ended(entryId)).entry).toMatchObject({ status: 'completed', events: null });
    const sent = world.receiver.requests.filter(({ url }) => url === '/after').map((one) => one.json());
    expect(sent).toMatchObject([{ item: 'hat', arm: '1' }]);
  });

  it('goes on where the event came while they were called by the tile before', async () => {
    world.receiver.respondAt('/buys', (_request, response) => {
      void track('bought').then(() => response.writeHead(200).end());
    });
    const webhookId = await world.webhook({ endpoint: `${world.receiver.url}/buys` });
    const entryId = await enter([{ id: 'call', type: 'webhook', webhookId }, ...toBuy()]);
    expect(await wayOf(entryId)).toEqual(['wait', 'bought']);
    expect((await eventsOf(entryId)).length).toBeLessThanOrEqual(5 + 6 + 1 + 1);
  });

  it('is not ended by an event of before they entered', async () => {
    await track('bought');
    const entryId = await enter(toBuy());
    await waiting(entryId);
    await track('bought');
    expect(await wayOf(entryId)).toEqual(['bought']);
  });

  it('goes on by an event whose conditions hold, and by no other', async () => {
    const arm = {
      where: { field: 'event.total', is: 'greaterThan', value: 10 },
      match: { 'event.cartId': 'trigger.cartId' },
    };
    const entryId = await enter(toBuy({}, arm), { cartId: 'c7' });
    await waiting(entryId);
    await track('bought', { total: 20, cartId: 'c8' });
    await track('bought', { total: 5, cartId: 'c7' });
    await waiting(entryId);
    await track('bought', { total: 11, cartId: 'c7' });
    expect(await wayOf(entryId)).toEqual(['bought']);
  });

  it('goes on when a condition on the profile comes true', async () => {
    const when = { field: 'profile.plan', is: 'equals', value: 'pro' };
    const entryId = await enter(toBuy({ for: [{ when, next: 'bought' }] }));
    await waiting(entryId);
    await update({ plan: 'basic' });
    await waiting(entryId);
    await update({ plan: 'pro' });
    expect(await wayOf(entryId)).toEqual(['bought']);
  });

  it('goes on at once where a condition holds already', async () => {
    await update({ plan: 'pro' });
    const when = { field: 'profile.plan', is: 'equals', value: 'pro' };
    const entryId = await enter(
      toBuy({
        for: [
          { event: 'bought', next: 'other' },
          { when, next: 'bought' },
        ],
      }),
    );
    expect(await wayOf(entryId)).toEqual(['bought']);
    expect((await eventsOf(entryId)).length).toBe(6 + 1);
  });
});

describe('the signal that ends a wait', () => {
  const seconds = (count: number) => toBuy({ timeout: `${count} seconds` });

  it('counts though it is late: the event came in time', async () => {
    const entryId = await enter(seconds(2));
    await waiting(entryId);
    const enqueue = () => undefined;
    await trackEvent({ ...world, enqueue }, identity, event('bought'));
    expect(await wayOf(entryId)).toEqual(['bought']);
    // It is sent once another process, or this one, finds it in the outbox.
    await world.db.update(outbox).set({ nextAt: new Date(0) });
    await until(async () => (await world.db.select().from(outbox)).length === 0);
  });

  it('is not needed where no worker ran: the wait has ended', async () => {
    const entryId = await enter(toBuy());
    await waiting(entryId);
    await world.withoutWorker(() => track('bought'));
    expect(await wayOf(entryId)).toEqual(['bought']);
  });

  it.each([
    ['of another wait', { waitId: 'other', arm: 1 }],
    ['with an arm that there is not', { arm: 3 }],
    ['with an arm that is none', { arm: '1' }],
    ['without anything', undefined],
  ])('is ignored %s', async (_what, argument) => {
    const entryId = await enter(toBuy());
    await waiting(entryId);
    const waitId = `${entryId}/wait/1`;
    const handle = world.client.workflow.getHandle(entryId);
    await handle.signal(wakeSignal.name, argument && { waitId, ...argument });
    await track('bought');
    expect(await wayOf(entryId)).toEqual(['bought']);
  });
});

describe('a user for whom nothing happens', () => {
  let skipping: World;
  beforeAll(async () => void (skipping = await createWorld()));
  afterAll(() => skipping.close());

  it('goes on by onTimeout when the time has passed, at 8 events of history', async () => {
    const entryId = await skipping.enter(await skipping.journey(toBuy()), { identity });
    const { entry } = await skipping.ended(entryId);
    expect(entry).toMatchObject({ status: 'completed', tileId: 'other' });
    const { events } = await skipping.client.workflow.getHandle(entryId).fetchHistory();
    expect(calmEvents(events).length).toBeLessThanOrEqual(6 + 8);
    const [wait] = await skipping.db.select().from(waits).where(eq(waits.entryId, entryId));
    expect(wait).toMatchObject({ arm: null, userId: null });
    expect(wait!.wokenAt!.getTime() - wait!.openedAt.getTime()).toBeGreaterThanOrEqual(30 * 86_400_000);
  });

  it('goes round once a minute in a cycle whose condition holds all the time', async () => {
    const when = { field: 'trigger.a', is: 'isNotSet' };
    const round = { type: 'waitFor', for: [{ when, next: 'call' }], timeout: '1 day', onTimeout: 'exit' };
    const path = '/rounds';
    skipping.receiver.respondAt(path, 200, 200, 200, 410);
    const webhookId = await skipping.webhook({ endpoint: skipping.receiver.url + path });
    const journeyId = await skipping.journey([
      { id: 'wait', ...round },
      { id: 'call', type: 'webhook', webhookId, next: 'wait' },
    ]);
    const { entry } = await skipping.ended(await skipping.enter(journeyId, { identity }));
    expect(entry).toMatchObject({ status: 'exited', tileId: 'call' });
    const took = entry.endedAt!.getTime() - entry.startedAt!.getTime();
    expect(took).toBeGreaterThanOrEqual(3 * 60_000);
    expect(took).toBeLessThan(4 * 60_000);
  });
});
