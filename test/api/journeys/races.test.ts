import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import type { Database } from '../../../src/db/connection/client';
import { type AcceptEntry, acceptEntry } from '../../../src/db/entries/accept';
import { type EnqueueDeps, enqueuing } from '../../../src/db/enqueue';
import { insertStartedEntry } from '../../../src/db/entries/entries';
import { newEntryId } from '../../../src/db/entries/insert';
import { freezeVersion, lockJourney, updateJourney } from '../../../src/db/journeys/journeys';
import { entries } from '../../../src/db/schema';
import { handOffUser } from '../../../src/usecases/journeys/hand-off';
import { startEntryWithLimits } from '../../../src/db/entries/trigger';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner } from '../../../src/background/jobs';
import { planOf } from '../../../src/domain/journeys/plan';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { meanwhile } from '../../support/waiting';
import { undispatched } from '../../support/database';

let world: ApiWorld;
/** Known, and of each test its own. */
let userId: string;
let users = 0;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());
beforeEach(async () => {
  userId = `user-${(users += 1)}`;
  await post('/users/update', { userId });
});

const silent = pino({ level: 'silent' });
const post = (path: string, body: object = {}) => world.call('POST', `/api${path}`, body);

async function published(definition: object = {}): Promise<number> {
  const { body } = await post('/journeys', { name: 'Any', tiles: [], ...definition });
  expect((await post(`/journeys/${body.id}/publish`)).status).toBe(200);
  return body.id as number;
}

const trigger = (workflowId: number, more: object = { userId }) =>
  post('/workflows/triggerWorkflow', { workflowId, ...more });
const entriesIn = (journeyId: number) =>
  world.db.select().from(entries).where(eq(entries.journeyId, journeyId));

/** A published journey, and how a user enters it. */
interface Way {
  journeyId: number;
  enter: () => Promise<unknown>;
}

async function triggered(definition: object = {}): Promise<Way> {
  const journeyId = await published(definition);
  return { journeyId, enter: () => trigger(journeyId) };
}

async function begunByEvent(more: object = {}): Promise<Way> {
  const eventName = `order of ${userId}`;
  const journeyId = await published({ entry: { source: 'event', eventName, ...more } });
  return { journeyId, enter: () => post('/events/track', { userId, eventName, dataFields: { total: 42 } }) };
}

async function newList(): Promise<number> {
  return (await post('/lists', { name: 'Readers' })).body.listId as number;
}

async function begunByList(): Promise<Way> {
  const listId = await newList();
  const journeyId = await published({ entry: { source: 'listSubscribe', listId } });
  return { journeyId, enter: () => post('/lists/subscribe', { listId, subscribers: [{ userId }] }) };
}

async function sentWithList(): Promise<Way> {
  const [journeyId, listId] = [await published(), await newList()];
  await post('/lists/subscribe', { listId, subscribers: [{ userId }] });
  expect((await trigger(journeyId, { listId })).status).toBe(200);
  const turn = createPageRunner({ db: world.db, log: silent, enqueue: () => undefined, kinds: JOB_KINDS });
  return { journeyId, enter: turn };
}

async function sentByJourney(): Promise<Way> {
  const [from, journeyId] = [await published(), await published()];
  const { entryId } = (await trigger(from)).body.params;
  const sending = {
    entryId,
    workflowId: entryId,
    firstRunId: 'run',
    tileId: 'on',
    visit: 1,
    journeyId,
    then: 'goOn',
  } as const;
  return { journeyId, enter: () => handOffUser(world, sending, Date.now()) };
}

async function startedByClient(): Promise<Way> {
  const journeyId = await published();
  const workflow = { entryId: newEntryId(), workflowId: 'theirs', firstRunId: 'run', version: 1 };
  const identity = { userId: `${userId}-of-client` };
  const started = { ...workflow, journeyId, identity, triggerData: {}, at: Date.now() };
  return { journeyId, enter: () => insertStartedEntry(undispatched(world.db), started) };
}

const DEAR = { all: [{ field: 'event.total', is: 'greaterThan', value: 10 }] };

const WAYS: [who: string, prepare: () => Promise<Way>][] = [
  ['is triggered', () => triggered()],
  ['is triggered where limits count', () => triggered({ lifetimeLimit: 3 })],
  ['does what begins it', () => begunByEvent()],
  ['does what begins it under a condition', () => begunByEvent({ where: DEAR })],
  ['comes to the list that begins it', begunByList],
  ['is on a list that is sent in', sentWithList],
  ['is sent by another journey', sentByJourney],
  ['is sent in by a bare Temporal client', startedByClient],
];

/** What archiving does before its commit. */
async function archive(tx: Database, id: number): Promise<void> {
  await lockJourney(tx, id);
  await updateJourney(tx, id, { status: 'archived', publishedVersion: null });
}

async function publishAgain(tx: Database, id: number): Promise<void> {
  const journey = (await lockJourney(tx, id))!;
  await freezeVersion(tx, journey, journey.definition, planOf(id, []));
}

describe('while a journey is being archived', () => {
  it.each(WAYS)('no user enters it by %s', async (_, prepare) => {
    const { journeyId, enter } = await prepare();
    await meanwhile(world.db, (tx) => archive(tx, journeyId), enter);
    expect(await entriesIn(journeyId)).toEqual([]);
  });

  it('a trigger call is refused with a reason', async () => {
    const { journeyId, enter } = await triggered();
    const answer = await meanwhile(world.db, (tx) => archive(tx, journeyId), enter);
    const words = { workflowId: expect.stringContaining('is archived') };
    expect(answer).toMatchObject({ status: 400, body: { params: words } });
  });

  it('no user is created for a bare client', async () => {
    const { journeyId, enter } = await startedByClient();
    expect(await meanwhile(world.db, (tx) => archive(tx, journeyId), enter)).toBe(false);
    expect((await world.call('GET', `/api/users/byUserId/${userId}-of-client`)).body).toEqual({});
  });

  it.each([
    [
      'without',
      {},
      (deps: EnqueueDeps, entry: AcceptEntry) => enqueuing(deps, (db) => acceptEntry(db, entry)),
    ],
    ['with', { lifetimeLimit: 3 }, startEntryWithLimits],
  ])('who was just entering one %s limits is taken out', async (_, definition, accept) => {
    const journeyId = await published(definition);
    const entryId = newEntryId();
    const entering = { entryId, journeyId, identity: { userId }, triggerData: {} };
    const archived = await meanwhile(
      world.db,
      (tx) => accept({ ...world, db: tx }, entering),
      () => world.call('DELETE', `/api/journeys/${journeyId}`),
    );
    expect(archived.status).toBe(200);
    const [entry] = await entriesIn(journeyId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
  });
});

describe('while another version of a journey is being published', () => {
  // A bare client's entry has found its version before.
  it.each(WAYS.slice(0, -1))('who %s enters, and once', async (_, prepare) => {
    const { journeyId, enter } = await prepare();
    await meanwhile(world.db, (tx) => publishAgain(tx, journeyId), enter);
    const entered = await entriesIn(journeyId);
    expect(entered).toHaveLength(1);
  });
});
