import { and, eq } from 'drizzle-orm';
import { SYSTEM } from '../../src/domain/audit';
import { entries, handOffs, notifications, splitBranches, steps } from '../../src/db/schema';
import { JourneyDefinition } from '../../src/domain/journeys/journey';
import { createJourney } from '../../src/usecases/journeys/save-journey';
import { startTestRun } from '../../src/usecases/journeys/test-run';
import { lockOrCreateUser } from '../../src/db/users/lock';
import { assignBranch } from '../../src/db/entries/steps/split-branches';
import { createWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const EMAIL = 'tester@example.com';

/** Saves a draft and sends a user through it as a test run. Returns the entry's id. */
async function testRun(tiles: object[]): Promise<string> {
  const own = { db: world.db, sealer: world.sealer, enqueue: world.enqueue, author: SYSTEM };
  const { id } = await createJourney(own, JourneyDefinition.parse({ name: 'Draft', tiles }));
  await lockOrCreateUser(world.db, { email: EMAIL });
  const run = { names: { email: EMAIL }, triggerData: { plan: 'pro' } };
  return (await startTestRun(own, { id, limited: false }, run))!;
}

/** Two branches; new users take the first. */
const splitTiles = (key: string) => [
  {
    ...{ id: 'split', type: 'abSplit', key },
    branches: [
      { name: 'most', weight: 100, next: 'exit' },
      { name: 'none', weight: 0, next: 'wait' },
    ],
  },
  { id: 'wait', type: 'delay', for: '1 day' },
];

async function branchOf(entryId: string): Promise<string | null> {
  await world.ended(entryId);
  const visits = await world.db.select().from(steps).where(eq(steps.entryId, entryId));
  return visits.find(({ tileId }) => tileId === 'split')!.way;
}

describe('a test run of a draft', () => {
  it('sends its requests, and shows as a test run in the Web UI', async () => {
    const webhookId = await world.webhook({ body: { plan: '{{plan}}' } });
    const entryId = await testRun([{ id: 'call', type: 'webhook', webhookId }]);
    const { entry, deliveries } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'completed', test: true });
    expect(deliveries).toMatchObject([{ tileId: 'call', status: 'delivered' }]);
    expect(world.receiver.requests.at(-1)!.json()).toMatchObject({ plan: 'pro' });
    const described = await world.client.workflow.getHandle(entryId).describe();
    expect(await described.staticSummary()).toBe(`Test run of journey ${entry.journeyId}, draft`);
    expect(described.searchAttributes).toMatchObject({ WayhookVersion: [0] });
  });

  it('notifies nobody when it fails', async () => {
    world.receiver.respond(400);
    const entryId = await testRun([{ id: 'call', type: 'webhook', webhookId: await world.webhook() }]);
    expect((await world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'http_status' });
    const raised = await world.db.select().from(notifications).where(eq(notifications.lastEntryId, entryId));
    expect(raised).toEqual([]);
  });

  it('goes down the branch that a user is assigned to, and assigns none', async () => {
    const user = (await lockOrCreateUser(world.db, { email: EMAIL })).user.id;
    expect(await branchOf(await testRun(splitTiles('new')))).toBe('most');
    await assignBranch(world.db, { user, key: 'assigned', branch: 'none' }, ['none']);
    expect(await branchOf(await testRun(splitTiles('assigned')))).toBe('none');
    const assigned = await world.db.select().from(splitBranches).where(eq(splitBranches.userId, user));
    expect(assigned).toMatchObject([{ key: 'assigned', branch: 'none' }]);
  });

  it('begins a test run of the journey that it sends its user to, which no limit keeps out', async () => {
    const limited = { lifetimeLimit: 1, entry: { source: 'journey' } };
    const journeyId = await world.journey([{ id: 'out', type: 'exit' }], undefined, limited);
    const entryIds = [];
    for (const id of ['on', 'again'])
      entryIds.push(await testRun([{ id, type: 'sendToJourney', journeyId }]));
    await Promise.all(entryIds.map((id) => world.ended(id)));
    const sent = await world.db
      .select({ test: entries.test, version: entries.version })
      .from(handOffs)
      .innerJoin(entries, and(eq(entries.id, handOffs.sentTo), eq(entries.journeyId, journeyId)));
    expect(sent).toEqual([
      { test: true, version: 1 },
      { test: true, version: 1 },
    ]);
  });
});
