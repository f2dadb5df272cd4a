import { eq } from 'drizzle-orm';
import { acceptEntry } from '../../src/db/entries/accept';
import { newEntryId } from '../../src/db/entries/insert';
import { enqueuing } from '../../src/db/enqueue';
import type { OutboxItem } from '../../src/db/outbox';
import { notifications } from '../../src/db/schema';
import { trackEvent } from '../../src/usecases/events/track';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/*
 * Entries that an exit rule ends while the signal to their workflow is late: the workflow finds the entry closed by
 * itself, and has to say how it ended.
 */

let world: World;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

const exitRules = [{ event: 'bought', name: 'Bought' }];
let identity: { email: string };
let people = 0;
beforeEach(() => {
  identity = { email: `late${(people += 1)}@example.com` };
});

/** The user meets the rule; no signal leaves. */
async function buy(): Promise<void> {
  const signals: OutboxItem[] = [];
  const deps = { ...world, enqueue: (item: OutboxItem) => void signals.push(item) };
  const event = { kind: 'customEvent', name: 'bought', dataFields: {}, createdAt: Date.now() } as const;
  await trackEvent(deps, identity, event);
  expect(signals).toMatchObject([{ reason: 'exit_rule' }]);
}

let paths = 0;
/** A tile that calls a path of its own. */
async function calling(id: string, reply: Reply, more: object = {}): Promise<object> {
  const path = `/late-${(paths += 1)}`;
  world.receiver.respondAt(path, reply);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  return { id, type: 'webhook', webhookId, ...more };
}

async function expectLeft(entryId: string, tileId: string | null): Promise<void> {
  const { entry } = await world.ended(entryId);
  expect(entry).toMatchObject({ status: 'exited', reason: 'exit_rule', tileId });
  const handle = world.client.workflow.getHandle(entryId);
  await expect(handle.result()).resolves.toEqual({ status: 'exited' });
  expect((await handle.describe()).searchAttributes).toMatchObject({ WayhookReason: ['exit_rule'] });
  const raised = await world.db.select().from(notifications).where(eq(notifications.lastEntryId, entryId));
  expect(raised).toEqual([]);
  const { events } = await handle.fetchHistory();
  expect(events!.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);
}

/** Enters the user; meanwhile their request is out, they buy. */
async function enterAndBuy(tilesOf: (first: object) => object[]): Promise<string> {
  let isOut = false;
  let answer: () => void;
  const bought = new Promise<void>((resolve) => (answer = resolve));
  const first = await calling('first', (_request, response) => {
    isOut = true;
    void bought.then(() => response.writeHead(200).end());
  });
  const journeyId = await world.journey(tilesOf(first), undefined, { exitRules });
  const entryId = await world.enter(journeyId, { identity });
  await until(async () => isOut);
  await buy();
  answer!();
  return entryId;
}

const NEXT: [string, () => object | Promise<object>][] = [
  ['a delay', () => ({ id: 'next', type: 'delay', for: '1 day' })],
  ['a delay until a time of day', () => ({ id: 'next', type: 'delay', for: '1 day', timeOfDay: '09:00' })],
  ['a wait', () => ({ id: 'next', type: 'waitFor', for: [{ event: 'a' }], timeout: '1 day' })],
  [
    'a split',
    () => ({ id: 'next', type: 'yesNoSplit', when: { field: 'profile.a', is: 'isSet' }, no: 'exit' }),
  ],
  ['a webhook', () => calling('next', 200)],
  ['a hand-off', async () => ({ id: 'next', type: 'sendToJourney', journeyId: await world.journey([]) })],
  ['an exit', () => ({ id: 'next', type: 'exit' })],
  ['an exit with a reason', () => ({ id: 'next', type: 'exit', reason: 'Done' })],
];

describe('a workflow whose entry a rule has closed, without a signal so far, ends as exited', () => {
  it.each(NEXT)('when it comes to %s', async (_what, tile) => {
    const next = await tile();
    const last = { id: 'last', type: 'delay', for: '1 day' };
    await expectLeft(await enterAndBuy((first) => [first, next, last]), 'first');
  });

  it.each(NEXT)('when it begins, with %s', async (_what, tile) => {
    const last = { id: 'last', type: 'delay', for: '1 day' };
    const journeyId = await world.journey([await tile(), last], undefined, { exitRules });
    const starts: OutboxItem[] = [];
    const entryId = newEntryId();
    await enqueuing({ db: world.db, enqueue: (item) => void starts.push(item) }, (db) =>
      acceptEntry(db, { entryId, journeyId, identity, triggerData: {} }),
    );
    await buy();
    starts.forEach(world.enqueue);
    await expectLeft(entryId, null);
  });
});

describe('a workflow whose entry a rule closed during the last request ends as exited', () => {
  it.each<[string, number, object]>([
    ['was a success', 200, {}],
    ['failed', 400, {}],
    ['failed, and the failure path ends there', 400, { onFailure: 'exit' }],
  ])('which %s', async (_what, status, more) => {
    const tile = await calling(
      'first',
      (_request, response) => void buy().then(() => response.writeHead(status).end()),
      more,
    );
    const entryId = await world.enter(await world.journey([tile], undefined, { exitRules }), { identity });
    await expectLeft(entryId, 'first');
    const { deliveries } = await world.passage(entryId);
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'exit_rule', attempts: [{ status }] }]);
  });

  it('whose answer changed the profile so that the user meets a rule', async () => {
    world.receiver.respondAt('/plan', { body: { plan: 'pro' } });
    const tile = { id: 'first', type: 'userProfile', url: `${world.receiver.url}/plan` };
    const rules = [{ when: { field: 'profile.plan', is: 'equals', value: 'pro' } }];
    const journeyId = await world.journey([tile], undefined, { exitRules: rules });
    const entryId = await world.enter(journeyId, { identity });
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
    await expect(world.client.workflow.getHandle(entryId).result()).resolves.toEqual({ status: 'exited' });
  });
});
