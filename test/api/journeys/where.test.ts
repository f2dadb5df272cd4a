import { and, eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner } from '../../../src/background/jobs';
import { beginRun } from '../../../src/db/journeys/schedules';
import { entries, users } from '../../../src/db/schema';
import { handOffUser } from '../../../src/usecases/journeys/hand-off';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { until } from '../../support/until';

/* The condition of an entry source: who does not meet it does not enter. */

let world: ApiWorld;
let userId: string;
let number = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(() => void (userId = `user-${(number += 1)}`));

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);
const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };

async function published(entry: object, more: object = {}): Promise<number> {
  const { body } = await post('/journeys', { name: 'Where', tiles: [], entry, ...more });
  expect(await post(`/journeys/${body.id}/publish`)).toMatchObject({ status: 200 });
  return body.id as number;
}

const list = async () => (await post('/lists', { name: 'Readers' })).body.listId as number;
const update = (dataFields: object) => post('/users/update', { userId, dataFields });
const subscribe = (listId: number) => post('/lists/subscribe', { listId, subscribers: [{ userId }] });
const trigger = async (workflowId: number, dataFields: object = {}) =>
  (await post('/workflows/triggerWorkflow', { workflowId, userId, dataFields })).body.params;

async function enteredIn(journeyId: number): Promise<number> {
  const mine = and(eq(entries.journeyId, journeyId), eq(users.userId, userId));
  const rows = await world.db
    .select()
    .from(entries)
    .innerJoin(users, eq(users.id, entries.userId))
    .where(mine);
  return rows.length;
}

async function untilEnded(jobId: string) {
  const log = pino({ level: 'silent' });
  const runPage = createPageRunner({ db: world.db, log, enqueue: () => undefined, kinds: JOB_KINDS });
  return until(async () => {
    await runPage();
    const { body } = await world.call('GET', `/api/jobs/${jobId}`);
    return body.endedAt !== undefined && body;
  });
}

describe('of each source', () => {
  const CART = { user: { userId: '' }, items: [] };
  const SOURCES: [
    source: string,
    entry: (listId: number) => object,
    happens: (journeyId: number, listId: number) => Promise<unknown>,
  ][] = [
    ['api', () => ({}), (id) => trigger(id)],
    [
      'event',
      () => ({ eventName: `e${number}` }),
      () => post('/events/track', { userId, eventName: `e${number}` }),
    ],
    ['purchase', () => ({}), () => post('/commerce/trackPurchase', { ...CART, user: { userId }, total: 1 })],
    ['cartUpdate', () => ({}), () => post('/commerce/updateCart', { ...CART, user: { userId } })],
    ['profileUpdate', () => ({ field: 'city' }), () => update({ city: 'Lyon' })],
    ['listSubscribe', (listId) => ({ listId }), (_, listId) => subscribe(listId)],
    [
      'listUnsubscribe',
      (listId) => ({ listId }),
      async (_, listId) => {
        await subscribe(listId);
        await post('/lists/unsubscribe', { listId, subscribers: [{ userId }] });
      },
    ],
    [
      'schedule',
      (listId) => ({ listId, cron: '0 9 * * *', timeZone: 'UTC' }),
      async (journeyId, listId) => {
        await subscribe(listId);
        const run = await beginRun(world.db, { journeyId, version: 1, scheduledAt: Date.now() });
        await untilEnded((run as { jobId: string }).jobId);
      },
    ],
  ];

  it.each(SOURCES)('%s it decides who enters', async (source, entry, happens) => {
    const listId = await list();
    const journeyId = await published({ source, ...entry(listId), where: PRO });
    await update({ plan: 'free' });
    await happens(journeyId, listId);
    expect(await enteredIn(journeyId)).toBe(0);
    await post('/lists/unsubscribe', { listId, subscribers: [{ userId }] });
    await update({ plan: 'pro' });
    await happens(journeyId, listId);
    expect(await enteredIn(journeyId)).toBe(1);
    await post(`/journeys/${journeyId}/unpublish`);
  });

  it.each(SOURCES)('%s it may ask for lists and for what the user did', async (source, entry, happens) => {
    const [listId, vips] = [await list(), await list()];
    const where = {
      all: [
        { list: vips, is: 'member' },
        { event: 'login', within: '7 days' },
      ],
    };
    const journeyId = await published({ source, ...entry(listId), where });
    await update({});
    await happens(journeyId, listId);
    await subscribe(vips);
    await post('/events/track', { userId, eventName: 'login', createdAt: Date.now() - 8 * 86_400_000 });
    await post('/lists/unsubscribe', { listId, subscribers: [{ userId }] });
    await happens(journeyId, listId);
    expect(await enteredIn(journeyId)).toBe(0);
    await post('/events/track', { userId, eventName: 'login' });
    await post('/lists/unsubscribe', { listId, subscribers: [{ userId }] });
    await happens(journeyId, listId);
    expect(await enteredIn(journeyId)).toBe(1);
    await post(`/journeys/${journeyId}/unpublish`);
  });

  it('newUser it decides who enters', async () => {
    const journeyId = await published({ source: 'newUser', where: PRO });
    await update({ plan: 'free' });
    expect(await enteredIn(journeyId)).toBe(0);
    userId = `${userId}-pro`;
    await update({ plan: 'pro' });
    expect(await enteredIn(journeyId)).toBe(1);
    await post(`/journeys/${journeyId}/unpublish`);
  });
});

describe('the trigger call answers', () => {
  it('skipped: "where" to a user who does not meet the condition, in every journey', async () => {
    const total = { field: 'trigger.total', is: 'greaterThan', value: 10 };
    for (const entry of [
      { source: 'api', where: total },
      { source: 'event', eventName: 'x', where: total },
    ]) {
      const journeyId = await published(entry);
      expect(await trigger(journeyId, { total: 10 })).toEqual({ skipped: 'where' });
      expect(await trigger(journeyId, { total: 11 })).toEqual({ entryId: expect.stringMatching(/^ent_/) });
    }
  });

  it('where before a limit', async () => {
    const journeyId = await published({ source: 'api', where: PRO }, { lifetimeLimit: 1 });
    await update({ plan: 'pro' });
    expect(await trigger(journeyId)).toHaveProperty('entryId');
    expect(await trigger(journeyId)).toEqual({ skipped: 'lifetimeLimit' });
    await update({ plan: 'free' });
    expect(await trigger(journeyId)).toEqual({ skipped: 'where' });
  });

  it('by the published version, not by the draft', async () => {
    const journeyId = await published({ source: 'api' });
    const draft = { name: 'Where', tiles: [], entry: { source: 'api', where: PRO } };
    await world.call('PUT', `/api/journeys/${journeyId}`, draft);
    expect(await trigger(journeyId)).toHaveProperty('entryId');
    await post(`/journeys/${journeyId}/publish`);
    expect(await trigger(journeyId)).toEqual({ skipped: 'where' });
  });

  it('for a list with a job that counts whom the condition keeps out', async () => {
    const listId = await list();
    const journeyId = await published({
      source: 'api',
      where: { field: 'profile.n', is: 'lessThan', value: 60 },
    });
    await world.db.execute(sql`
      with made as (
        insert into users (user_id, data_fields)
        select ${userId} || n, json_build_object('n', n) from generate_series(1, 120) n returning id
      )
      insert into list_users (list_id, user_id) select ${listId}::int, id from made`);
    const { body } = await post('/workflows/triggerWorkflow', { workflowId: journeyId, listId });
    const job = await untilEnded(body.params.jobId);
    expect(job).toMatchObject({ state: 'completed', done: 120, refusedCount: 61 });
    expect(job.refused[0]).toMatchObject({ reason: 'where' });
    const { rows } = (await world.db.execute(
      sql`select count(*)::int as count from entries where journey_id = ${journeyId}`,
    )) as unknown as { rows: { count: number }[] };
    expect(rows).toEqual([{ count: 59 }]);
  });
});

it('a user whom another journey sends is skipped with “where”, and goes on there', async () => {
  const sender = await published({ source: 'api' });
  const where = { all: [PRO, { field: 'trigger.n', is: 'equals', value: 1 }] };
  const journeyId = await published({ source: 'journey', where });
  const { entryId } = await trigger(sender, { n: 1 });
  const visit = (n: number) => ({
    ...{ entryId, workflowId: entryId, firstRunId: 'run', tileId: 'on', visit: n, journeyId },
    then: 'goOn' as const,
  });
  expect(await handOffUser(world, visit(1), Date.now())).toMatchObject({ skipped: 'where', sentTo: null });
  await update({ plan: 'pro' });
  expect(await handOffUser(world, visit(2), Date.now())).toMatchObject({ skipped: null });
  const { body } = await world.call('GET', `/api/entries/${entryId}`);
  expect(body.sentTo).toMatchObject([{ skipped: 'where' }, { skipped: null }]);
});

describe('an update of a profile field begins a journey', () => {
  it.each<[string, object, before: object, after: object, entered: number]>([
    ['whether it changes or not', {}, { plan: 'a' }, { plan: 'a' }, 1],
    ['only if it changes', { onlyIfChanged: true }, { plan: 'a' }, { plan: 'a' }, 0],
    ['only if it changes', { onlyIfChanged: true }, { plan: 'a' }, { plan: 'b' }, 1],
    ['if it is set', { onlyIfChanged: true }, {}, { plan: 'b' }, 1],
    ['if an object changes inside', { onlyIfChanged: true }, { plan: { a: 1 } }, { plan: { a: 2 } }, 1],
    [
      'not for the order of fields',
      { onlyIfChanged: true },
      { plan: { a: 1, b: 2 } },
      { plan: { b: 2, a: 1 } },
      0,
    ],
    ['from a value', { from: 'a' }, { plan: 'a' }, { plan: 'b' }, 1],
    ['from a value', { from: 'a' }, { plan: 'c' }, { plan: 'b' }, 0],
    ['from nothing', { from: null }, {}, { plan: 'b' }, 1],
    ['from nothing', { from: null }, { plan: 'a' }, { plan: 'b' }, 0],
    ['to a value', { to: 'b' }, { plan: 'a' }, { plan: 'b' }, 1],
    ['to a value', { to: 'b' }, { plan: 'a' }, { plan: 'c' }, 0],
    ['to a value that it has', { to: 'b' }, { plan: 'b' }, { plan: 'b' }, 1],
    ['from one value to another', { from: 'a', to: 'b' }, { plan: 'a' }, { plan: 'b' }, 1],
    ['to nothing', { to: null }, { plan: 'a' }, { plan: null }, 1],
  ])('%s: %j, %j then %j', async (_, meant, before, after, entered) => {
    // A field keeps the type of its first value, so each row has its own.
    const own = (fields: object) =>
      Object.fromEntries(Object.values(fields).map((value) => [`f${number}`, value]));
    await update(own(before));
    const journeyId = await published({ source: 'profileUpdate', field: `f${number}`, ...meant });
    await update(own(after));
    expect(await enteredIn(journeyId)).toBe(entered);
    await post(`/journeys/${journeyId}/unpublish`);
  });

  it('also of a new user, who had nothing before', async () => {
    const entry = { source: 'profileUpdate', field: 'level', alsoOnCreate: true, from: null, to: 'gold' };
    const journeyId = await published(entry);
    await update({ level: 'gold' });
    expect(await enteredIn(journeyId)).toBe(1);
  });

  it.each([
    ['from a value to the same', { from: 'a', to: 'a' }, 'entry.to'],
    ['from a number to its text', { from: 1, to: '1' }, 'entry.to'],
    ['from an object', { from: {} }, 'entry.from'],
  ])('but not %s', async (_, meant, path) => {
    const entry = { source: 'profileUpdate', field: 'plan', ...meant };
    const { status, body } = await post('/journeys', { name: 'Where', tiles: [], entry });
    expect([status, Object.keys(body.params)]).toEqual([400, [path]]);
  });
});

describe('a condition is refused', () => {
  const save = (where: object) =>
    post('/journeys', { name: 'Where', tiles: [], entry: { source: 'api', where } });

  it.each([
    ['liveData.a', 'equals', 'liveData.a'],
    ['profile.a', 'equals', { field: 'events.a' }],
    ['profile.a', 'equals', { field: 'callbacks.a.b' }],
  ])('where nothing of it is there yet: %s', async (field, is, value) => {
    const { status, body } = await save({ not: { field, is, value } });
    expect(status).toBe(400);
    const path = typeof value === 'string' ? 'entry.where.not.field' : 'entry.where.not.value.field';
    expect(body.params).toEqual({
      [path]: expect.stringMatching(
        /cannot be read here. Only fields of profile, trigger and event can./,
      ) as string,
    });
  });

  it('when a list is not there, and the list stays while a published journey asks for it', async () => {
    const listId = await list();
    const { body } = await save({
      any: [PRO, { list: 999_999, is: 'member' }, { list: listId, is: 'notMember' }],
    });
    expect(await post(`/journeys/${body.id}/publish`)).toMatchObject({
      status: 400,
      body: {
        params: { 'entry.where.any[1].list': expect.stringContaining('There is no list 999999') as string },
      },
    });
    const entry = { source: 'api', where: { not: { list: listId, is: 'member' } } };
    const journeyId = await published(entry);
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(409);
    await post(`/journeys/${journeyId}/unpublish`);
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(200);
  });
});
