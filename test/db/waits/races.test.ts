import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from '../../../src/db/connection/client';
import type { EnqueueDeps } from '../../../src/db/enqueue';
import { entries, steps, users, waits } from '../../../src/db/schema';
import { changeTags } from '../../../src/db/users/tags';
import { changeEmail, updateUser } from '../../../src/db/users/users';
import { SYSTEM } from '../../../src/domain/audit';
import { recordCommerce } from '../../../src/usecases/events/record-commerce';
import { createBulkTracker } from '../../../src/usecases/events/track-many';
import { trackEvent } from '../../../src/usecases/events/track';
import { waitFor, type WaitOutcome } from '../../../src/usecases/journeys/wait-for';
import { mergeUsers } from '../../../src/usecases/users/merge';
import { unsubscribe } from '../../../src/usecases/users/subscribe';
import { updateMany } from '../../../src/usecases/users/update-many';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { meanwhile } from '../../support/waiting';

/* An event, or a change of the user, and a wait that is opened at the same moment find each other, whoever is first. */

let world: ApiWorld;
let listId: number;
let userId: string;
let email: string;
beforeAll(async () => {
  world = await createApiWorld();
  listId = (await world.call('POST', '/api/lists', { name: 'Members' })).body.listId;
  const entry = { source: 'event', eventName: 'starts' };
  const { body } = await world.call('POST', '/api/journeys', { name: 'Other', tiles: [], entry });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
});
afterAll(() => world.close());
beforeEach(() => {
  userId = `user-${randomUUID().slice(0, 8)}`;
  email = `${userId}@example.com`;
});

type Act = (deps: EnqueueDeps) => Promise<unknown>;
const event = (name: string) => ({
  kind: 'customEvent' as const,
  name,
  dataFields: {},
  createdAt: Date.now(),
});
const commerce = (kind: 'purchase' | 'cartUpdate') => ({
  kind,
  items: [],
  dataFields: {},
  createdAt: Date.now(),
});
const changed = { userId: '', mergeNestedObjects: false, createNewFields: true };
const update = (dataFields: object) => ({ ...changed, userId, dataFields: { ...dataFields } });
const IS_PRO = { when: { field: 'profile.plan', is: 'equals', value: 'pro' } };
const member = (is: 'member' | 'notMember') => ({ when: { list: listId, is } });
const subscribe: Act = (deps) => updateMany(deps, [update({})], { listId, knownOnly: false });

/** What happens, and the arm that it meets. */
const CHANGES: [string, () => object, Act][] = [
  ['an event', () => ({ event: 'bought' }), (deps) => trackEvent(deps, { userId }, event('bought'))],
  [
    'an event that starts a journey',
    () => ({ event: 'starts' }),
    (deps) => trackEvent(deps, { userId }, event('starts')),
  ],
  [
    'an event by two names',
    () => ({ event: 'bought' }),
    (deps) => trackEvent(deps, { userId, email }, event('bought')),
  ],
  [
    'events in bulk',
    () => ({ event: 'bought' }),
    (deps) =>
      createBulkTracker(deps)([
        { names: { userId }, event: event('bought') },
        { names: { userId: 'somebody-else' }, event: event('bought') },
      ]),
  ],
  [
    'a purchase',
    () => ({ event: 'purchase' }),
    (deps) => recordCommerce(deps, update({}), commerce('purchase')),
  ],
  [
    'an update of the cart',
    () => ({ event: 'cartUpdate' }),
    (deps) => recordCommerce(deps, update({}), commerce('cartUpdate')),
  ],
  ['an update of the profile', () => IS_PRO, (deps) => updateUser(deps, update({ plan: 'pro' }))],
  [
    'updates in bulk',
    () => IS_PRO,
    (deps) =>
      updateMany(deps, [update({ plan: 'pro' }), { ...update({}), userId: 'other' }], { knownOnly: false }),
  ],
  [
    'a tag',
    () => ({ when: { field: 'profile.tags', is: 'contains', value: 'vip' } }),
    (deps) => changeTags(deps, { userId }, { add: ['vip'], remove: [] }),
  ],
  [
    'another email',
    () => ({ when: { field: 'profile.email', is: 'isSet' } }),
    (deps) => changeEmail(deps, { userId }, email),
  ],
  ['a subscription', () => member('member'), subscribe],
  [
    'the end of a subscription',
    () => ({ when: { all: [member('notMember').when, { field: 'profile.was', is: 'isSet' }] } }),
    async (deps) => {
      await subscribe(deps);
      await updateUser(deps, update({ was: true }));
      await unsubscribe(deps, listId, { userId }, {});
    },
  ],
  [
    'a merge',
    () => IS_PRO,
    async (deps) => {
      await updateUser(deps, { ...update({ plan: 'pro' }), userId: `${userId}-2` });
      await mergeUsers({ ...deps, author: SYSTEM }, { userId: `${userId}-2` }, { userId });
    },
  ],
];

async function enter(arm: object, more: object = {}): Promise<string> {
  const tiles = [{ id: 'wait', type: 'waitFor', for: [arm], timeout: '30 days', ...more }];
  const { body } = await world.call('POST', '/api/journeys', { name: 'Waits', tiles });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  const answer = await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId: body.id, userId });
  return answer.body.params.entryId;
}

const wait = (db: Database, entryId: string, at = Date.now()): Promise<WaitOutcome> =>
  waitFor(db, { entryId, firstRunId: 'run', workflowId: entryId, tileId: 'wait', visit: 1 }, at);
const wakesOf = (entryId: string) =>
  world.enqueued.filter((item) => 'waitId' in item && item.workflowId === entryId);
const watched = async () => (await world.db.select().from(users).where(eq(users.userId, userId)))[0]!.watched;

describe.each(CHANGES)('%s', (_name, arm, act) => {
  it('ends a wait that is open, once', async () => {
    const entryId = await enter(arm());
    expect(await wait(world.db, entryId)).toMatchObject({ kind: 'waiting' });
    await act(world);
    expect(wakesOf(entryId)).toEqual([{ waitId: `${entryId}/wait/1`, workflowId: entryId, arm: 1 }]);
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: 1 });
    expect(await watched()).toEqual([]);
    await act(world);
    expect(wakesOf(entryId)).toHaveLength(1);
  });

  it('ends a wait whose opening it waited for', async () => {
    const entryId = await enter(arm());
    await meanwhile(
      world.db,
      (tx) => wait(tx, entryId),
      () => act(world),
    );
    expect(wakesOf(entryId)).toHaveLength(1);
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: 1 });
  });

  it('is found by a wait whose opening waited for it', async () => {
    const entryId = await enter(arm());
    const { enqueue } = world;
    const outcome = await meanwhile(
      world.db,
      (tx) => act({ db: tx, enqueue }),
      () => wait(world.db, entryId),
    );
    expect(outcome).toEqual({ kind: 'left', arm: 1 });
    expect(wakesOf(entryId)).toEqual([]);
    expect(await watched()).toEqual([]);
  });
});

describe('a wait', () => {
  const buy: Act = (deps) => trackEvent(deps, { userId }, event('bought'));

  it('that has timed out is not ended by what comes then', async () => {
    const entryId = await enter({ event: 'bought' });
    await wait(world.db, entryId);
    const after = Date.now() + 31 * 86_400_000;
    await meanwhile(
      world.db,
      (tx) => wait(tx, entryId, after),
      () => buy(world),
    );
    expect(await wait(world.db, entryId, after)).toEqual({ kind: 'left', arm: null });
    expect(wakesOf(entryId)).toEqual([]);
    expect(await watched()).toEqual([]);
  });

  it('that an event ended in time has not timed out, however late it is asked', async () => {
    const entryId = await enter({ event: 'bought' });
    await wait(world.db, entryId);
    await buy(world);
    expect(await wait(world.db, entryId, Date.now() + 31 * 86_400_000)).toEqual({ kind: 'left', arm: 1 });
  });

  it('is not ended by an event after its deadline, though nobody has looked', async () => {
    const entryId = await enter({ event: 'bought' });
    const before = Date.now() - 31 * 86_400_000;
    await wait(world.db, entryId, before);
    await buy(world);
    expect(wakesOf(entryId)).toEqual([]);
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: null });
  });

  it('of an entry that ended meanwhile is left alone', async () => {
    const entryId = await enter({ event: 'bought' });
    await wait(world.db, entryId);
    await world.db
      .update(entries)
      .set({ status: 'completed', endedAt: new Date() })
      .where(eq(entries.id, entryId));
    await buy(world);
    expect(wakesOf(entryId)).toEqual([]);
    expect(await world.db.select().from(waits).where(eq(waits.entryId, entryId))).toEqual([]);
    expect(await watched()).toEqual([]);
  });

  it('is one of 1,000 of its user at most: one more is over at once, and says why', async () => {
    const entryId = await enter({ event: 'bought' });
    await wait(world.db, entryId);
    const [{ id: _id, ...open }] = (await world.db
      .select()
      .from(waits)
      .where(eq(waits.entryId, entryId))) as [typeof waits.$inferSelect];
    const others = Array.from({ length: 998 }, (_, index) => ({ ...open, id: `${entryId}/other/${index}` }));
    await world.db.insert(waits).values(others);
    expect(await wait(world.db, await enter({ event: 'bought' }))).toMatchObject({ kind: 'waiting' });
    const oneMore = await enter({ event: 'bought' });
    expect(await wait(world.db, oneMore)).toEqual({ kind: 'left', arm: null });
    const [step] = await world.db.select().from(steps).where(eq(steps.entryId, oneMore));
    expect(step!.why).toBe('too many waits of the user');
  });

  it('goes with its user to the one that they are merged into', async () => {
    const entryId = await enter({ event: 'bought' });
    await wait(world.db, entryId);
    const destination = { userId: `${userId}-2` };
    await updateUser(world, { ...update({}), ...destination });
    await mergeUsers({ ...world, author: SYSTEM }, { userId }, destination);
    userId = destination.userId;
    await buy(world);
    expect(wakesOf(entryId)).toHaveLength(1);
  });

  it('counts events since the user entered, each once', async () => {
    await buy(world);
    const entryId = await enter({ event: 'bought' }, { since: 'entry' });
    await buy(world);
    await world.db.update(entries).set({ arrivedSeq: null }).where(eq(entries.id, entryId));
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: 1 });
    const visit = { entryId, firstRunId: 'run', workflowId: entryId, tileId: 'wait', visit: 2 };
    expect(await waitFor(world.db, visit, Date.now())).toMatchObject({ kind: 'waiting' });
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: 1 });
  });

  it.each([
    ['after', 1, { kind: 'left', arm: 1 }],
    ['before', -1, { kind: 'waiting' }],
  ])('after a delay counts an event of %s its end', async (_when, hours, outcome) => {
    const entryId = await enter({ event: 'bought' });
    await buy(world);
    const [entry] = await world.db.select().from(entries).where(eq(entries.id, entryId));
    const end = new Date(Date.now() - hours * 3_600_000);
    const pause = { entryId, tileId: 'pause', visit: 1, journeyId: entry!.journeyId, version: 1 };
    await world.db.insert(steps).values({ ...pause, at: entry!.acceptedAt, until: end });
    await world.db.update(entries).set({ arrivedSeq: null }).where(eq(entries.id, entryId));
    expect(await wait(world.db, entryId, Date.now() + 2 * 3_600_000)).toMatchObject(outcome);
  });

  it('is a step of the entry’s path, with the way and why', async () => {
    const entryId = await enter({ event: 'bought' });
    const entry = async () => (await world.call('GET', `/api/entries/${entryId}`)).body;
    await wait(world.db, entryId);
    expect(await entry()).toMatchObject({
      path: [{ tileId: 'wait', took: null, way: null }],
      waitingFor: { what: 'event', until: expect.any(String) },
    });
    await buy(world);
    expect((await entry()).path).toMatchObject([
      { tileId: 'wait', took: expect.any(Number), way: '1', why: 'event bought' },
    ]);
  });

  it('prefers the arm that stands first, whatever came first', async () => {
    const entryId = await enter({ event: 'bought' }, { for: [{ event: 'bought' }, { event: 'seen' }] });
    await trackEvent(world, { userId }, event('seen'));
    await buy(world);
    await buy(world);
    expect(await wait(world.db, entryId)).toEqual({ kind: 'left', arm: 1 });
    const [own] = await world.db.select().from(waits).where(eq(waits.entryId, entryId));
    expect(own).toMatchObject({ arm: 1, tileId: 'wait' });
  });

  it('has its condition judged at once, though its worker’s clock is ahead of the database’s', async () => {
    const entryId = await enter(IS_PRO);
    await wait(world.db, entryId, Date.now() + 5_000);
    await updateUser(world, update({ plan: 'pro' }));
    expect(wakesOf(entryId)).toHaveLength(1);
  });

  it('has its condition judged once the minute of its round is over, whatever the database’s clock says', async () => {
    await updateUser(world, update({ plan: 'pro' }));
    const entryId = await enter(IS_PRO);
    const at = Date.now();
    const visit = (number: number, ms: number) =>
      waitFor(
        world.db,
        { entryId, firstRunId: 'run', workflowId: entryId, tileId: 'wait', visit: number },
        at + ms,
      );
    await visit(1, 0);
    await updateUser(world, update({ plan: 'basic' }));
    expect(await visit(2, 1_000)).toEqual({ kind: 'waiting', ms: 59_000 });
    await updateUser(world, update({ plan: 'other' }));
    expect(await visit(2, 60_000)).toEqual({ kind: 'waiting', ms: 30 * 86_400_000 - 59_000 });
    await updateUser(world, update({ plan: 'pro' }));
    expect(wakesOf(entryId)).toEqual([{ waitId: `${entryId}/wait/2`, workflowId: entryId, arm: 1 }]);
  });

  it('whose condition holds already goes round once a minute', async () => {
    await updateUser(world, update({ plan: 'pro' }));
    const entryId = await enter(IS_PRO);
    const at = Date.now();
    const visit = (number: number, ms: number) =>
      waitFor(
        world.db,
        { entryId, firstRunId: 'run', workflowId: entryId, tileId: 'wait', visit: number },
        at + ms,
      );
    expect(await visit(1, 0)).toEqual({ kind: 'left', arm: 1 });
    expect(await visit(2, 1_000)).toEqual({ kind: 'waiting', ms: 59_000 });
    expect(await visit(2, 60_000)).toEqual({ kind: 'left', arm: 1 });
    expect(await visit(3, 120_000)).toEqual({ kind: 'left', arm: 1 });
  });
});
