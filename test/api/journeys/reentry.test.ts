import { and, eq, isNull, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner } from '../../../src/background/jobs';
import { applyRetention } from '../../../src/background/retention';
import { newEntryId } from '../../../src/db/entries/insert';
import { insertStartedEntryWithLimits } from '../../../src/db/entries/started';
import { deliveries, entries, outbox, pastEntries, publishedEvents } from '../../../src/db/schema';
import { handOffUser } from '../../../src/usecases/journeys/hand-off';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
let userId: string;
let users = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(() => void (userId = `user-${(users += 1)}`));

const log = pino({ level: 'silent' });
const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);

async function published(definition: object): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...definition });
  expect((await post(`/journeys/${body.id}/publish`)).body).toMatchObject({ status: 'published' });
  return body.id as number;
}

const trigger = async (workflowId: number, dataFields: object = {}): Promise<Record<string, string>> =>
  (await post('/workflows/triggerWorkflow', { workflowId, userId, dataFields })).body.params;
const ENTERED = { entryId: expect.stringMatching(/^ent_/) };
const SKIPPED = { skipped: 'reentry' };

const entriesIn = (journeyId: number) =>
  world.db.select().from(entries).where(eq(entries.journeyId, journeyId)).orderBy(entries.id);
const openIn = (journeyId: number) =>
  world.db
    .select()
    .from(entries)
    .where(and(eq(entries.journeyId, journeyId), isNull(entries.endedAt)));

/** Lets so much time pass for what has happened in a journey. */
async function age(journeyId: number, interval: string): Promise<void> {
  const earlier = (column: string) => sql`${sql.raw(column)} - ${interval}::interval`;
  await world.db.execute(sql`
    update entries set accepted_at = ${earlier('accepted_at')}, ended_at = ${earlier('ended_at')}
    where journey_id = ${journeyId}`);
}

async function end(journeyId: number): Promise<void> {
  await world.db.execute(
    sql`update entries set status = 'completed', ended_at = now() where journey_id = ${journeyId} and ended_at is null`,
  );
}

describe('a user who was in a journey', () => {
  it.each([
    ['an hour', '59 minutes', SKIPPED],
    ['an hour', '61 minutes', ENTERED],
  ])('may enter again %s after they entered: after %s', async (_, passed, answer) => {
    const journeyId = await published({ reentry: { after: '1 hour' } });
    expect(await trigger(journeyId)).toEqual(ENTERED);
    await age(journeyId, passed);
    expect(await trigger(journeyId)).toEqual(answer);
  });

  it.each([
    ['59 minutes', SKIPPED],
    ['61 minutes', ENTERED],
  ])('may enter again an hour after the end: after %s', async (passed, answer) => {
    const journeyId = await published({ reentry: { after: '1 hour', from: 'end' } });
    await trigger(journeyId);
    await age(journeyId, '10 hours');
    await end(journeyId);
    await age(journeyId, passed);
    expect(await trigger(journeyId)).toEqual(answer);
  });

  it('may not while under way, if the time counts from the end', async () => {
    const journeyId = await published({ reentry: { after: '1 hour', from: 'end' } });
    await trigger(journeyId);
    await age(journeyId, '10 hours');
    expect(await trigger(journeyId)).toEqual(SKIPPED);
  });

  it('may while under way, if the journey says so', async () => {
    const journeyId = await published({ reentry: { after: '1 hour', from: 'end', onActive: 'parallel' } });
    for (const _ of [1, 2]) expect(await trigger(journeyId)).toEqual(ENTERED);
    await end(journeyId);
    expect(await trigger(journeyId)).toEqual(SKIPPED);
  });

  it('may not while under way, if that is refused', async () => {
    const journeyId = await published({ reentry: { onActive: 'refuse' } });
    expect(await trigger(journeyId)).toEqual(ENTERED);
    expect(await trigger(journeyId)).toEqual(SKIPPED);
    await end(journeyId);
    expect(await trigger(journeyId)).toEqual(ENTERED);
  });

  it.each([
    ['entry', '31 days'],
    ['end', '31 days'],
  ])('is still known once retention has deleted the entry: from the %s', async (from, passed) => {
    const journeyId = await published({ reentry: { after: '60 days', from } });
    await trigger(journeyId);
    await end(journeyId);
    await age(journeyId, passed);
    await applyRetention({ db: world.db, log, retentionDays: 30 });
    expect(await entriesIn(journeyId)).toEqual([]);
    expect(await trigger(journeyId)).toEqual(SKIPPED);
    await world.db.execute(sql`
      update past_entries set last_entered_at = last_entered_at - interval '30 days',
        last_ended_at = last_ended_at - interval '30 days'`);
    expect(await trigger(journeyId)).toEqual(ENTERED);
  });
});

describe('a key', () => {
  const cart = (cartId: unknown) => ({ cartId });

  it.each<[string, object, object]>([
    ['lifetimeLimit', { lifetimeLimit: 1 }, { skipped: 'lifetimeLimit' }],
    ['simultaneousLimit', { simultaneousLimit: 1 }, { skipped: 'simultaneousLimit' }],
    ['after', { reentry: { after: '1 day' } }, SKIPPED],
    ['onActive', { reentry: { onActive: 'refuse' } }, SKIPPED],
  ])('makes user and key the unit of %s', async (_, limit, skipped) => {
    const { reentry } = { reentry: {}, ...limit };
    const journeyId = await published({ ...limit, reentry: { ...reentry, key: 'cartId' } });
    expect(await trigger(journeyId, cart('A'))).toEqual(ENTERED);
    expect(await trigger(journeyId, cart('B'))).toEqual(ENTERED);
    expect(await trigger(journeyId, cart('A'))).toEqual(skipped);
    expect(await trigger(journeyId, cart(['A']))).toEqual(ENTERED);
  });

  it('that is missing or null is a unit of its own', async () => {
    const journeyId = await published({ lifetimeLimit: 1, reentry: { key: 'cartId' } });
    expect(await trigger(journeyId)).toEqual(ENTERED);
    expect(await trigger(journeyId, cart(null))).toEqual({ skipped: 'lifetimeLimit' });
    expect(await trigger(journeyId, cart(''))).toEqual(ENTERED);
  });

  it('counts on once retention has deleted the entries', async () => {
    const journeyId = await published({ lifetimeLimit: 2, reentry: { key: 'cartId' } });
    for (const id of ['A', 'A', 'B']) await trigger(journeyId, cart(id));
    await end(journeyId);
    await age(journeyId, '31 days');
    await applyRetention({ db: world.db, log, retentionDays: 30 });
    const counts = await world.db.select().from(pastEntries).where(eq(pastEntries.journeyId, journeyId));
    expect(counts.map(({ count }) => count).sort()).toEqual([1, 2]);
    expect(await trigger(journeyId, cart('A'))).toEqual({ skipped: 'lifetimeLimit' });
    expect(await trigger(journeyId, cart('B'))).toEqual(ENTERED);
    expect(await trigger(journeyId, cart('B'))).toEqual({ skipped: 'lifetimeLimit' });
  });

  it('that is removed leaves the user as the unit: entries of all keys count', async () => {
    const journeyId = await published({ lifetimeLimit: 2, reentry: { key: 'cartId' } });
    for (const id of ['A', 'B']) expect(await trigger(journeyId, cart(id))).toEqual(ENTERED);
    await world.call('PUT', `/api/journeys/${journeyId}`, { name: 'Any', tiles: [], lifetimeLimit: 2 });
    await post(`/journeys/${journeyId}/publish`);
    expect(await trigger(journeyId, cart('C'))).toEqual({ skipped: 'lifetimeLimit' });
  });

  it('is blanked with its user', async () => {
    const journeyId = await published({ reentry: { key: 'cartId', onActive: 'refuse' } });
    await trigger(journeyId, cart('A'));
    await world.call('DELETE', `/api/users/byUserId/${userId}`);
    expect(await entriesIn(journeyId)).toMatchObject([{ reentryKey: '', userId: null }]);
  });

  it('is stored as a hash, which differs between journeys', async () => {
    const definition = { reentry: { key: 'cartId', onActive: 'refuse' } };
    const journeys = [await published(definition), await published(definition)];
    for (const journeyId of journeys) await trigger(journeyId, cart('A'));
    const [one, other] = (await Promise.all(journeys.map(entriesIn))).map(([entry]) => entry!.reentryKey);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(other).not.toBe(one);
  });
});

describe('a journey that restarts', () => {
  const restarting = (more: object = {}) =>
    published({
      tiles: [{ id: 'wait', type: 'delay', for: '1 day' }],
      reentry: { onActive: 'restart', ...more },
    });

  it('ends the entry under way as superseded, and begins the new one', async () => {
    const journeyId = await restarting();
    const { entryId: old } = await trigger(journeyId);
    const { entryId: fresh } = await trigger(journeyId);
    expect(await entriesIn(journeyId)).toMatchObject([
      {
        ...{ id: old, status: 'cancelled', reason: 'superseded', liveData: null },
        ...{ detail: `A newer entry took its place: ${fresh}.`, endedAt: expect.any(Date) },
      },
      { id: fresh, status: 'accepted', endedAt: null },
    ]);
    const read = async (id = '') => (await world.call('GET', `/api/entries/${id}`)).body;
    expect(await read(old)).toMatchObject({ supersededBy: fresh });
    expect(await read(fresh)).toMatchObject({ supersededBy: null });
    const signals = await world.db.select().from(outbox).where(eq(outbox.kind, 'exit'));
    expect(signals.map(({ ref }) => ref)).toContain(old);
  });

  it('fails the pending delivery, and publishes both ends', async () => {
    const target = 'https://hooks.example.com';
    const eventTypes = ['journey.exited', 'delivery.failed'];
    const { body: hook } = await post('/eventWebhooks', { name: 'Ends', targetUrl: target, eventTypes });
    const journeyId = await restarting();
    const { entryId: old } = await trigger(journeyId);
    const delivery = { id: `dlv_${userId}`, entryId: old, journeyId, tileId: 'call', visit: 1 };
    await world.db.insert(deliveries).values({ ...delivery, status: 'pending', createdAt: new Date() });
    const dispatched = world.enqueued.length;
    await trigger(journeyId);
    const [failed] = await world.db.select().from(deliveries).where(eq(deliveries.id, delivery.id));
    expect(failed).toMatchObject({ status: 'failed', reason: 'superseded' });
    const published = await world.db.select().from(publishedEvents);
    expect(published.map(({ type, data }) => [type, data])).toEqual(
      expect.arrayContaining([
        ['journey.exited', { entry: expect.objectContaining({ id: old, reason: 'superseded' }) }],
        ['delivery.failed', { delivery: expect.objectContaining({ id: delivery.id, reason: 'superseded' }) }],
      ]),
    );
    expect(world.enqueued.slice(dispatched).filter((item) => 'deliveryId' in item)).toHaveLength(2);
    await world.call('DELETE', `/api/eventWebhooks/${hook.id}`);
  });

  it('leaves entries of other keys alone', async () => {
    const journeyId = await restarting({ key: 'cartId' });
    for (const cartId of ['A', 'B', 'A']) expect(await trigger(journeyId, { cartId })).toEqual(ENTERED);
    expect((await entriesIn(journeyId)).map(({ reason }) => reason)).toEqual(['superseded', null, null]);
  });

  it('is not kept from it by the limit of simultaneous entries, but by that of all', async () => {
    const rules = { simultaneousLimit: 1, lifetimeLimit: 3, reentry: { onActive: 'restart' } };
    const journeyId = await published(rules);
    for (const _ of [1, 2, 3]) expect(await trigger(journeyId)).toEqual(ENTERED);
    expect(await trigger(journeyId)).toEqual({ skipped: 'lifetimeLimit' });
    expect(await openIn(journeyId)).toHaveLength(1);
  });

  it('refuses within the time from the last entry, and leaves the entry under way alone', async () => {
    const journeyId = await restarting({ after: '1 hour' });
    await trigger(journeyId);
    expect(await trigger(journeyId)).toEqual(SKIPPED);
    await age(journeyId, '2 hours');
    expect(await trigger(journeyId)).toEqual(ENTERED);
    expect(await openIn(journeyId)).toHaveLength(1);
  });

  it('does not count a superseded entry as an end', async () => {
    const journeyId = await restarting({ after: '1 hour', from: 'end' });
    for (const _ of [1, 2, 3]) expect(await trigger(journeyId)).toEqual(ENTERED);
    await end(journeyId);
    expect(await trigger(journeyId)).toEqual(SKIPPED);
  });

  it('ends all that a merge brought together', async () => {
    const journeyId = await restarting();
    await trigger(journeyId);
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, userId: `${userId}-other` });
    await post('/users/merge', { sourceUserId: `${userId}-other`, destinationUserId: userId });
    expect(await openIn(journeyId)).toHaveLength(2);
    await trigger(journeyId);
    expect(await openIn(journeyId)).toHaveLength(1);
  });
});

/** How a user enters a journey a second time, and how the first; `definition` is the rest of the journey. */
type Way = (definition: object) => Promise<{ journeyId: number; enter: () => Promise<unknown> }>;

const byTrigger: Way = async (definition) => {
  const journeyId = await published(definition);
  return { journeyId, enter: () => trigger(journeyId) };
};

const byEvent: Way = async (definition) => {
  const eventName = `order of ${userId}`;
  const journeyId = await published({ ...definition, entry: { source: 'event', eventName } });
  return { journeyId, enter: () => post('/events/track', { userId, eventName }) };
};

const byBulkEvents: Way = async (definition) => {
  const eventName = `bulk of ${userId}`;
  const journeyId = await published({ ...definition, entry: { source: 'event', eventName } });
  return { journeyId, enter: () => post('/events/trackBulk', { events: [{ userId, eventName }] }) };
};

const byPurchase: Way = async (definition) => {
  const journeyId = await published({ ...definition, entry: { source: 'purchase' } });
  const purchase = { user: { userId }, items: [], total: 1 };
  return { journeyId, enter: () => post('/commerce/trackPurchase', purchase) };
};

const byProfile: Way = async (definition) => {
  const journeyId = await published({ ...definition, entry: { source: 'profileUpdate', field: userId } });
  let turn = 0;
  await post('/users/update', { userId });
  return { journeyId, enter: () => post('/users/update', { userId, dataFields: { [userId]: (turn += 1) } }) };
};

async function newList(): Promise<number> {
  return (await post('/lists', { name: 'Any' })).body.listId as number;
}

const bySubscription: Way = async (definition) => {
  const listId = await newList();
  const journeyId = await published({ ...definition, entry: { source: 'listSubscribe', listId } });
  const enter = async () => {
    await post('/lists/unsubscribe', { listId, subscribers: [{ userId }] });
    await post('/lists/subscribe', { listId, subscribers: [{ userId }] });
  };
  return { journeyId, enter };
};

const byListTrigger: Way = async (definition) => {
  const [journeyId, listId] = [await published(definition), await newList()];
  await post('/lists/subscribe', { listId, subscribers: [{ userId }] });
  const turn = createPageRunner({ db: world.db, log, enqueue: () => undefined, kinds: JOB_KINDS });
  const enter = async () => {
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, listId });
    await turn();
  };
  return { journeyId, enter };
};

const byHandOff: Way = async (definition) => {
  const [from, journeyId] = [await published({}), await published(definition)];
  const { entryId } = await trigger(from);
  const sending = { entryId: entryId!, workflowId: entryId!, firstRunId: 'run', tileId: 'on', journeyId };
  let visit = 0;
  const enter = () => handOffUser(world, { ...sending, visit: (visit += 1), then: 'goOn' }, Date.now());
  return { journeyId, enter };
};

const byClient: Way = async (definition) => {
  const journeyId = await published(definition);
  const enter = () => {
    const workflow = { entryId: newEntryId(), workflowId: newEntryId(), firstRunId: 'run', version: 1 };
    const entry = { ...workflow, journeyId, identity: { userId }, triggerData: {}, at: Date.now() };
    return insertStartedEntryWithLimits(world, entry);
  };
  return { journeyId, enter };
};

const WAYS: [how: string, way: Way][] = [
  ['the trigger call', byTrigger],
  ['an event', byEvent],
  ['events in bulk', byBulkEvents],
  ['a purchase', byPurchase],
  ['a profile update', byProfile],
  ['a list', bySubscription],
  ['a list that is sent in', byListTrigger],
  ['another journey', byHandOff],
  ['a bare Temporal client', byClient],
];

describe.each(WAYS)('by %s', (_, way) => {
  it('a user is kept out by the time since the last entry, which is recorded', async () => {
    const { journeyId, enter } = await way({ reentry: { after: '1 hour' } });
    for (const _turn of [1, 2, 3]) await enter();
    expect(await entriesIn(journeyId)).toHaveLength(1);
    const { refused } = (await world.call('GET', `/api/journeys/${journeyId}/refused`)).body;
    expect(refused).toMatchObject([{ userId, reason: 'reentry', count: 2 }]);
    await age(journeyId, '2 hours');
    await enter();
    expect(await entriesIn(journeyId)).toHaveLength(2);
  });

  it('an entry takes the place of the one under way', async () => {
    const { journeyId, enter } = await way({ reentry: { onActive: 'restart' } });
    for (const _turn of [1, 2, 3]) await enter();
    const reasons = (await entriesIn(journeyId)).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([null, 'superseded', 'superseded'].sort());
  });
});

it('a journey that sends its users to itself and restarts ends the entry that sent', async () => {
  const journeyId = await published({ reentry: { onActive: 'restart' } });
  const { entryId } = await trigger(journeyId);
  const sending = {
    entryId: entryId!,
    workflowId: entryId!,
    firstRunId: 'run',
    tileId: 'on',
    visit: 1,
    journeyId,
  };
  const outcome = await handOffUser(world, { ...sending, then: 'goOn' }, Date.now());
  expect(outcome).toMatchObject({ kind: 'walked', skipped: null });
  expect((await entriesIn(journeyId)).map(({ reason }) => reason)).toEqual(['superseded', null]);
});

describe('a bare client', () => {
  const started = (journeyId: number, entryId: string) =>
    insertStartedEntryWithLimits(world, {
      ...{ entryId, workflowId: entryId, firstRunId: 'run', version: 1, journeyId },
      ...{ identity: { userId }, triggerData: { cartId: 'A' }, at: Date.now() },
    });

  it('is told which limit keeps its user out, and not the second time that it asks for an entry', async () => {
    const journeyId = await published({ reentry: { onActive: 'refuse', key: 'cartId' } });
    const entryId = newEntryId();
    expect(await started(journeyId, entryId)).toBe(true);
    expect(await started(journeyId, entryId)).toBe(true);
    expect(await started(journeyId, newEntryId())).toEqual({ refused: 'reentry' });
    expect(await trigger(journeyId, { cartId: 'A' })).toEqual(SKIPPED);
    expect(await trigger(journeyId, { cartId: 'B' })).toEqual(ENTERED);
    expect(await entriesIn(journeyId)).toMatchObject([{ id: entryId, status: 'running' }, {}]);
  });

  it('finds no journey that takes no entries', async () => {
    const journeyId = await published({ reentry: { onActive: 'refuse' } });
    await post(`/journeys/${journeyId}/unpublish`);
    expect(await started(journeyId, newEntryId())).toBeUndefined();
  });
});
