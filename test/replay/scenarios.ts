import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { setConsent } from '../../src/usecases/users/set-consent';
import { deliveries, webhooks } from '../../src/db/schema';
import { insertSecret } from '../../src/db/secrets/secrets';
import { insertList } from '../../src/db/lists/lists';
import { updateUser } from '../../src/db/users/users';
import { exitSignal, WORKFLOW_TYPE } from '../../src/workflows/messages';
import { align } from '../support/schedules';
import { listen, silence } from '../support/event-webhook';
import { until } from '../support/until';
import type { World } from '../support/world';

type Replies = Parameters<World['receiver']['respond']>;

/** A webhook tile whose endpoint gives these replies, in turn. */
async function call(
  world: World,
  replies: Replies,
  tile: object = {},
  webhook: object = {},
): Promise<object> {
  const path = `/${randomUUID()}`;
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path, ...webhook });
  return { id: 'call', type: 'webhook', webhookId, ...tile };
}

async function walk(world: World, tiles: object[]): Promise<string> {
  const entryId = await world.enter(await world.journey(tiles));
  await world.ended(entryId);
  return entryId;
}

/** Tells an endpoint that gives these replies of a new user. */
async function tell(world: World, replies: Replies): Promise<string> {
  const { id } = await listen(world, ['participant.created'], { replies });
  const change = { userId: randomUUID(), dataFields: {}, mergeNestedObjects: false, createNewFields: true };
  await updateUser(world, change);
  const [delivery] = await world.db.select().from(deliveries).where(eq(deliveries.eventWebhookId, id));
  const handle = world.client.workflow.getHandle(delivery!.id);
  await until(() => handle.result().catch((error: unknown) => error instanceof WorkflowFailedError));
  await silence(world);
  return delivery!.id;
}

/** Each plays one story to its end and returns the workflow's id. */
export const scenarios: Record<string, (world: World) => Promise<string>> = {
  'one-webhook': async (world) => walk(world, [await call(world, [200])]),

  'two-webhooks-with-a-wait-between': async (world) =>
    walk(world, [
      await call(world, [200]),
      { id: 'wait', type: 'delay', for: '3 days' },
      await call(world, [200], { id: 'last' }),
    ]),

  'retried-then-delivered': async (world) => walk(world, [await call(world, [503, 503, 200])]),
  'limited-tile': async (world) =>
    walk(world, [await call(world, [503, 200], { rateLimit: { limit: 10, per: 'second' } })]),
  'retries-exhausted': async (world) => walk(world, [await call(world, [504])]),
  'refused-then-exited': async (world) => walk(world, [await call(world, [400])]),

  'failure-way': async (world) =>
    walk(world, [await call(world, [400], { onFailure: 'out' }), { id: 'out', type: 'exit' }]),

  'live-data-then-the-profile': async (world) => {
    const data = { method: 'GET', dataRetrieval: true, liveDataFields: [{ path: 'a', type: 'number' }] };
    const url = `${world.receiver.url}/${randomUUID()}`;
    world.receiver.respondAt(new URL(url).pathname, { body: {} });
    return walk(world, [
      await call(world, [{ body: { a: 1 } }], { type: 'liveData', name: 'score' }, data),
      { id: 'sync', type: 'userProfile', url },
    ]);
  },

  'webhook-deleted-with-a-failure-way': async (world) => {
    const tile = await call(world, [200], { onFailure: 'exit' });
    await world.deleteWebhook((tile as { webhookId: number }).webhookId);
    return walk(world, [tile]);
  },

  'declined-consent': async (world) => {
    const identity = { email: 'declined@example.com' };
    const consent = { category: 'news' };
    const webhook = { url: world.receiver.url, consent };
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhook }]);
    await updateUser(world, {
      ...identity,
      dataFields: {},
      mergeNestedObjects: false,
      createNewFields: true,
    });
    await setConsent(world, identity, consent.category, 'decline');
    const entryId = await world.enter(journeyId, { identity });
    await world.ended(entryId);
    return entryId;
  },

  'a-cycle': async (world) =>
    walk(world, [
      await call(world, [200, 200, 410], { next: 'wait' }),
      { id: 'wait', type: 'delay', for: '1 day', next: 'call' },
    ]),

  'sent-to-another-journey': async (world) => {
    const other = await world.journey([{ id: 'out', type: 'exit' }], undefined, {
      entry: { source: 'journey' },
    });
    const last = { id: 'last', type: 'sendToJourney', journeyId: other };
    return walk(world, [
      { id: 'first', type: 'sendToJourney', journeyId: other },
      await call(world, [200]),
      last,
    ]);
  },

  'token-refreshed': async (world) => {
    const path = `/${randomUUID()}`;
    world.receiver.respondAt(path, { body: { access_token: 'token' } });
    const tokenUrl = world.receiver.url + path;
    const authentication = { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl };
    return walk(world, [await call(world, [503, 401, 200], {}, { authentication })]);
  },

  'our-own-fault-waited-out': async (world) => {
    const tile = await call(world, [503, 200], {}, { authentication: { type: 'basic', token: 'a' } });
    const { webhookId } = tile as { webhookId: number };
    await world.db.update(webhooks).set({ secretId: null }).where(eq(webhooks.id, webhookId));
    const entryId = await world.enter(await world.journey([tile]));
    const handle = world.client.workflow.getHandle(entryId);
    await until(async () =>
      (await handle.fetchHistory().catch(() => undefined))?.events?.some(
        (e) => e.timerStartedEventAttributes,
      ),
    );
    const secretId = await insertSecret(world.db, world.sealer, 'a');
    await world.db.update(webhooks).set({ secretId }).where(eq(webhooks.id, webhookId));
    await world.ended(entryId);
    return entryId;
  },

  'exit-signal-between-retries': async (world) => {
    const leave: Replies[number] = (_request, response) => {
      response.writeHead(503).end();
      void world.client.workflow.getHandle(entryId).signal(exitSignal, { reason: 'operator' });
    };
    const entryId = await world.enter(await world.journey([await call(world, [leave])]));
    await world.ended(entryId);
    return entryId;
  },

  'a-time-of-a-schedule': async ({ db, client, temporal, taskQueue, journey }) => {
    const listId = (await insertList(db, { name: 'Readers', description: '' }))!;
    const entry = { source: 'schedule', listId, cron: '0 9 * * *', timeZone: 'UTC' };
    const journeyId = await journey([], undefined, { entry });
    await align(db, temporal, { [journeyId]: 1 });
    const handle = client.schedule.getHandle(`${taskQueue}-journey-${journeyId}`);
    await handle.trigger();
    const started = await until(async () => (await handle.describe()).info.recentActions[0]);
    const { workflowId } = started.action.workflow;
    await client.workflow.getHandle(workflowId).result();
    await handle.delete();
    return workflowId;
  },

  'event-retried-then-delivered': (world) => tell(world, [503, 200]),
  'event-refused': (world) => tell(world, [400]),

  'started-by-a-bare-client': async (world) => {
    const journeyId = await world.journey([await call(world, [200])]);
    const handle = await world.client.workflow.start(WORKFLOW_TYPE, {
      workflowId: `bare-${randomUUID()}`,
      taskQueue: world.taskQueue,
      args: [{ journeyId, email: 'jane.roe@example.com', dataFields: { color: 'red' } }],
    });
    await handle.result();
    return handle.workflowId;
  },

  'refused-start': async (world) => {
    const handle = await world.client.workflow.start(WORKFLOW_TYPE, {
      workflowId: `bare-${randomUUID()}`,
      taskQueue: world.taskQueue,
      args: [{ journeyId: 0 }],
    });
    await handle.result().catch(() => undefined);
    return handle.workflowId;
  },
};
