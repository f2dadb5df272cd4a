import { randomUUID } from 'node:crypto';
import { type AcceptEntry, acceptEntry } from '../../src/db/entries/accept';
import { enqueuing } from '../../src/db/enqueue';
import { newEntryId } from '../../src/db/entries/insert';
import { listEntries } from '../../src/db/entries/list';
import type { OutboxItem } from '../../src/db/outbox';
import { SYSTEM } from '../../src/domain/audit';
import { exitOne } from '../../src/usecases/entries/exit-one';
import { eraseUser } from '../../src/usecases/users/erase';
import { createApi } from '../support/api-world';
import { readable } from '../support/readable';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

/** Accepts an entry whose workflow is started only when the result is called. */
async function acceptWithoutDispatch(entry: AcceptEntry): Promise<() => void> {
  const items: OutboxItem[] = [];
  await enqueuing({ db: world.db, enqueue: (item) => void items.push(item) }, (db) => acceptEntry(db, entry));
  return () => items.forEach(world.enqueue);
}

/** As the API takes an entry out. */
const exit = (entryId: string, note = '', enqueue = world.enqueue) =>
  exitOne({ db: world.db, enqueue, author: SYSTEM }, entryId, note);

const EXIT_TILE = { id: 'end', type: 'exit' };
const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];

describe('an exit that an operator asks for', () => {
  it('cancels an entry under way with the operator’s note, which never reaches Temporal', async () => {
    const entryId = await world.enter(await world.journey(tiles));
    await until(async () => (await world.passage(entryId)).entry.status === 'running');
    await exit(entryId, 'Jane asked us to.');
    const cancelled = { status: 'cancelled', reason: 'operator', detail: 'Jane asked us to.' };
    expect((await world.passage(entryId)).entry).toMatchObject(cancelled);
    expect((await world.ended(entryId)).entry).toMatchObject(cancelled);
    const handle = world.client.workflow.getHandle(entryId);
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
    const history = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(readable(history)).toContain('"reason":"operator"');
    expect(readable(history)).not.toContain('Jane');
  });

  it('cancels an entry not yet dispatched, which then sends nothing', async () => {
    const journeyId = await world.journey([
      { id: 'call', type: 'webhook', webhookId: await world.webhook() },
    ]);
    const entryId = newEntryId();
    const identity = { email: 'test.user@example.com' };
    const dispatch = await acceptWithoutDispatch({ entryId, journeyId, identity, triggerData: {} });
    await exit(entryId);
    expect((await world.passage(entryId)).entry).toMatchObject({
      status: 'cancelled',
      detail: 'Asked to exit.',
    });

    dispatch();
    await world.ended(entryId);
    const handle = world.client.workflow.getHandle(entryId);
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
    expect(world.receiver.requests).toEqual([]);
  });

  it('reaches an entry whose workflow starts right after it was closed', async () => {
    const journeyId = await world.journey([
      { id: 'call', type: 'webhook', webhookId: await world.webhook() },
    ]);
    const entryId = newEntryId();
    const identity = { email: 'test.user@example.com' };
    const dispatch = await acceptWithoutDispatch({ entryId, journeyId, identity, triggerData: {} });
    const sent = world.receiver.requests.length;
    const signals: OutboxItem[] = [];
    await exit(entryId, '', (item) => void signals.push(item));
    dispatch();
    signals.forEach(world.enqueue);
    await world.ended(entryId);
    expect((await world.passage(entryId)).entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect(world.receiver.requests).toHaveLength(sent);
  });

  it('takes out an entry that a client started, from its delay', async () => {
    const journeyId = await world.journey(tiles);
    const handle = await world.client.workflow.start('journey', {
      workflowId: `client-${journeyId}`,
      taskQueue: world.taskQueue,
      args: [{ journeyId, userId: 'client' }],
    });
    const [started] = await until(async () => {
      const found = await listEntries(world.db, { journeyId, tileId: 'wait' }, { limit: 1 });
      return found.length > 0 && found;
    });
    await exit(started!.id, 'Enough.');
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
    expect((await world.passage(started!.id)).entry).toMatchObject({
      status: 'cancelled',
      detail: 'Enough.',
    });
  });

  it('sends nothing more while Temporal is away, and reaches the workflow afterwards', async () => {
    const path = `/${randomUUID()}`;
    world.receiver.respondAt(path, 503, 200);
    const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
    const entryId = await world.enter(await world.journey([{ id: 'call', type: 'webhook', webhookId }]));
    await until(async () => (await world.passage(entryId)).deliveries[0]?.attempts[0]?.outcome === 'retry');
    const signals: OutboxItem[] = [];
    await exit(entryId, '', (item) => void signals.push(item));
    const { entry, deliveries } = await world.passage(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator', detail: 'Asked to exit.' });
    expect(deliveries[0]).toMatchObject({ status: 'failed', reason: 'operator' });
    signals.forEach(world.enqueue);
    await world.ended(entryId);
    expect(world.receiver.requests.filter(({ url }) => url === path)).toHaveLength(1);
  });

  it('does not reach another entry that a client started under the same workflow id', async () => {
    const journeyId = await world.journey(tiles);
    const start = async () =>
      world.client.workflow.start('journey', {
        workflowId: 'shared',
        taskQueue: world.taskQueue,
        args: [{ journeyId, userId: 'shared' }],
      });
    const first = await start();
    await first.terminate();
    const second = await start();
    expect(await world.temporal.requestExit('shared', first.firstExecutionRunId)).toBe(false);
    expect(await world.temporal.requestExit('shared', second.firstExecutionRunId)).toBe(true);
  });
});

describe('an entry whose user is erased', () => {
  it.each<[string, object]>([
    ['a delay', tiles[0]!],
    ['a wait', { id: 'wait', type: 'waitFor', for: [{ event: 'go' }], timeout: '1 day' }],
  ])('leaves %s at once', async (_what, tile) => {
    const identity = { userId: `erased ${randomUUID()}` };
    const entryId = await world.enter(await world.journey([tile]), { identity });
    await until(async () => (await world.passage(entryId)).entry.status === 'running');
    await eraseUser({ ...world, author: SYSTEM }, identity, Date.now());
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'user_deleted', userId: null });
    const handle = world.client.workflow.getHandle(entryId);
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
  });
});

describe('an exit tile without a reason', () => {
  it('is the last step of the entry’s path, and is counted', async () => {
    const api = await createApi(world);
    const journeyId = await world.journey([
      ...tiles.map((tile) => ({ ...tile, for: '1 second' })),
      EXIT_TILE,
    ]);
    const entryId = await world.enter(journeyId, { identity: { userId: 'arrives' } });
    await world.ended(entryId);
    const { body } = await api.call('GET', `/api/entries/${entryId}`);
    expect(body).toMatchObject({ status: 'completed', tileId: 'end', detail: null });
    expect(body.path).toMatchObject([{ tileId: 'wait' }, { tileId: 'end', took: 0, way: 'exit', why: null }]);
    const counts = (await api.call('GET', `/api/journeys/${journeyId}/tiles`)).body.tiles;
    expect(counts).toContainEqual(expect.objectContaining({ tileId: 'end', passed: 1, ways: { exit: 1 } }));
    await api.close();
  });
});

describe('an entry whose user enters again in a journey that restarts', () => {
  it('leaves its delay at once, as superseded, and its workflow completes', async () => {
    const restarting = { reentry: { onActive: 'restart' } };
    const journeyId = await world.journey(tiles, undefined, restarting);
    const old = await world.enter(journeyId);
    await until(async () => (await world.passage(old)).entry.status === 'running');
    const fresh = await world.enter(journeyId);
    const { entry } = await world.ended(old);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'superseded' });
    const handle = world.client.workflow.getHandle(old);
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
    expect((await handle.describe()).searchAttributes).toMatchObject({ WayhookReason: ['superseded'] });
    await until(async () => (await world.passage(fresh)).entry.status === 'running');
  });
});
