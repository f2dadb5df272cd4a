import { and, eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner } from '../../../src/background/jobs';
import { insertStartedEntry } from '../../../src/db/entries/entries';
import { insertEntries } from '../../../src/db/entries/enter';
import { entries, outbox, users } from '../../../src/db/schema';
import { eventKey } from '../../../src/domain/journeys/watch';
import { lockUser } from '../../../src/db/users/lock';
import { refreshWatched } from '../../../src/db/users/watched';
import type { Database } from '../../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';
import { until } from '../../support/until';
import { meanwhile } from '../../support/waiting';

let world: ApiWorld;
let userId: string;
let people = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(() => {
  userId = `leaver-${(people += 1)}`;
});

const post = async (path: string, body: object) => {
  const answer = await world.call('POST', `/api${path}`, body);
  expect([answer.status, answer.body]).toEqual([expect.any(Number), expect.anything()]);
  return answer;
};
const track = (eventName: string, dataFields: object = {}, more: object = {}) =>
  post('/events/track', { userId, eventName, dataFields, ...more });
const newList = async () => (await post('/lists', { name: 'A list' })).body.listId as number;
const subscribe = (listId: number, subscribers: object[] = [{ userId }]) =>
  post('/lists/subscribe', { listId, subscribers });

async function published(exitRules: object[], more: object = {}): Promise<number> {
  const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];
  const { body } = await post('/journeys', { name: 'Left', tiles, exitRules, ...more });
  expect(await post(`/journeys/${body.id}/publish`, {})).toMatchObject({ status: 200 });
  return body.id as number;
}

async function enter(journeyId: number, dataFields: object = {}): Promise<string> {
  const { body } = await post('/workflows/triggerWorkflow', { workflowId: journeyId, userId, dataFields });
  return body.params.entryId as string;
}
const entryOf = async (id: string) => (await world.call('GET', `/api/entries/${id}`)).body;
const entriesIn = (journeyId: number) =>
  world.db.select().from(entries).where(eq(entries.journeyId, journeyId));
const LEFT = { status: 'exited', reason: 'exit_rule', endedAt: expect.anything() };

describe('a user who meets an exit rule', () => {
  it('leaves with the call that says so, and the workflow is signalled at once', async () => {
    const entryId = await enter(await published([{ event: 'bought', name: 'Bought' }]));
    world.enqueued.splice(0);
    await track('bought');
    expect(await entryOf(entryId)).toMatchObject({ ...LEFT, detail: 'Met the exit rule “Bought”.' });
    const signal = { exitOf: entryId, workflowId: entryId, firstRunId: null, reason: 'exit_rule' };
    expect(world.enqueued).toEqual([signal]);
    const rows = await world.db
      .select()
      .from(outbox)
      .where(and(eq(outbox.kind, 'exit'), eq(outbox.ref, entryId)));
    expect(rows).toHaveLength(1);
  });

  const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };
  const purchase = () => post('/commerce/trackPurchase', { user: { userId }, items: [], total: 30 });
  it.each<[string, (list: number) => object, (list: number) => Promise<unknown>]>([
    ['an event', () => ({ event: 'bought' }), () => track('bought')],
    [
      'an event of a bulk call',
      () => ({ event: 'bought' }),
      () => post('/events/trackBulk', { events: [{ userId, eventName: 'bought' }] }),
    ],
    ['a purchase', () => ({ event: 'purchase' }), purchase],
    [
      'a purchase with a condition',
      () => ({ event: 'purchase', where: { field: 'event.total', is: 'greaterThan', value: 20 } }),
      purchase,
    ],
    [
      'an update of the cart',
      () => ({ event: 'cartUpdate' }),
      () => post('/commerce/updateCart', { user: { userId }, items: [] }),
    ],
    ['a list', (listId) => ({ listId }), (listId) => subscribe(listId)],
    [
      'a profile',
      () => ({ when: PRO }),
      () => post('/users/update', { userId, dataFields: { plan: 'pro' } }),
    ],
    [
      'profiles of a bulk call',
      () => ({ when: PRO }),
      () => post('/users/bulkUpdate', { users: [{ userId, dataFields: { plan: 'pro' } }] }),
    ],
    [
      'tags',
      () => ({ when: { field: 'profile.tags', is: 'contains', value: 'vip' } }),
      () => post('/users/tags', { userId, add: ['vip'] }),
    ],
    ['a condition on a list', (list) => ({ when: { list, is: 'member' } }), (listId) => subscribe(listId)],
    [
      'a condition on the past',
      () => ({ when: { event: 'bought', times: { is: 'greaterOrEqual', value: 1 } } }),
      () => track('bought'),
    ],
  ])('leaves by %s', async (_what, rule, meet) => {
    const listId = await newList();
    const entryId = await enter(await published([{ event: 'other' }, rule(listId)]));
    expect(await entryOf(entryId)).toMatchObject({ status: 'accepted' });
    await meet(listId);
    expect(await entryOf(entryId)).toMatchObject(LEFT);
  });

  it('leaves only the entry that the event belongs to', async () => {
    const journeyId = await published([{ event: 'bought', match: { 'event.cart': 'trigger.cart' } }]);
    const [one, other] = [await enter(journeyId, { cart: 'c-1' }), await enter(journeyId, { cart: 'c-2' })];
    await track('bought', { cart: 'c-2' });
    expect([(await entryOf(one)).status, (await entryOf(other)).status]).toEqual(['accepted', 'exited']);
    await track('bought', { cart: 'c-3' });
    await track('bought');
    expect((await entryOf(one)).status).toBe('accepted');
    await track('bought', { cart: 'c-1' });
    expect((await entryOf(one)).status).toBe('exited');
  });

  it('leaves every journey whose rule the event meets, each of them once', async () => {
    const entered = [];
    for (const name of ['one', 'two', 'three']) {
      entered.push(await enter(await published([{ event: 'bought', name }])));
    }
    await track('bought');
    await track('bought');
    for (const entryId of entered) expect(await entryOf(entryId)).toMatchObject(LEFT);
    const [user] = await world.db.select().from(users).where(eq(users.userId, userId));
    expect(user!.watched).toEqual([]);
  });

  it('stays when the event is a repetition, or another’s', async () => {
    const entryId = await enter(await published([{ event: 'bought' }]));
    await post('/events/track', { userId: 'somebody-else', eventName: 'bought' });
    expect((await entryOf(entryId)).status).toBe('accepted');
    const journeyId = await published([{ event: 'seen' }]);
    await track('seen', {}, { id: 'evt-1' });
    const later = await enter(journeyId);
    await track('seen', {}, { id: 'evt-1' });
    expect((await entryOf(later)).status).toBe('accepted');
  });

  it('keeps the rules of the version that they entered with', async () => {
    const journeyId = await published([{ event: 'bought' }]);
    const before = await enter(journeyId);
    const draft = (await world.call('GET', `/api/journeys/${journeyId}`)).body;
    await world.call('PUT', `/api/journeys/${journeyId}`, { ...draft, exitRules: [{ event: 'refunded' }] });
    await post(`/journeys/${journeyId}/publish`, {});
    const after = await enter(journeyId);
    await track('refunded');
    expect([(await entryOf(before)).status, (await entryOf(after)).status]).toEqual(['accepted', 'exited']);
    await track('bought');
    expect((await entryOf(before)).status).toBe('exited');
  });

  it('is kept in mind through a merge into another user', async () => {
    const entryId = await enter(await published([{ event: 'bought' }]));
    const destinationUserId = `${userId}-target`;
    await post('/users/update', { userId: destinationUserId });
    await post('/users/merge', { sourceUserId: userId, destinationUserId });
    await post('/events/track', { userId: destinationUserId, eventName: 'bought' });
    expect(await entryOf(entryId)).toMatchObject(LEFT);
  });
});

describe('an entry has its exit rules in mind, however it was accepted', () => {
  const rules = [{ event: 'bought' }];
  const left = async (journeyId: number) => {
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'accepted' }]);
    await track('bought');
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'exited', reason: 'exit_rule' }]);
  };

  it('by the trigger call, for a user who is new and for one who is known', async () => {
    const journeyId = await published(rules);
    await enter(journeyId);
    await left(journeyId);
    const again = await published(rules);
    await enter(again);
    await left(again);
  });

  it('by the trigger call, with an entry limit', async () => {
    const journeyId = await published(rules, { lifetimeLimit: 1 });
    await enter(journeyId);
    await left(journeyId);
  });

  it.each([
    ['a user who is new', async () => undefined],
    ['a user who is known', () => post('/users/update', { userId })],
  ])('by an event of %s', async (_who, before) => {
    await before();
    const eventName = `begins ${userId}`;
    const journeyId = await published(rules, { entry: { source: 'event', eventName } });
    await track(eventName);
    await left(journeyId);
  });

  it('by a purchase, which is not met by its own event', async () => {
    const journeyId = await published([{ event: 'purchase' }], { entry: { source: 'purchase' } });
    const buy = () => post('/commerce/trackPurchase', { user: { userId }, items: [], total: 1 });
    await buy();
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'accepted' }]);
    await buy();
    const statuses = (await entriesIn(journeyId)).map(({ status }) => status).sort();
    expect(statuses).toEqual(['accepted', 'exited']);
    await post(`/journeys/${journeyId}/unpublish`, {});
  });

  it('by a list', async () => {
    const listId = await newList();
    const journeyId = await published(rules, { entry: { source: 'listSubscribe', listId } });
    await subscribe(listId);
    await left(journeyId);
  });

  it('by the job that sends a whole list in', async () => {
    const listId = await newList();
    await subscribe(listId);
    const journeyId = await published(rules);
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, listId });
    const deps = { db: world.db, log: pino({ level: 'silent' }), enqueue: () => undefined };
    const runPage = createPageRunner({ ...deps, kinds: JOB_KINDS });
    await until(async () => {
      await runPage();
      return (await entriesIn(journeyId)).length > 0;
    });
    await left(journeyId);
  });

  it.each([
    ['new', async () => undefined],
    ['known', () => post('/users/update', { userId })],
  ])('by a bare client, for a user who is %s', async (_who, before) => {
    await before();
    const journeyId = await published(rules);
    const entryId = `ent_bare_${userId}`;
    const started = { entryId, workflowId: entryId, firstRunId: 'run', journeyId, version: 1 };
    await insertStartedEntry(undispatched(world.db), {
      ...{ ...started, identity: { userId }, triggerData: {}, at: Date.now() },
    });
    await track('bought');
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'exited', firstRunId: 'run' }]);
  });
});

describe('an event and an entry at the same moment', () => {
  const accept = (journeyId: number) => async (tx: Database) => {
    const { id } = (await lockUser(tx, { userId }))!;
    await insertEntries(undispatched(tx), [{ userId: id, journeyId, version: 1 }], {});
  };

  it('counts where it waited for the entry', async () => {
    const journeyId = await published([{ event: 'bought' }]);
    await post('/users/update', { userId });
    await meanwhile(world.db, accept(journeyId), () => track('bought'));
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'exited', reason: 'exit_rule' }]);
  });

  it('does not count where the entry waited for it', async () => {
    const journeyId = await published([{ event: 'bought' }]);
    await post('/users/update', { userId });
    const event = async (tx: Database) => {
      const { id } = (await lockUser(tx, { userId }))!;
      await tx.execute(sql`
        insert into events (id, user_id, kind, name, created_at)
        values (${`evt_${userId}`}, ${id}, 'customEvent', 'bought', now())`);
    };
    await meanwhile(world.db, event, () => enter(journeyId));
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'accepted' }]);
    await track('bought');
    expect(await entriesIn(journeyId)).toMatchObject([{ status: 'exited' }]);
  });

  const bareEntry = (journeyId: number) => ({
    ...{ entryId: `ent_bare_${userId}`, workflowId: `ent_bare_${userId}`, firstRunId: 'run' },
    ...{ journeyId, version: 1, identity: { userId }, triggerData: {}, at: Date.now() },
  });

  it.each<[string, object, (journeyId: number) => Promise<unknown>]>([
    ['by the trigger call', {}, (journeyId) => enter(journeyId)],
    ['by the trigger call, with an entry limit', { lifetimeLimit: 3 }, (journeyId) => enter(journeyId)],
    ['by an event', { entry: { source: 'event', eventName: 'came in' } }, () => track('came in')],
    ['by a bare client', {}, (journeyId) => insertStartedEntry(undispatched(world.db), bareEntry(journeyId))],
  ])('counts for who entered %s while it took the last keys away', async (_how, more, comeIn) => {
    const journeyId = await published([{ event: 'bought' }], more);
    await post('/users/update', { userId });
    await world.db
      .update(users)
      .set({ watched: [eventKey('bought')] })
      .where(eq(users.userId, userId));
    const closing = async (tx: Database) => refreshWatched(tx, (await lockUser(tx, { userId }))!.id);
    await meanwhile(world.db, closing, () => comeIn(journeyId));
    await track('bought');
    expect(await entriesIn(journeyId)).toMatchObject([LEFT]);
  });

  it('leaves no entry open that was accepted before it, in any order of 20 of each', async () => {
    const journeyId = await published([{ event: 'bought' }]);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? enter(journeyId) : track('bought'))),
    );
    await track('bought');
    expect((await entriesIn(journeyId)).filter(({ status }) => status !== 'exited')).toEqual([]);
  });
});

describe('publishing', () => {
  it('refuses a rule with a list that does not exist', async () => {
    const { body } = await post('/journeys', { name: 'Left', tiles: [], exitRules: [{ listId: 999_999 }] });
    const answer = await post(`/journeys/${body.id}/publish`, {});
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.params).toEqual({
      'exitRules[0].listId': 'There is no list 999999. Create it, or choose another.',
    });
  });

  it('keeps the list of a rule from being deleted', async () => {
    const listId = await newList();
    const journeyId = await published([{ listId }]);
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(409);
    await post(`/journeys/${journeyId}/unpublish`, {});
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(200);
  });

  it.each(['member', 'notMember'])(
    'keeps the list that a “%s” asks for while users are under way',
    async (is) => {
      const listId = await newList();
      const journeyId = await published([{ when: { list: listId, is } }]);
      const user = { userId: `under-way-${is}` };
      if (is === 'notMember') await post('/lists/subscribe', { listId, subscribers: [user] });
      const { body } = await post('/workflows/triggerWorkflow', { workflowId: journeyId, ...user });
      await post(`/journeys/${journeyId}/unpublish`, {});
      const deleted = () => world.call('DELETE', `/api/lists/${listId}`);
      expect(await deleted()).toMatchObject({
        status: 409,
        body: { params: { journeys: [{ id: journeyId }] } },
      });
      await post(`/entries/${body.params.entryId}/exit`, {});
      expect((await deleted()).status).toBe(200);
    },
  );

  it('shows the rules again as they were sent', async () => {
    const exitRules = [{ event: 'bought', match: { 'event.cart': 'trigger.cart' }, name: 'Bought' }];
    const journeyId = await published(exitRules);
    expect((await world.call('GET', `/api/journeys/${journeyId}`)).body.exitRules).toEqual(exitRules);
    const version = await world.call('GET', `/api/journeys/${journeyId}/versions/1`);
    expect(version.body.exitRules).toEqual(exitRules);
  });

  it('refuses 21 rules, by the field', async () => {
    const answer = await post('/journeys', {
      name: 'Left',
      tiles: [],
      exitRules: Array(21).fill({ event: 'a' }),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual(['exitRules']);
  });
});
