import { sql } from 'drizzle-orm';
import { loadFacts, loadFactsOfMany } from '../../../src/db/users/facts';
import { users } from '../../../src/db/schema';
import { needsOf, When } from '../../../src/domain/journeys/conditions';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const NOW = Date.parse('2026-02-01T12:00:00Z');
const DAY = 86_400_000;
const post = (path: string, body: object) => world.call('POST', `/api${path}`, body);
const needs = (...conditions: object[]) => needsOf(...conditions.map((when) => When.parse(when)));

async function rowOf(email: string): Promise<number> {
  await post('/users/update', { email });
  const [row] = await world.db
    .select({ id: users.id })
    .from(users)
    .where(sql`email = ${email}`);
  return row!.id;
}

const track = (email: string, eventName: string, daysAgo: number, dataFields: object = {}) =>
  post('/events/track', { email, eventName, dataFields, createdAt: NOW - daysAgo * DAY });

describe('the facts about a user', () => {
  it('are the lists and events that conditions ask for, by the time that events happened', async () => {
    const email = 'facts@example.com';
    const id = await rowOf(email);
    const [on, off] = [
      (await post('/lists', { name: 'On' })).body,
      (await post('/lists', { name: 'Off' })).body,
    ];
    await post('/lists/subscribe', { listId: on.listId, subscribers: [{ email }] });
    await track(email, 'visit', 3, { page: 'c' });
    await track(email, 'visit', 1, { page: 'a' });
    await track(email, 'visit', 2, { page: 'b' });
    await track(email, 'other', 1);
    await track('another@example.com', 'visit', 1);
    const asked = needs(
      { list: on.listId, is: 'member' },
      { list: off.listId, is: 'member' },
      { event: 'visit', within: '60 hours', where: { field: 'event.page', is: 'isSet' } },
    );
    const facts = await loadFacts(world.db, id, asked, NOW);
    expect([on, off].map(({ listId }) => facts.isMember(listId as number))).toEqual([true, false]);
    expect(facts.events('visit')).toEqual([
      { at: NOW - DAY, dataFields: { page: 'a', eventName: 'visit' } },
      { at: NOW - 2 * DAY, dataFields: { page: 'b', eventName: 'visit' } },
    ]);
    expect(facts.events('other')).toEqual([]);
  });

  it('have what an event brought only if a condition reads it', async () => {
    const email = 'bare@example.com';
    const id = await rowOf(email);
    await track(email, 'visit', 1, { page: 'a' });
    const facts = await loadFacts(world.db, id, needs({ event: 'visit' }), NOW);
    expect(facts.events('visit')).toEqual([{ at: NOW - DAY, dataFields: { eventName: 'visit' } }]);
  });

  it('know a purchase by its name, also where it was tracked as an event of that name', async () => {
    const email = 'buyer@example.com';
    const id = await rowOf(email);
    await track(email, 'purchase', 2, { total: 1 });
    const purchase = { user: { email }, items: [], total: 2, createdAt: NOW - DAY };
    await post('/commerce/trackPurchase', purchase);
    const asked = needs({ event: 'purchase', where: { field: 'event.total', is: 'isSet' } });
    expect((await loadFacts(world.db, id, asked, NOW)).events('purchase')).toEqual([
      {
        at: NOW - DAY,
        dataFields: {
          total: 2,
          shoppingCartItems: [],
          createdAt: '2026-01-31T12:00:00.000Z',
          eventType: 'purchase',
          eventName: 'purchase',
        },
      },
      { at: NOW - 2 * DAY, dataFields: { total: 1, eventName: 'purchase' } },
    ]);
  });

  it('are the newest thousand events, and of what they brought the newest two megabytes', async () => {
    const id = await rowOf('many@example.com');
    const insert = (name: string, count: number, data: string) =>
      world.db.execute(sql`
        insert into events (id, user_id, kind, name, data_fields, created_at)
        select ${name} || n, ${id}::bigint, 'customEvent', ${name}, ${data}::json,
          ${new Date(NOW).toISOString()}::timestamptz - n * interval '1 second'
        from generate_series(1, ${count}::int) as n`);
    await insert('small', 1_200, '{"a":1}');
    await insert('large', 30, JSON.stringify({ a: 'x'.repeat(200_000) }));
    const isSet = { where: { field: 'event.a', is: 'isSet' } };
    const asked = needs({ event: 'small', ...isSet }, { event: 'large', ...isSet });
    const facts = await loadFacts(world.db, id, asked, NOW);
    expect(facts.events('small')).toHaveLength(1_001);
    expect(facts.events('small')[0]!.at).toBe(NOW - 1_000);
    expect(facts.events('large')).toHaveLength(10);
    expect(facts.events('large')[0]!.at).toBe(NOW - 1_000);
  });

  it('of many users are each their own', async () => {
    const [one, two, none] = [await rowOf('one@example.com'), await rowOf('two@example.com'), -1];
    await track('one@example.com', 'visit', 1);
    await track('one@example.com', 'visit', 2);
    await track('two@example.com', 'visit', 3);
    const facts = await loadFactsOfMany(world.db, [one!, two!, none!], needs({ event: 'visit' }), NOW);
    expect([one, two, none].map((id) => facts.get(id!)!.events('visit').length)).toEqual([2, 1, 0]);
  });

  it('cost nothing where conditions ask for none', async () => {
    const db = new Proxy(world.db, {
      get: () => {
        throw new Error('asked');
      },
    });
    const facts = await loadFacts(db, 1, needs({ field: 'profile.plan', is: 'isSet' }), NOW);
    expect([facts.now, facts.isMember(1), facts.events('a')]).toEqual([NOW, false, []]);
  });
});
