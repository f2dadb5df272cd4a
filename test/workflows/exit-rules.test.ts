import { eq } from 'drizzle-orm';
import { insertList } from '../../src/db/lists/lists';
import { notifications } from '../../src/db/schema';
import { updateUser } from '../../src/db/users/users';
import { trackEvent } from '../../src/usecases/events/track';
import { calmEvents } from '../support/history';
import { readable } from '../support/readable';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/** In real time: the user has to leave from where they are held. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

let people = 0;
let identity: { email: string };
beforeEach(() => {
  identity = { email: `leaves${(people += 1)}@example.com` };
});

const buy = () =>
  trackEvent(world, identity, { kind: 'customEvent', name: 'bought', dataFields: {}, createdAt: Date.now() });
const update = (dataFields: Record<string, unknown>) =>
  updateUser(world, { ...identity, dataFields, mergeNestedObjects: false, createNewFields: true });

const BOUGHT = [{ event: 'bought', name: 'Bought' }];
const enter = async (tiles: object[], exitRules: object[] = BOUGHT) =>
  world.enter(await world.journey(tiles, undefined, { exitRules }), { identity });
const callsTo = (path: string) => world.receiver.requests.filter(({ url }) => url === path);

let paths = 0;
/** A tile that calls a path of its own. */
async function call(reply: Reply, more: object = {}) {
  const path = `/rules-${(paths += 1)}`;
  world.receiver.respondAt(path, reply);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  return { path, tile: { id: 'call', type: 'webhook', webhookId, ...more } };
}

async function expectLeft(entryId: string): Promise<Awaited<ReturnType<World['ended']>>> {
  const passage = await world.ended(entryId);
  expect(passage.entry).toMatchObject({
    ...{ status: 'exited', reason: 'exit_rule', detail: 'Met the exit rule “Bought”.' },
    ...{ liveData: null, events: null },
  });
  const handle = world.client.workflow.getHandle(entryId);
  await expect(handle.result()).resolves.toEqual({ status: 'exited' });
  expect((await handle.describe()).searchAttributes).toMatchObject({ WayhookReason: ['exit_rule'] });
  const raised = await world.db.select().from(notifications).where(eq(notifications.lastEntryId, entryId));
  expect(raised).toEqual([]);
  return passage;
}

const runs = (entryId: string, tileId: string) =>
  until(async () => (await world.passage(entryId)).entry.tileId === tileId);

describe('a user who meets an exit rule leaves at once', () => {
  it('from a delay, at 7 events of history more than one who waits there', async () => {
    const after = await call(200);
    const entryId = await enter([{ id: 'wait', type: 'delay', for: '30 days' }, after.tile]);
    await runs(entryId, 'wait');
    await buy();
    await expectLeft(entryId);
    expect(callsTo(after.path)).toEqual([]);
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(calmEvents(events).length).toBeLessThanOrEqual(7 + 8);
    expect(readable(events)).not.toContain('Bought');
  });

  it('from a wait', async () => {
    const arms = [{ event: 'answered' }];
    const entryId = await enter([{ id: 'wait', type: 'waitFor', for: arms, timeout: '30 days' }]);
    await runs(entryId, 'wait');
    await buy();
    await expectLeft(entryId);
  });

  it('from a closed send window', async () => {
    const today = new Date().getUTCDay();
    const days = [['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(today + 3) % 7]];
    const sendWindow = { days, from: '09:00', to: '10:00', timeZone: 'UTC' };
    const { path, tile } = await call(200, { sendWindow });
    const entryId = await enter([tile]);
    await runs(entryId, 'call');
    await buy();
    await expectLeft(entryId);
    expect(callsTo(path)).toEqual([]);
  });

  it('from the pause before a retry, whose delivery fails', async () => {
    const { path, tile } = await call(503);
    const entryId = await enter([tile]);
    await until(async () => (await world.passage(entryId)).deliveries[0]?.attempts[0]?.outcome === 'retry');
    await buy();
    const { deliveries } = await expectLeft(entryId);
    expect(deliveries).toMatchObject([
      { status: 'failed', reason: 'exit_rule', attempts: [{ status: 503 }] },
    ]);
    expect(callsTo(path)).toHaveLength(1);
  });

  it('from the queue of a rate limit', async () => {
    const { path, tile } = await call(200, { rateLimit: { limit: 2, per: 'hour' } });
    const journeyId = await world.journey([tile], undefined, { exitRules: BOUGHT });
    const others = [];
    for (const user of ['first', 'second', 'third']) {
      others.push(await world.enter(journeyId, { identity: { userId: `${user}-${people}` } }));
    }
    await until(async () => callsTo(path).length > 0);
    const entryId = await world.enter(journeyId, { identity });
    await until(() =>
      world.client.workflow
        .getHandle(entryId)
        .describe()
        .catch(() => undefined),
    );
    await buy();
    expect((await world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
    for (const other of others) await world.temporal.requestExit(other, null);
  });

  it('while a request is out, which is finished and recorded', async () => {
    let answer: (() => void) | undefined;
    const { path, tile } = await call((_request, response) => {
      answer = () => response.writeHead(200).end();
    });
    const after = await call(200, { id: 'after' });
    const entryId = await enter([tile, after.tile]);
    await until(async () => answer !== undefined);
    await buy();
    expect((await world.passage(entryId)).entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
    answer!();
    await expectLeft(entryId);
    const recorded = await until(async () => {
      const [delivery] = (await world.passage(entryId)).deliveries;
      return delivery!.attempts[0]?.outcome !== null && delivery;
    });
    expect(recorded.attempts).toMatchObject([{ outcome: 'delivered', status: 200 }]);
    expect(callsTo(path)).toHaveLength(1);
    expect(callsTo(after.path)).toEqual([]);
  });

  it('before a workflow has begun, which then sends nothing', async () => {
    const { path, tile } = await call(200);
    let entryId = '';
    await world.withoutWorker(async () => {
      entryId = await enter([tile]);
      await buy();
    });
    expect((await world.ended(entryId)).entry).toMatchObject({ status: 'exited', reason: 'exit_rule' });
    expect(callsTo(path)).toEqual([]);
  });
});

describe('a rule with a condition', () => {
  const PRO = [{ when: { field: 'profile.plan', is: 'equals', value: 'pro' }, name: 'Bought' }];

  it('takes a user out who meets it on entering, at the first tile', async () => {
    await update({ plan: 'pro' });
    const { path, tile } = await call(200);
    const entryId = await enter([tile], PRO);
    const { entry, deliveries } = await expectLeft(entryId);
    expect(entry.tileId).toBe('call');
    expect(deliveries).toEqual([]);
    expect(callsTo(path)).toEqual([]);
  });

  it.each<[string, () => Promise<object>]>([
    ['a delay', async () => ({ id: 'first', type: 'delay', for: '30 days' })],
    ['a wait', async () => ({ id: 'first', type: 'waitFor', for: [{ event: 'a' }], timeout: '30 days' })],
    ['a hand-off', async () => ({ id: 'first', type: 'sendToJourney', journeyId: await world.journey([]) })],
  ])('is judged at %s', async (_what, tile) => {
    await update({ plan: 'pro' });
    const entryId = await enter([await tile(), { id: 'last', type: 'delay', for: '30 days' }], PRO);
    expect((await expectLeft(entryId)).entry.tileId).toBe('first');
  });

  it('is judged by live data at the next tile', async () => {
    const source = {
      method: 'GET',
      dataRetrieval: true,
      liveDataFields: [{ path: 'score', type: 'number' }],
    };
    const endpoint = `${world.receiver.url}/score`;
    world.receiver.respondAt('/score', { body: { score: 90 } });
    const webhookId = await world.webhook({ endpoint, ...source });
    const { path, tile } = await call(200);
    const rules = [{ when: { field: 'liveData.score', is: 'greaterThan', value: 80 }, name: 'Bought' }];
    const entryId = await enter([{ id: 'fetch', type: 'liveData', webhookId, name: 'ask' }, tile], rules);
    expect((await expectLeft(entryId)).entry.tileId).toBe('call');
    expect(callsTo(path)).toEqual([]);
  });

  it('lets everybody else pass, and does not change what a journey without such rules costs', async () => {
    const listId = (await insertList(world.db, { name: 'Out', description: '' }))!;
    const costs = [];
    for (const rules of [BOUGHT, [...PRO, { listId }]]) {
      const { tile } = await call(200);
      const entryId = await enter([tile], rules);
      expect((await world.ended(entryId)).entry.status).toBe('completed');
      const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
      costs.push(calmEvents(events).length);
    }
    expect(costs).toEqual([11, 11]);
  });
});

it('says how the entry ended that was closed before its workflow had begun', async () => {
  let entryId = '';
  await world.withoutWorker(async () => {
    entryId = await enter([{ id: 'wait', type: 'delay', for: '1 day' }]);
    const has = (
      attributes: 'workflowExecutionStartedEventAttributes' | 'workflowExecutionSignaledEventAttributes',
    ) =>
      until(async () => {
        const history = await world.client.workflow
          .getHandle(entryId)
          .fetchHistory()
          .catch(() => undefined);
        return history?.events?.some((event) => event[attributes]);
      });
    // A signal that comes before the start finds nobody, and is not needed.
    await has('workflowExecutionStartedEventAttributes');
    await buy();
    await has('workflowExecutionSignaledEventAttributes');
  });
  await expectLeft(entryId);
});
