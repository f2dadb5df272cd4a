import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { setConsent } from '../../src/usecases/users/set-consent';
import { takeCallback } from '../../src/db/deliveries/callbacks';
import { enqueuing } from '../../src/db/enqueue';
import { callbacks, deliveries, webhooks } from '../../src/db/schema';
import type { CallbackStatus } from '../../src/domain/webhooks/callback';
import { insertSecret } from '../../src/db/secrets/secrets';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { DAYS } from '../../src/domain/time/days';
import { insertList } from '../../src/db/lists/lists';
import { trackEvent } from '../../src/usecases/events/track';
import { updateUser } from '../../src/db/users/users';
import { newSigningSecret } from '../../src/webhook/sign';
import { exitSignal, WORKFLOW_TYPE } from '../../src/workflows/messages';
import { align } from '../support/schedules';
import { listen, silence } from '../support/event-webhook';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

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

/** A send window that opens in some hours. */
function closedNow(): object {
  const hourIn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { days: DAYS, from: hourIn(10), to: hourIn(20), timeZone: 'UTC' };
}

/** A tile whose endpoint may call back, and another for each way out but a failure. */
async function approval(world: World, replies: Replies): Promise<object[]> {
  const callback = { timeout: '7 days', onSuccess: 'yes', onTimeout: 'late' };
  const signing = { enabled: true };
  const yes = { ...(await call(world, [200])), id: 'yes', next: 'exit' };
  const tile = await call(world, replies, { callback }, { signing });
  const { webhookId } = tile as { webhookId: number };
  await insertSigningSecret(world.db, world.sealer, { webhookId }, newSigningSecret());
  return [tile, yes, { id: 'late', type: 'exit' }];
}

async function calledBack({ db, enqueue }: World, deliveryId: string, status: CallbackStatus): Promise<void> {
  await enqueuing({ db, enqueue }, (own) => takeCallback(own, deliveryId, { status }, Date.now()));
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

/** Plays a story without time skipping, where a wait would be over before anything happens. */
async function inRealTime(play: (world: World) => Promise<string>): Promise<string> {
  const world = await createWorld({ skipTime: false });
  return play(world).finally(() => world.close());
}

const waitFor = (arm: object) => ({
  id: 'wait',
  type: 'waitFor',
  for: [arm],
  timeout: '3 days',
  onTimeout: 'exit',
});

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
  'held-until-a-send-window-opens': async (world) =>
    walk(world, [await call(world, [503, 200], { sendWindow: closedNow() })]),
  'skipped-while-a-send-window-is-closed': async (world) =>
    walk(world, [
      await call(world, [200], { sendWindow: { ...closedNow(), onClosed: 'skip' } }),
      await call(world, [200], { id: 'last' }),
    ]),
  'delays-until-moments': async (world) =>
    walk(world, [
      { id: 'morning', type: 'delay', for: '1 hour', timeOfDay: '09:00' },
      { id: 'past', type: 'delay', until: { at: '2020-01-01T00:00', onPast: 'due' } },
      { id: 'never', type: 'exit' },
      { id: 'due', type: 'delay', until: { field: 'profile.due', onMissing: 'call' } },
      await call(world, [200]),
    ]),
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

  'a-wait-that-an-event-ends': () =>
    inRealTime(async (world) => {
      const identity = { userId: 'waits' };
      const tiles = [waitFor({ event: 'go' }), await call(world, [200])];
      const entryId = await world.enter(await world.journey(tiles), { identity });
      await until(async () => (await world.passage(entryId)).entry.tileId === 'wait');
      await trackEvent(world, identity, {
        kind: 'customEvent',
        name: 'go',
        dataFields: {},
        createdAt: Date.now(),
      });
      await world.ended(entryId);
      return entryId;
    }),
  'a-wait-that-times-out': async (world) => walk(world, [waitFor({ event: 'go' })]),
  'a-wait-that-is-over-on-arrival': async (world) =>
    walk(world, [waitFor({ when: { field: 'trigger.a', is: 'isNotSet' } }), await call(world, [200])]),

  'split-and-updated': async (world) => {
    const isSet = { field: 'profile.plan', is: 'isSet' };
    const branches = [
      { name: 'all', weight: 100, next: 'look' },
      { name: 'none', weight: 0, holdout: true },
    ];
    return walk(world, [
      { id: 'split', type: 'yesNoSplit', when: isSet, yes: 'bought', no: 'share' },
      { id: 'share', type: 'abSplit', branches },
      { id: 'look', type: 'attributeSplit', branches: [{ name: 'Known', when: isSet, next: 'bought' }] },
      { id: 'update', type: 'updateProfile', fields: { plan: 'pro' } },
      { id: 'track', type: 'trackEvent', eventName: 'upgraded' },
      await call(world, [200]),
      { id: 'wait', type: 'delay', for: '1 day', next: 'split' },
      { id: 'bought', type: 'exit', reason: 'bought' },
    ]);
  },

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

  'cancelled-with-the-last-answer': async (world) => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      world.receiver.respondAt('/last-answer', (_request, response) => {
        answer = () => void response.writeHead(200).end();
        resolve();
      });
    });
    const webhook = { url: `${world.receiver.url}/last-answer` };
    const entryId = await world.enter(await world.journey([{ id: 'call', type: 'webhook', webhook }]));
    await asked;
    const cancelled = world.withoutWorker(() => world.client.workflow.getHandle(entryId).cancel());
    answer();
    await cancelled;
    await world.ended(entryId);
    return entryId;
  },

  'left-by-an-exit-rule': async (world) => {
    const identity = { email: 'leaver@example.com' };
    const event = { kind: 'customEvent', name: 'bought', dataFields: {}, createdAt: 0 } as const;
    const buy: Replies[number] = (_request, response) => {
      response.writeHead(503).end();
      void trackEvent(world, identity, event);
    };
    const tiles = [await call(world, [buy])];
    const journeyId = await world.journey(tiles, undefined, { exitRules: [{ event: 'bought' }] });
    const entryId = await world.enter(journeyId, { identity });
    await world.ended(entryId);
    return entryId;
  },

  'exit-rules-judged-at-each-tile': async (world) => {
    const other = await world.journey([], undefined, { entry: { source: 'journey' } });
    const journeyId = await world.journey(
      [
        { id: 'split', type: 'yesNoSplit', when: { field: 'profile.a', is: 'isSet' }, yes: 'exit' },
        { id: 'delay', type: 'delay', for: '3 days' },
        { id: 'send', type: 'sendToJourney', journeyId: other },
        { id: 'wait', type: 'waitFor', for: [{ event: 'never' }], timeout: '1 day' },
        await call(world, [{ body: { plan: 'pro' } }], { type: 'userProfile' }, { method: 'GET' }),
        await call(world, [200], { id: 'last' }),
      ],
      undefined,
      { exitRules: [{ when: { field: 'profile.plan', is: 'equals', value: 'pro' } }] },
    );
    const entryId = await world.enter(journeyId);
    await world.ended(entryId);
    return entryId;
  },

  'called-back': async () => {
    // The time of the wait must not be skipped.
    const world = await createWorld({ skipTime: false });
    const entryId = await world.enter(await world.journey(await approval(world, [202])));
    const [waiting] = await until(async () => {
      const rows = await world.db.select().from(callbacks).where(eq(callbacks.entryId, entryId));
      return rows[0]?.dueAt ? rows : undefined;
    });
    await calledBack(world, waiting!.deliveryId, 'success');
    await world.ended(entryId);
    await world.close();
    return entryId;
  },

  'called-back-before-the-answer': async (world) => {
    const early: Replies[number] = (request, response) =>
      void calledBack(world, String(request.headers['webhook-id']), 'failure').then(() =>
        response.writeHead(202).end(),
      );
    return walk(world, await approval(world, [early]));
  },

  'not-called-back-in-time': async (world) => walk(world, await approval(world, [202])),

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
