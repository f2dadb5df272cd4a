import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { closeEntry } from '../../src/db/entries/close';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { markWebhookDeleted } from '../../src/db/webhooks/webhooks';
import { DAYS } from '../../src/domain/time/days';
import { newSigningSecret } from '../../src/webhook/sign';
import { reconcile } from '../../src/background/reconciler';
import {
  exitSignal,
  type JourneyStart,
  limitedQueueOf,
  statusQuery,
  WORKFLOW_TYPE,
} from '../../src/workflows/messages';
import { type ApiWorld, createApi } from '../support/api-world';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';
import { undispatched } from '../support/database';

let world: World;
let api: ApiWorld;
const silent = { info: () => undefined, warn: () => undefined };

beforeAll(async () => {
  world = await createWorld();
  api = await createApi(world);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

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

/** Starts an entry as a program with only a Temporal client does. */
async function startBare(
  argument: Record<string, unknown>,
  { workflowId = `bare-${randomUUID()}`, of = world }: { workflowId?: string; of?: World } = {},
) {
  const { client, taskQueue } = of;
  return client.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue, args: [argument] });
}

/** The entries of a workflow id, as the API lists them. */
async function entriesOf(workflowId: string, { call } = api): Promise<Entry[]> {
  const { body } = await call('GET', '/api/entries?pageSize=200');
  return body.entries.filter((entry: Entry) => entry.temporal.workflowId === workflowId);
}

interface Entry {
  id: string;
  status: string;
  temporal: { workflowId: string; runId: string };
}

describe('an entry started by a bare Temporal client', () => {
  it('behaves like any other and is listed like any other', async () => {
    const journeyId = await world.journey([await webhookTile('/bare', 200)]);
    const before = await world.enter(await world.journey([]));
    const handle = await startBare({ journeyId, email: EMAIL, dataFields: { color: 'red' }, version: null });
    await expect(handle.result()).resolves.toEqual({ status: 'completed' });
    const [entry, ...others] = await entriesOf(handle.workflowId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ journeyId, version: 1, email: EMAIL, status: 'completed' });
    expect(callsTo('/bare')[0]!.json()).toEqual({ color: 'red', email: EMAIL, workflowId: journeyId });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ WayhookJourneyId: [journeyId], WayhookVersion: [1] });
    const after = await world.enter(await world.journey([]));
    expect([after, entry!.id, before].sort()).toEqual([before, entry!.id, after]);
  });

  it('may reuse a workflow id once its entry has ended', async () => {
    const journeyId = await world.journey([await webhookTile('/again', 200)]);
    const first = await startBare({ journeyId, userId: 'again' });
    await first.result();
    const { workflowId } = first;
    await (await startBare({ journeyId, userId: 'again' }, { workflowId })).result();
    expect((await entriesOf(first.workflowId)).map((entry) => entry.status)).toEqual([
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
    ['an invalid email', (journeyId) => ({ journeyId, email: 'jane' })],
  ])('fails with invalid_start for %s, and sends nothing', async (_what, argument) => {
    const journeyId = await world.journey([await webhookTile('/never', 200)]);
    const failure = await (await startBare(argument(journeyId))).result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({ type: 'invalid_start' });
    expect(String((failure as WorkflowFailedError).cause)).not.toContain(EMAIL);
    expect(callsTo('/never')).toHaveLength(0);
  });

  it.each([
    ['a limit', { reentry: { after: '10 weeks' } }, 'reentry'],
    ['a condition', { entry: { source: 'api', where: { field: 'trigger.total', is: 'isSet' } } }, 'where'],
  ])('fails with invalid_start where %s keeps the user out, and says which', async (_what, fields, word) => {
    const journeyId = await world.journey([], undefined, fields);
    const userId = `kept out by ${word}`;
    await world.enter(journeyId, { identity: { userId }, dataFields: { total: 1 } });
    const failure = await (await startBare({ journeyId, userId })).result().catch((error: unknown) => error);
    expect((failure as WorkflowFailedError).cause).toMatchObject({
      type: 'invalid_start',
      message: `An entry limit or the condition of the journey keeps the user out: ${word}.`,
    });
  });
});

describe('an entry', () => {
  it('sends nothing from a second run of its workflow, and stays as it was', async () => {
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
    const again = await startBare({ ...start }, { workflowId: entryId });
    await expect(again.result()).resolves.toEqual({ status: 'superseded' });
    expect(callsTo('/once')).toHaveLength(1);
    expect((await world.passage(entryId)).entry).toMatchObject({ status: 'completed', firstRunId });
  });

  it('starts once however often it is dispatched', async () => {
    const journeyId = await world.journey([await webhookTile('/dispatched', 200)]);
    const entryId = await world.enter(journeyId);
    const plan = { start: 'call', tiles: { call: { kind: 'webhook' as const, webhookId: 1, next: null } } };
    await world.ended(entryId);
    const handle = world.client.workflow.getHandle(entryId);
    const { runId } = await handle.describe();
    await world.temporal.startJourney({ entryId, journeyId, version: 1, plan });
    expect((await handle.describe()).runId).toBe(runId);
    expect(callsTo('/dispatched')).toHaveLength(1);
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

  it('fails its workflow with the reason, in the failure and the search attributes, when a webhook failed', async () => {
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

  it('completes without a tile, and after a last tile that is a wait or an exit', async () => {
    const wait = { id: 'wait', type: 'delay', for: '2 days' };
    for (const tiles of [[], [wait], [wait, { id: 'out', type: 'exit' }]]) {
      const { entry } = await world.ended(await world.enter(await world.journey(tiles)));
      expect(entry).toMatchObject({ status: 'completed', reason: null });
    }
  });

  it('goes round a cycle with one delivery per visit of a tile', async () => {
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

  it('continues as new before its history grows too long, and keeps counting its visits', async () => {
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
  });

  it('schedules a rate-limited tile on the limited queue under its own fairness key', async () => {
    const journeyId = await world.journey([await webhookTile('/limited', 200)]);
    const limit = { key: `${journeyId}/call`, weight: 0.5 };
    const tiles = { call: { kind: 'webhook' as const, webhookId: 1, next: null, limit } };
    const entry = { id: `ent_${randomUUID()}`, plan: { start: 'call', tiles }, maxRequests: 4 };
    const handle = await startBare({ journeyId, version: 1, entry }, { workflowId: entry.id });
    // The limited worker takes the task; there is no such entry in the database.
    await expect(handle.result()).resolves.toEqual({ status: 'superseded' });
    const { events } = await handle.fetchHistory();
    const scheduled = events!.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(scheduled).toMatchObject([
      {
        taskQueue: { name: limitedQueueOf(world.taskQueue) },
        priority: { fairnessKey: limit.key, fairnessWeight: limit.weight },
      },
    ]);
  });

  it('is not closed a second time', async () => {
    const tile = await webhookTile('/closed', 200);
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '1 hour' }, tile]);
    const handle = await startBare({ journeyId, userId: 'closed' });
    await handle.result().catch(() => undefined);
    const [entry] = await entriesOf(handle.workflowId);
    const owner = { entryId: entry!.id, workflowId: handle.workflowId, firstRunId: entry!.temporal.runId };
    await closeEntry(
      undispatched(world.db),
      owner,
      { status: 'cancelled', reason: 'operator', detail: 'late' },
      Date.now(),
    );
    expect((await entriesOf(handle.workflowId))[0]).toMatchObject({ status: 'completed', detail: null });
  });
});

describe('an entry that waits', () => {
  let calm: World;
  let calmApi: ApiWorld;
  beforeAll(async () => {
    calm = await createWorld({ skipTime: false });
    calmApi = await createApi(calm);
  });
  afterAll(async () => {
    await calmApi.close();
    await calm.close();
  });

  const WAIT = { id: 'wait', type: 'delay', for: '1 day' };

  /** The entry's workflow, once it waits at the delay. */
  async function waiting(workflowId: string) {
    const handle = calm.client.workflow.getHandle(workflowId);
    await until(async () => {
      const description = await handle.describe().catch(() => undefined);
      return description?.searchAttributes.WayhookTile;
    });
    return handle;
  }

  it('is cancelled by the exit signal, between two of its requests', async () => {
    calm.receiver.respondAt('/unwell', 503);
    const webhookId = await calm.webhook({ endpoint: `${calm.receiver.url}/unwell` });
    const entryId = await calm.enter(await calm.journey([{ id: 'call', type: 'webhook', webhookId }]));
    await until(async () => (await calm.passage(entryId)).deliveries[0]?.attempts[0]?.outcome === 'retry');
    const handle = calm.client.workflow.getHandle(entryId);
    await handle.signal(exitSignal, { reason: 'operator' });
    const { entry, deliveries } = await calm.ended(entryId);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator', detail: 'Asked to exit.' });
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'operator', attempts: [{ status: 503 }] }]);
    await expect(handle.result()).resolves.toEqual({ status: 'cancelled' });
  });

  it('is cancelled by a cancellation in Temporal', async () => {
    const { workflowId } = await startBare(
      { journeyId: await calm.journey([WAIT]), userId: 'cancelled' },
      { of: calm },
    );
    const handle = await waiting(workflowId);
    await handle.cancel();
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    const [entry] = await entriesOf(workflowId, calmApi);
    expect(entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('has its row closed by the reconciler after it was terminated', async () => {
    const entryId = await calm.enter(await calm.journey([WAIT]));
    await (await waiting(entryId)).terminate();
    await until(async () => {
      await reconcile({ ...calm, log: silent }, 'broken');
      return (await calm.passage(entryId)).entry.endedAt;
    });
    const { entry } = await calm.passage(entryId);
    expect(entry).toMatchObject({
      status: 'cancelled',
      reason: 'operator',
      detail: 'Terminated in Temporal.',
    });
  });

  it('goes on after a reset of its workflow without sending again what was delivered', async () => {
    const { temporal } = calm;
    const webhookId = await calm.webhook({ endpoint: `${calm.receiver.url}/reset` });
    const entryId = await calm.enter(await calm.journey([{ id: 'first', type: 'webhook', webhookId }, WAIT]));
    const handle = await waiting(entryId);
    const { events } = await handle.fetchHistory();
    const decided = events!.find((event) => event.workflowTaskCompletedEventAttributes)!;
    const { runId } = await calm.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: entryId },
      workflowTaskFinishEventId: decided.eventId,
      requestId: randomUUID(),
      reason: 'test',
    });
    await until(async () => {
      for await (const closed of temporal.closedSince(new Date(Date.now() - 3_600_000), 'broken'))
        if (closed.workflowId === entryId) return true;
      return false;
    });
    await waiting(entryId);
    await reconcile({ ...calm, log: silent }, 'broken');
    expect((await calm.passage(entryId)).entry).toMatchObject({ status: 'running', tileId: 'wait' });
    expect((await handle.describe()).runId).toBe(runId);
    expect(calm.receiver.requests.filter(({ url }) => url === '/reset')).toHaveLength(1);
  });

  it('answers the status query with its place', async () => {
    const journeyId = await calm.journey([WAIT]);
    const entryId = await calm.enter(journeyId);
    const handle = await waiting(entryId);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ WayhookTile: ['wait'], WayhookJourneyId: [journeyId] });
    const progress = await handle.query(statusQuery);
    expect(progress).toEqual({
      tileId: 'wait',
      visited: ['wait'],
      path: [{ tileId: 'wait', way: null }],
      waitingFor: 'delay',
    });
    expect((await calm.passage(entryId)).entry).toMatchObject({ status: 'running', tileId: 'wait' });
  });

  const says = async (entryId: string, waitingFor: string) => {
    const handle = calm.client.workflow.getHandle(entryId);
    const isSaid = () => handle.query(statusQuery).then((progress) => progress.waitingFor === waitingFor);
    await until(() => isSaid().catch(() => false));
    return handle;
  };
  const detailsOf = async (handle: WorkflowHandle) =>
    ((await handle.query('__temporal_workflow_metadata')) as { currentDetails: string }).currentDetails;

  it.each<[string, () => object | Promise<object>, RegExp]>([
    ['delay', () => WAIT, /Waits for its delay to pass, until \d{4}-/],
    ['event', () => ({ id: 'wait', type: 'waitFor', for: [{ event: 'go' }], timeout: '1 day' }), /an event/],
    [
      'request',
      async () => {
        calm.receiver.respondAt('/waits/request', 503);
        const webhookId = await calm.webhook({ endpoint: `${calm.receiver.url}/waits/request` });
        return { id: 'wait', type: 'webhook', webhookId };
      },
      /to be retried/,
    ],
    [
      'window',
      async () => {
        const hourIn = (hours: number) =>
          new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
        const sendWindow = { days: DAYS, from: hourIn(10), to: hourIn(20), timeZone: 'UTC' };
        return { id: 'wait', type: 'webhook', webhookId: await calm.webhook(), sendWindow };
      },
      /the send window to open, until \d{4}-/,
    ],
    [
      'callback',
      async () => {
        calm.receiver.respondAt('/waits/callback', 202);
        const endpoint = `${calm.receiver.url}/waits/callback`;
        const webhookId = await calm.webhook({ endpoint, signing: { enabled: true } });
        await insertSigningSecret(calm.db, calm.sealer, { webhookId }, newSigningSecret());
        return { id: 'wait', type: 'webhook', webhookId, callback: { timeout: '1 day' } };
      },
      /the endpoint to call back, until \d{4}-/,
    ],
  ])('says “%s” in the query and in the Web UI', async (waitingFor, tile, details) => {
    const entryId = await calm.enter(await calm.journey([await tile()]));
    const handle = await says(entryId, waitingFor);
    expect(await detailsOf(handle)).toMatch(details);
    await handle.terminate();
  });
});

describe('what cannot be sent', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a host that does not exist', { endpoint: 'https://does-not-exist.invalid/' }, 'invalid_url'],
    ['an address that is not allowed', { endpoint: 'http://[::1]:1/' }, 'blocked_address'],
    ['a value that would change the host', { endpoint: 'http://{{host}}.example.com/' }, 'invalid_url'],
    [
      'a value that would change the resource',
      { endpoint: 'http://127.0.0.1:1/users/{{dots}}' },
      'invalid_url',
    ],
    [
      'a body that a value leaves without form',
      { body: '{"a": {{#if host}}1{{else}}2{{/if}} {{host}} }' },
      'render',
    ],
  ])('ends the entry: %s (B026, B149)', async (_what, webhook, reason) => {
    const webhookId = await world.webhook(webhook);
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const entryId = await world.enter(journeyId, { dataFields: { host: 'evil.test/?', dots: '..' } });
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'exited', reason });
    expect(entry.detail).not.toContain('evil');
  });
});
