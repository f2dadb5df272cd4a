import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../../src/db/connection/client';
import { insertEntries } from '../../../src/db/entries/enter';
import { freezeVersion, lockJourney } from '../../../src/db/journeys/journeys';
import { entries, users } from '../../../src/db/schema';
import { lockUser } from '../../../src/db/users/lock';
import { planOf } from '../../../src/domain/journeys/plan';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';
import { meanwhile } from '../../support/waiting';

/* An event that waits for something else about its user or journey is judged by what it finds afterwards. */

let world: ApiWorld;
let eventName: string;
let userId: string;
let events = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(() => {
  events += 1;
  eventName = `order ${events}`;
  userId = `user-${events}`;
});

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);
const order = () => post('/events/track', { userId, eventName, dataFields: { total: 42 } });

async function begun(where: object | undefined, more: object = {}): Promise<number> {
  const entry = { source: 'event', eventName, where };
  const { body } = await post('/journeys', { name: 'Orders', tiles: [], entry, ...more });
  expect((await post(`/journeys/${body.id}/publish`)).status).toBe(200);
  return body.id as number;
}

const TOTAL = (value: number) => ({ field: 'event.total', is: 'greaterThan', value });
const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };

const entriesIn = (journeyId: number) =>
  world.db.select().from(entries).where(eq(entries.journeyId, journeyId));

async function enter(tx: Database, journeyId: number): Promise<void> {
  const { id } = (await lockUser(tx, { userId }))!;
  await insertEntries(undispatched(tx), [{ userId: id, journeyId, version: 1 }], {});
}

async function setPlan(tx: Database, plan: string): Promise<void> {
  await tx.update(users).set({ dataFields: { plan } }).where(eq(users.userId, userId));
}

describe('an event that waits for its user', () => {
  it.each([
    ['lifetime', { lifetimeLimit: 1 }],
    ['simultaneous', { simultaneousLimit: 1 }],
  ])('counts an entry that was accepted meanwhile: a %s limit', async (_, limit) => {
    const journeyId = await begun(TOTAL(10), limit);
    await post('/users/update', { userId });
    const answer = await meanwhile(world.db, (tx) => enter(tx, journeyId), order);
    expect(answer.status).toBe(200);
    expect(await entriesIn(journeyId)).toHaveLength(1);
  });

  it('sees that they were put on a suppression list meanwhile', async () => {
    const { listId } = (await post('/lists', { name: 'Out' })).body;
    const journeyId = await begun(TOTAL(10), { suppressionListIds: [listId] });
    await post('/users/update', { userId });
    const suppress = async (tx: Database) => {
      const { id } = (await lockUser(tx, { userId }))!;
      await tx.execute(sql`insert into list_users (list_id, user_id) values (${listId}, ${id})`);
    };
    await meanwhile(world.db, suppress, order);
    expect(await entriesIn(journeyId)).toEqual([]);
  });

  it.each([
    ['pro', 'free', 0],
    ['free', 'pro', 1],
  ])('is judged by the profile that it then has: %s, then %s', async (before, after, entered) => {
    const journeyId = await begun(PRO);
    await post('/users/update', { userId, dataFields: { plan: before } });
    expect((await meanwhile(world.db, (tx) => setPlan(tx, after), order)).status).toBe(200);
    expect(await entriesIn(journeyId)).toHaveLength(entered);
  });

  it('is judged by the profile with which they were created meanwhile', async () => {
    const journeyId = await begun(PRO);
    const create = (tx: Database) => tx.insert(users).values({ userId, dataFields: { plan: 'pro' } });
    await meanwhile(world.db, create, order);
    expect(await entriesIn(journeyId)).toHaveLength(1);
  });
});

describe('an event that waits for another version of its journey', () => {
  it.each([
    [10, 100, 0],
    [100, 10, 1],
  ])('is judged by its condition: above %i, then above %i', async (before, after, entered) => {
    const journeyId = await begun(TOTAL(before));
    await post('/users/update', { userId });
    // Remembered with its condition.
    await post('/events/track', { userId, eventName, dataFields: { total: 0 } });
    const publish = async (tx: Database) => {
      const journey = (await lockJourney(tx, journeyId))!;
      const entry = { ...journey.definition.entry, where: TOTAL(after) } as typeof journey.definition.entry;
      await freezeVersion(tx, journey, { ...journey.definition, entry }, planOf(journeyId, []));
    };
    expect((await meanwhile(world.db, publish, order)).status).toBe(200);
    const found = await entriesIn(journeyId);
    expect(found.map(({ version }) => version)).toEqual(Array(entered).fill(2));
  });
});

it('a limit holds for one user however many events come at once', async () => {
  const journeyId = await begun({ all: [TOTAL(10), { not: PRO }] }, { lifetimeLimit: 2 });
  const answers = await Promise.all(Array.from({ length: 20 }, order));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(await entriesIn(journeyId)).toHaveLength(2);
});
