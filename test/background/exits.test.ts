import { type AcceptEntry, acceptEntry } from '../../src/db/entries/accept';
import { enqueuing } from '../../src/db/enqueue';
import { newEntryId } from '../../src/db/entries/insert';
import type { OutboxItem } from '../../src/db/outbox';
import { requestExit } from '../../src/background/exits';
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

const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];

describe('an exit that an operator asks for', () => {
  it('cancels an entry under way with the operator’s note, which never reaches Temporal', async () => {
    const entryId = await world.enter(await world.journey(tiles));
    const { entry } = await until(async () => {
      const passage = await world.passage(entryId);
      return passage.entry.status === 'running' && passage;
    });
    await requestExit(world, entry, 'Jane asked us to.');
    expect((await world.ended(entryId)).entry).toMatchObject({
      status: 'cancelled',
      reason: 'operator',
      detail: 'Jane asked us to.',
    });
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
    const { entry } = await world.passage(entryId);
    await requestExit(world, entry, '');
    expect((await world.passage(entryId)).entry).toMatchObject({
      status: 'cancelled',
      detail: 'Asked to exit.',
    });

    dispatch();
    await world.ended(entryId);
    const handle = world.client.workflow.getHandle(entryId);
    await expect(handle.result()).resolves.toEqual({ status: 'superseded' });
    expect(world.receiver.requests).toEqual([]);
  });

  it('reaches an entry whose workflow starts right after Temporal knew of none', async () => {
    const journeyId = await world.journey(tiles);
    const entryId = newEntryId();
    const identity = { email: 'test.user@example.com' };
    const dispatch = await acceptWithoutDispatch({ entryId, journeyId, identity, triggerData: {} });
    const requestThenStart: World['temporal']['requestExit'] = async (...entry) => {
      const wasRunning = await world.temporal.requestExit(...entry);
      dispatch();
      await until(async () => (await world.passage(entryId)).entry.status === 'running');
      return wasRunning;
    };
    const { db, enqueue } = world;
    const deps = { db, enqueue, temporal: { requestExit: requestThenStart } };
    await requestExit(deps, (await world.passage(entryId)).entry, 'The journey was archived.');
    expect((await world.ended(entryId)).entry).toMatchObject({
      status: 'cancelled',
      detail: 'The journey was archived.',
    });
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
