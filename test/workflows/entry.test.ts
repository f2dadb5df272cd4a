import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { closeEntry } from '../../src/db/entryEnds';
import { entries } from '../../src/db/schema';
import { markWebhookDeleted } from '../../src/db/webhooks';
import { reconcile } from '../../src/dispatch/reconciler';
import { exitSignal, type JourneyStart, statusQuery, WORKFLOW_TYPE } from '../../src/workflows/messages';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;
const silent = { info: () => undefined, warn: () => undefined };

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const EMAIL = 'jane.roe@example.com';

async function webhookTile(path: string, ...replies: Parameters<World['receiver']['respond']>) {
  world.receiver.respondAt(path, ...replies);
  return {
    id: 'call',
    type: 'webhook',
    webhookId: await world.webhook({ endpoint: world.receiver.url + path }),
  };
}
const callsTo = (path: string) => world.receiver.requests.filter((request) => request.url === path);

/** Starts an entry as a program does that has a Temporal client and nothing else. */
async function startBare(argument: Record<string, unknown>, workflowId = `bare-${randomUUID()}`) {
  return world.client.workflow.start(WORKFLOW_TYPE, {
    workflowId,
    taskQueue: world.taskQueue,
    args: [argument],
  });
}
async function entryOf(workflowId: string) {
  return world.db.select().from(entries).where(eq(entries.workflowId, workflowId));
}
describe('an entry started by a bare Temporal client', () => {
  it('behaves like any other and is listed like any other', async () => {
    const journeyId = await world.journey([await webhookTile('/bare', 200)]);
    const handle = await startBare({ journeyId, email: EMAIL, dataFields: { color: 'red' }, version: null });
    await expect(handle.result()).resolves.toEqual({ status: 'completed' });
    const [entry, ...others] = await entryOf(handle.workflowId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      journeyId,
      version: 1,
      status: 'completed',
      triggerData: { color: 'red' },
    });
    expect(callsTo('/bare')[0]!.json()).toEqual({ color: 'red', email: EMAIL, workflowId: journeyId });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ WayhookJourneyId: [journeyId], WayhookVersion: [1] });
  });

  it('may use a workflow id again once its entry has ended', async () => {
    const journeyId = await world.journey([await webhookTile('/again', 200)]);
    const first = await startBare({ journeyId, userId: 'again' });
    await first.result();
    await (await startBare({ journeyId, userId: 'again' }, first.workflowId)).result();
    expect((await entryOf(first.workflowId)).map((entry) => entry.status)).toEqual([
      'completed',
      'completed',
    ]);
    expect(callsTo('/again')).toHaveLength(2);
  });

  it.each<[string, (journeyId: number) => Record<string, unknown>]>([
    ['a journey that does not exist', () => ({ journeyId: 999_999, email: EMAIL })],
    ['a journey id that is text', (journeyId) => ({ journeyId: String(journeyId), email: EMAIL })],
    ['a version that does not exist', (journeyId) => ({ journeyId, email: EMAIL, version: 99 })],
    ['no user', (journeyId) => ({ journeyId })],
    ['an email that is none', (journeyId) => ({ journeyId, email: 'jane' })],
  ])('fails with invalid_start for %s, and sends nothing', async (_what, argument) => {
    const journeyId = await world.journey([await webhookTile('/never', 200)]);
    const failure = await (await startBare(argument(journeyId))).result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({ type: 'invalid_start' });
    expect(String((failure as WorkflowFailedError).cause)).not.toContain(EMAIL);
    expect(callsTo('/never')).toHaveLength(0);
  });
});

describe('an entry', () => {
  it('sends nothing for a second run of its workflow, and its row stays true', async () => {
    const journeyId = await world.journey([await webhookTile('/once', 200)]);
    const entryId = await world.enter(journeyId);
    await world.ended(entryId);
    const { firstRunId } = (await world.passage(entryId)).entry;
    const tiles = { call: { kind: 'webhook' as const, webhookId: 1, next: null } };
    const start: JourneyStart = {
      journeyId,
      version: 1,
      entry: { id: entryId, plan: { start: 'call', tiles }, maxRequests: 4 },
    };
    const again = await startBare({ ...start }, entryId);
    await expect(again.result()).resolves.toEqual({ status: 'superseded' });
    expect(callsTo('/once')).toHaveLength(1);
    expect((await world.passage(entryId)).entry).toMatchObject({ status: 'completed', firstRunId });
  });

  it('starts once however often it is dispatched', async () => {
    const journeyId = await world.journey([await webhookTile('/dispatched', 200)]);
    const entryId = await world.enter(journeyId);
    const plan = { start: 'call', tiles: { call: { kind: 'webhook' as const, webhookId: 1, next: null } } };
    await world.ended(entryId);
    await world.temporal.startJourney({ entryId, journeyId, version: 1, plan });
    expect(callsTo('/dispatched')).toHaveLength(1);
  });

  it('is cancelled by the exit signal, in the middle of its retries', async () => {
    const journeyId = await world.journey([await webhookTile('/unwell', (_request, response) => {
      response.writeHead(503).end();
      void world.client.workflow.getHandle(entryId).signal(exitSignal, { reason: 'operator' });
    })]); // prettier-ignore
    const entryId = await world.enter(journeyId);
    const { entry, deliveries } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator', detail: 'Asked to exit.' });
    expect(deliveries[0]).toMatchObject({ status: 'failed', reason: 'operator' });
    await expect(world.client.workflow.getHandle(entryId).result()).resolves.toEqual({ status: 'cancelled' });
  });

  it('is cancelled by a cancellation in Temporal', async () => {
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '1 day' }]);
    const handle = await startBare({ journeyId, userId: 'cancelled' });
    await handle.cancel();
    await handle.result().catch(() => undefined);
    const [entry] = await entryOf(handle.workflowId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('has its row closed by the reconciler after it was terminated', async () => {
    const calm = await createWorld({ skipTime: false });
    try {
      const journeyId = await calm.journey([{ id: 'wait', type: 'delay', for: '1 day' }]);
      const entryId = await calm.enter(journeyId);
      await until(async () => (await calm.passage(entryId)).entry.status === 'running');
      await calm.client.workflow.getHandle(entryId).terminate();
      await until(() => reconcile({ db: calm.db, temporal: calm.temporal, log: silent }));
      const { entry } = await calm.passage(entryId);
      expect(entry).toMatchObject({
        status: 'cancelled',
        reason: 'operator',
        detail: 'Terminated in Temporal.',
      });
    } finally {
      await calm.close();
    }
  });

  it('does not send again what was delivered before its workflow was reset', async () => {
    const calm = await createWorld({ skipTime: false });
    try {
      const webhookId = await calm.webhook();
      const journeyId = await calm.journey([
        { id: 'first', type: 'webhook', webhookId },
        { id: 'wait', type: 'delay', for: '3 seconds' },
        { id: 'last', type: 'webhook', webhookId },
      ]);
      const entryId = await calm.enter(journeyId);
      await calm.receiver.waitFor(1);
      await calm.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: entryId },
        workflowTaskFinishEventId: 4 as never,
        requestId: randomUUID(),
        reason: 'test',
      });
      const { entry } = await calm.ended(entryId);
      expect(entry.status).toBe('completed');
      expect(calm.receiver.requests).toHaveLength(2);
      expect(await reconcile({ db: calm.db, temporal: calm.temporal, log: silent })).toBe(0);
    } finally {
      await calm.close();
    }
  });

  it('says where it is when asked', async () => {
    const calm = await createWorld({ skipTime: false });
    try {
      const journeyId = await calm.journey([{ id: 'wait', type: 'delay', for: '1 day' }]);
      const entryId = await calm.enter(journeyId);
      const handle = calm.client.workflow.getHandle(entryId);
      const attributes = await until(async () => {
        const description = await handle.describe().catch(() => undefined);
        return description?.searchAttributes.WayhookTile && description.searchAttributes;
      });
      expect(attributes).toMatchObject({ WayhookTile: ['wait'], WayhookJourneyId: [journeyId] });
      const progress = await handle.query(statusQuery);
      expect(progress).toEqual({ tileId: 'wait', visited: ['wait'], waitingFor: 'delay' });
      expect((await calm.passage(entryId)).entry).toMatchObject({ status: 'running', tileId: 'wait' });
      await handle.terminate();
    } finally {
      await calm.close();
    }
  });

  it('exits when the webhook of its tile was deleted (B126)', async () => {
    const tile = await webhookTile('/deleted', 200);
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '1 hour' }, tile]);
    await markWebhookDeleted(world.db, tile.webhookId);
    const { entry, deliveries } = await world.ended(await world.enter(journeyId));
    expect(entry).toMatchObject({ status: 'exited', reason: 'webhook_deleted', tileId: 'call' });
    expect(deliveries).toMatchObject([{ status: 'failed', attempts: [] }]);
    expect(callsTo('/deleted')).toHaveLength(0);
  });

  it('fails its workflow with the reason when a webhook failed, for people and for searches', async () => {
    const journeyId = await world.journey([await webhookTile('/bad', 400)]);
    const entryId = await world.enter(journeyId);
    await world.ended(entryId);
    const handle = world.client.workflow.getHandle(entryId);
    const failure = (await handle.result().catch((error: unknown) => error)) as WorkflowFailedError;
    expect(failure.cause).toMatchObject({
      type: 'http_status',
      message: expect.stringContaining('tile call'),
    });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ WayhookReason: ['http_status'], WayhookTile: ['call'] });
  });

  it('completes when its journey has no tile, and when its last tile is a wait or an exit', async () => {
    const wait = { id: 'wait', type: 'delay', for: '2 days' };
    for (const tiles of [[], [wait], [wait, { id: 'out', type: 'exit' }]]) {
      const { entry } = await world.ended(await world.enter(await world.journey(tiles)));
      expect(entry).toMatchObject({ status: 'completed', reason: null });
    }
  });

  it('goes round a cycle, one delivery for each visit of a tile', async () => {
    const tile = await webhookTile('/round', 200, 200, 400);
    const journeyId = await world.journey([
      { ...tile, next: 'wait' },
      { id: 'wait', type: 'delay', for: '1 day', next: 'call' },
    ]);
    const { entry, deliveries } = await world.ended(await world.enter(journeyId));
    expect(entry.status).toBe('exited');
    expect(deliveries.map(({ visit, status }) => [visit, status])).toEqual([
      [1, 'delivered'],
      [2, 'delivered'],
      [3, 'failed'],
    ]);
    expect(new Set(callsTo('/round').map((request) => request.headers['webhook-id'])).size).toBe(3);
  });

  it('goes on in a new run before its history grows too long, and loses no count of its visits', async () => {
    const rounds = 50;
    const tile = await webhookTile('/long', ...Array<number>(rounds).fill(200), 400);
    const journeyId = await world.journey([
      { ...tile, next: 'wait' },
      { id: 'wait', type: 'delay', for: '1 second', next: 'call' },
    ]);
    const { entry, deliveries } = await world.ended(await world.enter(journeyId));
    const { runId } = await world.client.workflow.getHandle(entry.id).describe();
    expect(entry).toMatchObject({ status: 'exited', reason: 'http_status' });
    expect(runId).not.toBe(entry.firstRunId);
    expect(deliveries.map((delivery) => delivery.visit).sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: rounds + 1 }, (_, index) => index + 1),
    );
    expect(callsTo('/long')).toHaveLength(rounds + 1);
  }, 120_000);

  it('hands a limited tile to the limited queue, under its own fairness key', async () => {
    const journeyId = await world.journey([await webhookTile('/limited', 200)]);
    const limit = { queue: `${world.taskQueue}-limited`, key: `${journeyId}/call`, weight: 0.5 };
    const tiles = { call: { kind: 'webhook' as const, webhookId: 1, next: null, limit } };
    const entry = { id: `ent_${randomUUID()}`, plan: { start: 'call', tiles }, maxRequests: 4 };
    const handle = await startBare({ journeyId, version: 1, entry });
    const scheduled = await until(async () => {
      const { events } = await handle.fetchHistory();
      return events?.find((event) => event.activityTaskScheduledEventAttributes)
        ?.activityTaskScheduledEventAttributes;
    });
    expect(scheduled).toMatchObject({
      taskQueue: { name: limit.queue },
      priority: { fairnessKey: limit.key, fairnessWeight: limit.weight },
    });
    await handle.terminate();
  });

  it('leaves alone a row that was closed before it came to a tile', async () => {
    const tile = await webhookTile('/closed', 200);
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '1 hour' }, tile]);
    const handle = await startBare({ journeyId, userId: 'closed' });
    await handle.result().catch(() => undefined);
    const [entry] = await entryOf(handle.workflowId);
    const owner = { entryId: entry!.id, firstRunId: entry!.firstRunId! };
    await closeEntry(
      world.db,
      owner,
      { status: 'cancelled', reason: 'operator', detail: 'late' },
      Date.now(),
    );
    expect((await entryOf(handle.workflowId))[0]).toMatchObject({ status: 'completed', detail: null });
  });
});

describe('what cannot be sent', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a host that does not exist', { endpoint: 'https://does-not-exist.invalid/' }, 'invalid_url'],
    ['an address that is not allowed', { endpoint: 'http://[::1]:1/' }, 'blocked_address'],
    ['a value that would change the host', { endpoint: 'http://{{host}}.example.com/' }, 'invalid_url'],
    [
      'a body that a value leaves without form',
      { body: '{"a": {{#if host}}1{{else}}2{{/if}} {{host}} }' },
      'render',
    ],
  ])('ends the entry: %s (B026, B149)', async (_what, webhook, reason) => {
    const webhookId = await world.webhook(webhook);
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const entryId = await world.enter(journeyId, { dataFields: { host: 'evil.test/?' } });
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'exited', reason });
    expect(entry.detail).not.toContain('evil');
  });
});
