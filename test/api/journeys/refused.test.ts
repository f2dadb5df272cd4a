import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { applyRetention } from '../../../src/background/retention';
import { entryRefusals } from '../../../src/db/schema';
import { type ApiWorld, type ApiWorlds, createApiWorlds } from '../../support/api-world';

let worlds: ApiWorlds;
let world: ApiWorld;
beforeAll(async () => void (worlds = await createApiWorlds()));
afterAll(() => worlds.close());
beforeEach(async () => void (world = await worlds.next()));
afterEach(() => world.close());

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);
const track = (userId: string, total = 0) =>
  post('/events/track', { userId, eventName: 'order', dataFields: { total } });
const trigger = (workflowId: number, userId: string) =>
  post('/workflows/triggerWorkflow', { workflowId, userId });

async function published(definition: object): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...definition });
  await post(`/journeys/${body.id}/publish`);
  return body.id as number;
}

async function refusedIn(journeyId: number, query = '') {
  return world.call('GET', `/api/journeys/${journeyId}/refused${query}`);
}
const rowsOf = async (journeyId: number, query = '') =>
  ((await refusedIn(journeyId, query)).body.refused as Record<string, unknown>[]).map(
    ({ userId, reason, count }) => [userId, reason, count],
  );

const ORDERS = { source: 'event', eventName: 'order' };

it('has one row of each user and reason, with how often and when, the latest first', async () => {
  const journeyId = await published({ simultaneousLimit: 1 });
  for (const userId of ['ada', 'bob', 'bob', 'ada', 'ada']) await trigger(journeyId, userId);
  const { status, body } = await refusedIn(journeyId);
  expect(status).toBe(200);
  const row = {
    email: null,
    reason: 'simultaneousLimit',
    firstAt: expect.any(String),
    at: expect.any(String),
  };
  expect(body).toEqual({
    refused: [
      { ...row, userId: 'ada', count: 2 },
      { ...row, userId: 'bob', count: 1 },
    ],
  });
  const { firstAt, at } = body.refused[0];
  expect(Date.parse(firstAt)).toBeLessThanOrEqual(Date.parse(at));
});

it('has every reason, and nobody who entered', async () => {
  const { listId } = (await post('/lists', { name: 'Out' })).body;
  await post('/lists/subscribe', { listId, subscribers: [{ userId: 'out' }] });
  const where = { field: 'event.total', is: 'greaterThan', value: 10 };
  const journeyId = await published({
    ...{ entry: { ...ORDERS, where }, suppressionListIds: [listId], lifetimeLimit: 2 },
    reentry: { after: '1 hour' },
  });
  await track('poor', 1);
  await track('out', 11);
  for (const _ of [1, 2]) await track('soon', 11);
  await track('often', 11);
  await world.db.execute(sql`update entries set accepted_at = now() - interval '2 hours'`);
  for (const _ of [1, 2]) await track('often', 11);
  expect((await rowsOf(journeyId)).sort()).toEqual([
    ['often', 'lifetimeLimit', 1],
    ['out', 'suppressed', 1],
    ['poor', 'where', 1],
    ['soon', 'reentry', 1],
  ]);
});

it('does not grow with a storm of refused events', async () => {
  const journeyId = await published({ entry: ORDERS, lifetimeLimit: 1 });
  await Promise.all(Array.from({ length: 60 }, () => track('ada')));
  expect(await world.db.select().from(entryRefusals)).toHaveLength(1);
  expect(await rowsOf(journeyId)).toEqual([['ada', 'lifetimeLimit', 59]]);
});

it('is no part of an event that only updates an earlier one', async () => {
  const journeyId = await published({ entry: ORDERS, lifetimeLimit: 1 });
  for (const id of ['1', '2', '2', '2'])
    await post('/events/track', { userId: 'ada', eventName: 'order', id });
  expect(await rowsOf(journeyId)).toEqual([['ada', 'lifetimeLimit', 1]]);
});

it('is filtered by user and reason', async () => {
  const journeyId = await published({ simultaneousLimit: 1 });
  for (const userId of ['ada', 'ada', 'bob', 'bob']) await trigger(journeyId, userId);
  for (const _ of [1, 2])
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, email: 'C@x.org' });
  expect(await rowsOf(journeyId, '?userId=bob')).toEqual([['bob', 'simultaneousLimit', 1]]);
  expect((await refusedIn(journeyId, '?email=c@X.org')).body.refused).toMatchObject([{ email: 'C@x.org' }]);
  expect(await rowsOf(journeyId, '?reason=reentry')).toEqual([]);
  expect(await rowsOf(journeyId, '?reason=simultaneousLimit')).toHaveLength(3);
});

it('comes page by page', async () => {
  const journeyId = await published({ simultaneousLimit: 1 });
  const names = Array.from({ length: 7 }, (_, index) => `user-${index}`);
  for (const name of [...names, ...names]) await trigger(journeyId, name);
  await world.db.execute(sql`update entry_refusals set at = '2026-01-01' where user_id % 2 = 0`);
  const found: unknown[] = [];
  for (let token = ''; ;) {
    const { body } = await refusedIn(journeyId, `?pageSize=2${token}`);
    found.push(...body.refused.map(({ userId }: { userId: string }) => userId));
    if (body.nextPageToken === undefined) break;
    token = `&pageToken=${body.nextPageToken}`;
  }
  expect([...found].sort()).toEqual(names);
});

it.each([
  ['?reason=chainLimit', 'reason'],
  ['?email=nobody', 'email'],
  ['?status=open', ''],
  [`?pageToken=${Buffer.from('[1e300,1,"where"]').toString('base64url')}`, 'pageToken'],
  [`?pageToken=${Buffer.from('[1,-1,"where"]').toString('base64url')}`, 'pageToken'],
  [`?pageToken=${Buffer.from('"x"').toString('base64url')}`, 'pageToken'],
])('refuses %s', async (query, path) => {
  const journeyId = await published({});
  const { status, body } = await refusedIn(journeyId, query);
  expect([status, body.code]).toEqual([400, 'BadParams']);
  expect(Object.keys(body.params).join()).toContain(path);
});

it('of an unknown journey is a 404', async () => {
  expect((await refusedIn(4711)).status).toBe(404);
});

it('goes with its user, and in a merge to the other one', async () => {
  const journeyId = await published({ simultaneousLimit: 1 });
  for (const userId of ['from', 'from', 'from', 'to', 'to', 'gone', 'gone']) await trigger(journeyId, userId);
  await post('/users/merge', { sourceUserId: 'from', destinationUserId: 'to' });
  expect(await rowsOf(journeyId, '?userId=to')).toEqual([['to', 'simultaneousLimit', 3]]);
  await world.call('DELETE', '/api/users/byUserId/gone');
  expect(await rowsOf(journeyId)).toEqual([['to', 'simultaneousLimit', 3]]);
});

it('is kept as long as an entry', async () => {
  const journeyId = await published({ simultaneousLimit: 1 });
  for (const userId of ['old', 'old', 'new', 'new']) await trigger(journeyId, userId);
  await world.db.execute(sql`
    update entry_refusals set at = now() - interval '31 days' from users
    where users.id = entry_refusals.user_id and users.user_id = 'old'`);
  await applyRetention({ db: world.db, log: pino({ level: 'silent' }), retentionDays: 30 });
  expect(await rowsOf(journeyId)).toEqual([['new', 'simultaneousLimit', 1]]);
});
