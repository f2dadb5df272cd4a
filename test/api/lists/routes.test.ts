import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { entries } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const newList = async (more: object = {}): Promise<number> =>
  (await world.call('POST', '/api/lists', { name: 'Readers', ...more })).body.listId;
const subscribe = (body: object) => world.call('POST', '/api/lists/subscribe', body);
const unsubscribe = (body: object) => world.call('POST', '/api/lists/unsubscribe', body);
const members = async (listId: number, query = '') =>
  (await world.call('GET', `/api/lists/getUsers?listId=${listId}${query}`)).body;
const byEmail = async (email: string) => (await world.call('GET', `/api/users/${email}`)).body.user;

/** Publishes a journey. Returns its id. */
async function published(definition: object): Promise<number> {
  const { body } = await world.call('POST', '/api/journeys', { name: 'Listed', tiles: [], ...definition });
  expect((await world.call('POST', `/api/journeys/${body.id}/publish`)).status).toBe(200);
  return body.id as number;
}

/** The trigger data of the entries of a journey, in order. */
async function begunIn(journeyId: number): Promise<unknown[]> {
  const rows = await world.db.select().from(entries).orderBy(entries.id);
  return rows.filter((row) => row.journeyId === journeyId).map(({ triggerData }) => triggerData);
}

describe('lists', () => {
  it('are created and listed in Iterable’s shape', async () => {
    const listId = await newList({ name: 'Readers of news', description: 'Weekly' });
    const bare = await newList();
    const { lists } = (await world.call('GET', '/api/lists')).body;
    const createdAt = expect.any(Number) as number;
    expect(lists).toEqual(
      expect.arrayContaining([
        { id: listId, name: 'Readers of news', description: 'Weekly', listType: 'Standard', createdAt },
        { id: bare, name: 'Readers', description: '', listType: 'Standard', createdAt },
      ]),
    );
  });

  it('take an unused id, and the counter continues above it', async () => {
    expect(await newList({ id: 4_711 })).toBe(4_711);
    expect(await newList()).toBe(4_712);
    const answer = await world.call('POST', '/api/lists', { name: 'Again', id: 4_711 });
    expect(answer).toMatchObject({ status: 409, body: { code: 'ExternalKeyConflict' } });
  });

  it('need a name', async () => {
    const answer = await world.call('POST', '/api/lists', { name: ' ' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadJsonBody' } });
  });

  it('give their size, and their users as text, one per line', async () => {
    const listId = await newList();
    const size = () => world.call('GET', `/api/lists/${listId}/size`);
    expect((await size()).body).toBe('0');
    expect(await members(listId)).toBe('');
    await subscribe({
      listId,
      subscribers: [{ email: 'Text@example.com', userId: 'text' }, { userId: 'only id' }],
    });
    const answer = await size();
    expect(answer).toMatchObject({ status: 200, body: '2' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(await members(listId)).toBe('Text@example.com\nonly id\n');
    expect(await members(listId, '&preferUserId=true')).toBe('text\nonly id\n');
    expect(await members(listId, '&maxResults=1')).toBe('Text@example.com\n');
  });

  it('give all their users once each, however many', async () => {
    const listId = await newList();
    await world.db.execute(sql`
      with made as (
        insert into users (user_id) select 'many-' || n from generate_series(1, 2500) n returning id
      )
      insert into list_users (list_id, user_id) select ${listId}::int, id from made`);
    const lines = (await members(listId)).trimEnd().split('\n') as string[];
    expect(new Set(lines).size).toBe(2_500);
    expect(lines).toHaveLength(2_500);
    expect((await members(listId, '&maxResults=1500')).trimEnd().split('\n')).toHaveLength(1_500);
    expect((await members(listId, '&maxResults=1000')).trimEnd().split('\n')).toHaveLength(1_000);
  });

  it('give their users page by page, and how many there are', async () => {
    const listId = await newList();
    for (const user of [
      { email: 'p1@example.com' },
      { userId: 'p2' },
      { email: 'p3@example.com', userId: 'p3' },
    ]) {
      await subscribe({ listId, subscribers: [user] });
    }
    const path = `/api/lists/${listId}/users?pageSize=2`;
    const { users, nextPageToken } = (await world.call('GET', path)).body;
    const next = (await world.call('GET', `${path}&pageToken=${nextPageToken}`)).body;
    expect([...users, ...next.users]).toEqual([
      { email: 'p1@example.com', userId: null },
      { email: null, userId: 'p2' },
      { email: 'p3@example.com', userId: 'p3' },
    ]);
    expect(next.nextPageToken).toBeUndefined();
    expect((await world.call('GET', `/api/lists/${listId}/usage`)).body).toEqual({ users: 3, journeys: [] });
    for (const part of ['users', 'usage']) {
      expect((await world.call('GET', `/api/lists/999999/${part}`)).status).toBe(404);
    }
  });

  it('are deleted without their users', async () => {
    const listId = await newList();
    await subscribe({ listId, subscribers: [{ email: 'stays@example.com' }] });
    const answer = await world.call('DELETE', `/api/lists/${listId}`);
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: null } });
    expect(await byEmail('stays@example.com')).toBeDefined();
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(400);
  });

  it.each([
    ['a size', 'GET', '/api/lists/999/size', undefined],
    ['users', 'GET', '/api/lists/getUsers?listId=999', undefined],
    ['a deletion', 'DELETE', '/api/lists/999', undefined],
    ['a subscription', 'POST', '/api/lists/subscribe', { listId: 999, subscribers: [{ userId: 'late' }] }],
    ['an unsubscription', 'POST', '/api/lists/unsubscribe', { listId: 999, subscribers: [] }],
  ])('are refused in Iterable’s shape when unknown: %s', async (_what, method, url, body) => {
    expect(await world.call(method, url, body)).toMatchObject({
      status: 400,
      body: { msg: 'error.lists.invalidListId(999)', code: 'BadParams' },
    });
  });

  it('are BadParams, not a 500, for any number in a body', async () => {
    const { status, body } = await subscribe({ listId: 9_000_000_000, subscribers: [] });
    expect([status, body.msg]).toEqual([400, 'error.lists.invalidListId(9000000000)']);
  });
});

describe('POST /api/lists/subscribe', () => {
  it('subscribes users with their fields, and says why each other one is refused', async () => {
    const listId = await newList();
    const { body } = await subscribe({
      listId,
      subscribers: [
        { email: 'brings@example.com', dataFields: { tier: 'pro', seats: 3 } },
        { email: 'foo@' },
        { email: 'wrong@example.com', dataFields: { seats: 'three' } },
        { userId: 'subscriber' },
        {},
      ],
    });
    expect(body).toMatchObject({
      successCount: 2,
      failCount: 3,
      invalidEmails: ['foo@'],
      createdFields: ['seats', 'tier'],
      failedUpdates: { invalidEmails: ['foo@'], invalidDataEmails: ['wrong@example.com'] },
    });
    expect(await members(listId)).toBe('brings@example.com\nsubscriber\n');
    expect((await byEmail('brings@example.com')).dataFields).toMatchObject({ tier: 'pro', seats: 3 });
    expect(await byEmail('wrong@example.com')).toBeUndefined();
  });

  it('skips unknown users when asked, and names them', async () => {
    const listId = await newList();
    await world.call('POST', '/api/users/update', { email: 'known@example.com' });
    const { body } = await subscribe({
      listId,
      subscribers: [
        { email: 'known@example.com' },
        { email: 'stranger@example.com' },
        { userId: 'stranger' },
      ],
      updateExistingUsersOnly: true,
    });
    expect(body).toMatchObject({
      successCount: 1,
      failCount: 2,
      failedUpdates: { notFoundEmails: ['stranger@example.com'], notFoundUserIds: ['stranger'] },
    });
    expect(await members(listId)).toBe('known@example.com\n');
    expect(await byEmail('stranger@example.com')).toBeUndefined();
  });

  it('enters journeys with the fields sent, and only if the user was not yet on the list (B087, B091)', async () => {
    const [listId, other] = [await newList(), await newList()];
    const journeyId = await published({ entry: { source: 'listSubscribe', listId } });
    const elsewhere = await published({ entry: { source: 'listSubscribe', listId: other } });
    const body = { listId, subscribers: [{ email: 'comes@example.com', dataFields: { plan: 'pro' } }] };
    await subscribe(body);
    await subscribe(body);
    expect(await begunIn(journeyId)).toEqual([{ plan: 'pro', listId, eventName: 'listSubscribe' }]);
    expect(await begunIn(elsewhere)).toEqual([]);
    expect(world.enqueued.filter((item) => 'journeyId' in item && item.journeyId === journeyId)).toHaveLength(
      1,
    );
  });

  it('treats fifty concurrent subscriptions of one user as one', async () => {
    const listId = await newList();
    const journeyId = await published({ entry: { source: 'listSubscribe', listId } });
    const subscribers = [{ email: 'crowd@example.com' }];
    await Promise.all(Array.from({ length: 50 }, () => subscribe({ listId, subscribers })));
    expect(await begunIn(journeyId)).toHaveLength(1);
    expect(await members(listId)).toBe('crowd@example.com\n');
  });
});

describe('POST /api/lists/unsubscribe', () => {
  it('unsubscribes users, and enters journeys only for those who were on the list (B087, B091)', async () => {
    const listId = await newList();
    const journeyId = await published({ entry: { source: 'listUnsubscribe', listId } });
    await subscribe({
      listId,
      subscribers: [{ email: 'goes@example.com' }, { email: 'remains@example.com' }],
    });
    const subscribers = [{ email: 'GOES@example.com' }, { userId: 'never-seen' }];
    const { body } = await unsubscribe({ listId, subscribers, campaignId: 7 });
    expect(body).toMatchObject({
      successCount: 1,
      failCount: 1,
      failedUpdates: { notFoundUserIds: ['never-seen'] },
    });
    await unsubscribe({ listId, subscribers });
    expect(await begunIn(journeyId)).toEqual([{ campaignId: 7, listId, eventName: 'listUnsubscribe' }]);
    expect(await members(listId)).toBe('remains@example.com\n');
  });

  it('refuses to unsubscribe from a channel, because there are none', async () => {
    const listId = await newList();
    await subscribe({ listId, subscribers: [{ email: 'channel@example.com' }] });
    const subscribers = [{ email: 'channel@example.com' }];
    const answer = await unsubscribe({ listId, subscribers, channelUnsubscribe: true });
    expect(answer.body).toMatchObject({
      code: 'BadParams',
      params: { channelUnsubscribe: expect.anything() },
    });
    expect(await members(listId)).toBe('channel@example.com\n');
  });
});

describe('suppression lists', () => {
  const trigger = (workflowId: number, email: string, headers?: Record<string, string>) =>
    world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, email }, headers);

  it('keep their users out of new entries, whatever starts them', async () => {
    const listId = await newList();
    await subscribe({ listId, subscribers: [{ email: 'kept.out@example.com' }] });
    const suppressionListIds = [await newList(), listId];
    const called = await published({ suppressionListIds });
    const event = await published({ entry: { source: 'event', eventName: 'order' }, suppressionListIds });
    expect((await trigger(called, 'kept.out@example.com')).body).toMatchObject({
      code: 'Success',
      params: { skipped: 'suppressed' },
    });
    for (const email of ['kept.out@example.com', 'let.in@example.com']) {
      await world.call('POST', '/api/events/track', { email, eventName: 'order', dataFields: { email } });
    }
    expect((await trigger(called, 'let.in@example.com')).body.params).toHaveProperty('entryId');
    expect(await begunIn(called)).toHaveLength(1);
    expect(await begunIn(event)).toEqual([{ email: 'let.in@example.com', eventName: 'order' }]);
  });

  it('admit a user who has left them, and repeat the answer for the same Idempotency-Key', async () => {
    const listId = await newList();
    const subscribers = [{ email: 'leaves@example.com' }];
    await subscribe({ listId, subscribers });
    const journeyId = await published({ suppressionListIds: [listId], lifetimeLimit: 1 });
    const key = { 'idempotency-key': 'suppressed' };
    expect((await trigger(journeyId, 'leaves@example.com', key)).body.params).toEqual({
      skipped: 'suppressed',
    });
    await unsubscribe({ listId, subscribers });
    expect((await trigger(journeyId, 'leaves@example.com', key)).body.params).toEqual({
      skipped: 'suppressed',
    });
    expect((await trigger(journeyId, 'leaves@example.com')).body.params).toHaveProperty('entryId');
    expect((await trigger(journeyId, 'leaves@example.com')).body.params).toEqual({
      skipped: 'lifetimeLimit',
    });
  });

  it('are those of the published version, not of the draft', async () => {
    const listId = await newList();
    await subscribe({ listId, subscribers: [{ email: 'draft@example.com' }] });
    const journeyId = await published({ suppressionListIds: [listId] });
    const draft = await world.call('PUT', `/api/journeys/${journeyId}`, { name: 'Draft', tiles: [] });
    expect(draft.body.suppressionListIds).toEqual([]);
    expect((await trigger(journeyId, 'draft@example.com')).body.params).toEqual({ skipped: 'suppressed' });
    await world.call('POST', `/api/journeys/${journeyId}/publish`);
    expect((await trigger(journeyId, 'draft@example.com')).body.params).toHaveProperty('entryId');
  });
});

describe('lists that journeys name', () => {
  it('must exist when the journey is published', async () => {
    const known = await newList();
    const { body } = await world.call('POST', '/api/journeys', {
      name: 'Unlisted',
      entry: { source: 'listUnsubscribe', listId: 998 },
      suppressionListIds: [known, 999],
      tiles: [],
    });
    const answer = await world.call('POST', `/api/journeys/${body.id}/publish`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual(['entry.listId', 'suppressionListIds[1]']);
  });

  it('cannot be deleted while a published journey needs them', async () => {
    const [begins, suppresses] = [await newList(), await newList()];
    const journeyId = await published({
      name: 'Needs both',
      entry: { source: 'listSubscribe', listId: begins },
      suppressionListIds: [suppresses],
    });
    const journeys = [{ id: journeyId, name: 'Needs both' }];
    for (const listId of [begins, suppresses]) {
      const usage = (await world.call('GET', `/api/lists/${listId}/usage`)).body;
      expect(usage).toEqual({ users: 0, journeys });
      const { status, body } = await world.call('DELETE', `/api/lists/${listId}`);
      expect([status, body.params]).toEqual([409, { journeys }]);
    }
    await world.call('POST', `/api/journeys/${journeyId}/unpublish`);
    for (const listId of [begins, suppresses]) {
      expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(200);
    }
  });
});

describe('a user who is erased', () => {
  it('is removed from all lists', async () => {
    const listId = await newList();
    await subscribe({ listId, subscribers: [{ email: 'erased@example.com' }] });
    await world.call('DELETE', '/api/users/erased@example.com');
    expect(await members(listId)).toBe('');
    expect(await rowsOf(world.db, sql`select 1 from list_users where list_id = ${listId}`)).toEqual([]);
  });
});
