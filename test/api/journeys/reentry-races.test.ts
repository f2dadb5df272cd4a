import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { type Database, rowsOf } from '../../../src/db/connection/client';
import { enterJourneys, shareJourney } from '../../../src/db/entries/enter';
import { entries } from '../../../src/db/schema';
import { lockUser } from '../../../src/db/users/lock';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { undispatched } from '../../support/database';
import { meanwhile } from '../../support/waiting';

/* Re-entry rules hold however many calls come at once. */

let world: ApiWorld;
let userId: string;
let users = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(async () => {
  userId = `user-${(users += 1)}`;
  await post('/users/update', { userId });
});

const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);

async function published(definition: object): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...definition });
  expect((await post(`/journeys/${body.id}/publish`)).status).toBe(200);
  return body.id as number;
}

const trigger = (workflowId: number, dataFields: object = {}) =>
  post('/workflows/triggerWorkflow', { workflowId, userId, dataFields });
const entriesIn = (journeyId: number) =>
  world.db.select().from(entries).where(eq(entries.journeyId, journeyId)).orderBy(entries.id);

it.each([
  ['a time after the last entry', { after: '1 hour' }],
  ['a time after the last end', { after: '1 hour', from: 'end' }],
  ['a refusal while under way', { onActive: 'refuse' }],
])('of 50 triggers at once, %s lets one in', async (_, reentry) => {
  const journeyId = await published({ reentry });
  const answers = await Promise.all(Array.from({ length: 50 }, () => trigger(journeyId)));
  const skipped = answers.filter(({ body }) => body.params.skipped === 'reentry');
  expect(skipped).toHaveLength(49);
  expect(await entriesIn(journeyId)).toHaveLength(1);
  const { refused } = (await world.call('GET', `/api/journeys/${journeyId}/refused`)).body;
  expect(refused).toMatchObject([{ userId, reason: 'reentry', count: 49 }]);
});

it('of 20 events at once each begins an entry that takes the place of the last, and one is left open', async () => {
  const eventName = `cart of ${userId}`;
  const entry = { source: 'event', eventName };
  const journeyId = await published({ entry, simultaneousLimit: 1, reentry: { onActive: 'restart' } });
  let most = 0;
  let done = false;
  const watch = async () => {
    while (!done) {
      const [row] = await rowsOf<{ open: number }>(
        world.db,
        sql`select count(*) as open from entries where journey_id = ${journeyId} and ended_at is null`,
      );
      most = Math.max(most, row!.open);
    }
  };
  const watching = watch();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post('/events/track', { userId, eventName })),
  );
  done = true;
  await watching;
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(most).toBe(1);
  const reasons = (await entriesIn(journeyId)).map(({ reason }) => reason ?? 'open');
  expect(reasons.sort()).toEqual(['open', ...Array(19).fill('superseded')].sort());
});

/** What another transaction does with the user's row locked. */
async function enter(tx: Database, journeyId: number): Promise<void> {
  const { id } = (await lockUser(tx, { userId }))!;
  const journey = (await shareJourney(tx, journeyId))!;
  await enterJourneys(undispatched(tx), [id], [journey], {});
}

describe('who waits for the user’s row', () => {
  const event = () => ({ source: 'event', eventName: `cart of ${userId}` });
  const ways: [string, (journeyId: number) => Promise<unknown>][] = [
    ['a trigger', (journeyId) => trigger(journeyId)],
    ['an event', () => post('/events/track', { userId, eventName: event().eventName })],
  ];

  it.each(ways)('%s is refused for an entry that began meanwhile', async (_, call) => {
    const journeyId = await published({ entry: event(), reentry: { onActive: 'refuse' } });
    await meanwhile(
      world.db,
      (tx) => enter(tx, journeyId),
      () => call(journeyId),
    );
    expect(await entriesIn(journeyId)).toHaveLength(1);
  });

  it.each(ways)('%s takes the place of an entry that began meanwhile', async (_, call) => {
    const journeyId = await published({ entry: event(), reentry: { onActive: 'restart' } });
    await meanwhile(
      world.db,
      (tx) => enter(tx, journeyId),
      () => call(journeyId),
    );
    expect((await entriesIn(journeyId)).map(({ reason }) => reason)).toEqual(['superseded', null]);
  });

  it.each(ways)('%s enters once the entry ended meanwhile', async (_, call) => {
    const journeyId = await published({ entry: event(), reentry: { onActive: 'refuse' } });
    await call(journeyId);
    const leave = async (tx: Database) => {
      await lockUser(tx, { userId });
      await tx.execute(
        sql`update entries set status = 'completed', ended_at = now() where journey_id = ${journeyId}`,
      );
    };
    await meanwhile(world.db, leave, () => call(journeyId));
    expect(await entriesIn(journeyId)).toHaveLength(2);
  });
});

/** A step of a random story: enters by one of the ways, with a key, or ends what is open. */
type Step = { do: 'trigger' | 'track'; key: string } | { do: 'end' };

const Steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constantFrom('trigger', 'track'), key: fc.constantFrom('A', 'B') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('end') }) },
  ) as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 12 },
);

const Rules = fc.record({
  onActive: fc.constantFrom('refuse', 'restart', 'parallel'),
  keyed: fc.boolean(),
  lifetimeLimit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  simultaneousLimit: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
});

it('any rules hold for any calls at once: what is open, what there is and what was refused add up', async () => {
  let round = 0;
  const story = fc.asyncProperty(Rules, Steps, async ({ onActive, keyed, ...limits }, steps) => {
    userId = `story-${(round += 1)}-${users}`;
    const eventName = `story ${round}`;
    const reentry = { onActive, ...(keyed && { key: 'key' }) };
    const journeyId = await published({ entry: { source: 'event', eventName }, ...limits, reentry });
    const run = (step: Step): Promise<unknown> => {
      if (step.do === 'trigger') return trigger(journeyId, { key: step.key });
      if (step.do === 'track') {
        return post('/events/track', { userId, eventName, dataFields: { key: step.key } });
      }
      return world.db.execute(
        sql`update entries set status = 'completed', ended_at = now() where journey_id = ${journeyId} and ended_at is null`,
      );
    };
    await Promise.all(steps.map(run));
    const found = await entriesIn(journeyId);
    const units = new Map(
      found.map(({ reentryKey: key }) => [key, found.filter((one) => one.reentryKey === key)]),
    );
    expect(units.size).toBeLessThanOrEqual(keyed ? 2 : 1);
    for (const unit of units.values()) {
      const open = unit.filter(({ endedAt }) => endedAt === null).length;
      if (onActive !== 'parallel') expect(open).toBeLessThanOrEqual(1);
      expect(open).toBeLessThanOrEqual(limits.simultaneousLimit ?? 12);
      expect(unit.length).toBeLessThanOrEqual(limits.lifetimeLimit ?? 12);
    }
    const { refused } = (await world.call('GET', `/api/journeys/${journeyId}/refused`)).body;
    const kept = (refused as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
    const tried = steps.filter((step) => step.do !== 'end').length;
    expect(found.length + kept).toBe(tried);
  });
  await fc.assert(story, { numRuns: process.env.DATABASE_URL ? 40 : 60 });
});
