import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { SYSTEM } from '../../src/domain/audit';
import { markEventWebhookDeleted } from '../../src/db/event-webhooks/event-webhooks';
import { eraseUser } from '../../src/usecases/users/erase';
import { recordMessage } from '../../src/usecases/users/record-message';
import { openRequest } from '../../src/db/deliveries/sealed-request';
import { attempts, deliveries, publishedEvents } from '../../src/db/schema';
import { insertSigningSecret, retireSigningSecret } from '../../src/db/secrets/signing-secrets';
import { updateUser } from '../../src/db/users/users';
import { newSigningSecret } from '../../src/webhook/sign';
import { WORKFLOW_TYPE } from '../../src/workflows/messages';
import { type Listener, listen, silence } from '../support/event-webhook';
import { type ApiWorld, createApi } from '../support/api-world';
import { readable } from '../support/readable';
import { type Recorded, type Reply, startReceiver } from '../support/receiver';
import { wholeMinutes } from '../support/minutes';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/** A second library that receivers use, as another judge. */
const svix = createRequire(__filename)('svix') as { Webhook: typeof Webhook };

let world: World;
let api: ApiWorld;

beforeAll(async () => {
  world = await createWorld();
  api = await createApi(world);
});
afterEach(() => silence(world));
afterAll(async () => {
  await api.close();
  await world.close();
});

const update = async (userId: string, dataFields: Record<string, unknown> = {}) => {
  const change = { userId, dataFields, mergeNestedObjects: false, createNewFields: true };
  await updateUser(world, change);
};

/** The only delivery to a listener, with its attempts, once it has this status. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function deliveryTo({ id }: Listener, status: string): Promise<any> {
  const delivery = await until(async () => {
    const [first] = await deliveriesTo(id);
    return first?.status === status && first;
  });
  return (await api.call('GET', `/api/deliveries/${delivery.id}`)).body;
}

/** What was sent to an event webhook, deleted or not. */
async function deliveriesTo(id: number): Promise<{ id: string; status: string }[]> {
  const { body } = await api.call('GET', '/api/deliveries?pageSize=200');
  return body.deliveries.filter((one: { eventWebhookId: number | null }) => one.eventWebhookId === id);
}

/** Verifies as a receiver does, with both libraries, which must agree. */
function verifies(secretKey: string, { text, headers }: Recorded): boolean {
  const verdicts = [Webhook, svix.Webhook].map((Library) => {
    try {
      new Library(secretKey).verify(text, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  });
  expect(new Set(verdicts).size).toBe(1);
  return verdicts[0]!;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const bodyOf = (request: Recorded): any => request.json();

describe('an event', () => {
  it('is pushed as JSON when it happens (B151, B160)', async () => {
    const listener = await listen(world, ['participant.created']);
    await update('ada', { city: 'London', tags: ['x'] });
    const request = await listener.received();
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(bodyOf(request)).toEqual({
      id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      type: 'participant.created',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: {
        participant: {
          email: null,
          userId: 'ada',
          dataFields: { city: 'London', tags: ['x'] },
          tags: [],
        },
      },
    });
    const delivery = await deliveryTo(listener, 'delivered');
    expect(delivery.attempts).toMatchObject([{ number: 1, status: 200, outcome: 'delivered' }]);
    expect(request.headers['webhook-id']).toBe(delivery.id);
  });

  it('is one creation per user and one update per change, and nothing else (B155)', async () => {
    const listener = await listen(world, ['participant.created', 'participant.profileUpdated']);
    await update('grace', { plan: 'free', city: 'Paris' });
    await update('grace', { plan: 'free' });
    await update('grace', { plan: 'pro', age: 30, city: 'Paris' });
    const requests = await until(async () => listener.requests().length === 2 && listener.requests());
    const sent = requests.map(bodyOf).sort((a, b) => a.type.localeCompare(b.type));
    expect(sent.map(({ type }) => type)).toEqual(['participant.created', 'participant.profileUpdated']);
    expect(sent[0].createdAt <= sent[1].createdAt).toBe(true);
    expect(sent[1].data.changedFields.sort()).toEqual(['age', 'plan']);
    expect(sent[1].data.participant.dataFields).toEqual({ plan: 'pro', city: 'Paris', age: 30 });
    expect(await deliveriesTo(listener.id)).toHaveLength(2);
  });

  it('goes to every event webhook subscribed to its type, and to no other (B153, B162)', async () => {
    const both = await Promise.all([
      listen(world, ['participant.created']),
      listen(world, ['message.sent', 'participant.created']),
    ]);
    const others = await Promise.all([
      listen(world, ['message.sent', 'journey.entered']),
      listen(world, ['participant.created'], { enabled: false }),
    ]);
    await update('several');
    const requests = await Promise.all(both.map(({ received }) => received()));
    expect(new Set(requests.map((request) => bodyOf(request).id)).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    await Promise.all(both.map((listener) => deliveryTo(listener, 'delivered')));
    const { body } = await api.call('GET', '/api/deliveries?pageSize=200');
    const sent: { eventId: string; eventWebhookId: number }[] = body.deliveries;
    const ofEvent = sent.filter(({ eventId }) => eventId === bodyOf(requests[0]!).id);
    expect(ofEvent.map((one) => one.eventWebhookId).sort()).toEqual(both.map(({ id }) => id).sort());
    expect(others.flatMap((listener) => listener.requests())).toEqual([]);
  });

  it('of a message has its content and its recipient (B154, B160)', async () => {
    const listener = await listen(world, ['message.sent']);
    const message = {
      channel: 'email',
      subject: 'Hi',
      content: '<p>Zoë 🙂</p>',
      sentAt: '2026-01-31T09:30:00.000Z',
    };
    await recordMessage(world, { email: 'reader@example.com' }, message);
    const { data, type } = bodyOf(await listener.received());
    expect(type).toBe('message.sent');
    expect(data).toEqual({
      participant: { email: 'reader@example.com', userId: null, dataFields: {}, tags: [] },
      message,
    });
  });

  it('is sent for what tiles cause: an entry’s start, its end and its failures (B151)', async () => {
    const types = [
      'journey.entered',
      'journey.completed',
      'journey.exited',
      'delivery.failed',
      'notification.created',
    ];
    const listener = await listen(world, types);
    world.receiver.respondAt('/fine', 200);
    world.receiver.respondAt('/refuses', 400);
    const journeyOf = async (path: string) => {
      const webhookId = await world.webhook({ name: path, endpoint: world.receiver.url + path });
      const tiles = [{ id: 'call', type: 'webhook', webhookId }];
      return { webhookId, journeyId: await world.journey(tiles) };
    };
    const [fine, refusing] = [await journeyOf('/fine'), await journeyOf('/refuses')];
    const identity = { userId: 'walker' };
    const secret = { dataFields: { private: 'hidden' }, identity };
    const passed = await world.ended(await world.enter(fine.journeyId, secret));
    const failed = await world.ended(await world.enter(refusing.journeyId, secret));
    const requests = await until(async () => listener.requests().length === 6 && listener.requests());
    const sent = requests.map(bodyOf);
    const of = (type: string) => sent.filter((event) => event.type === type).map(({ data }) => data);
    expect(of('journey.entered').map(({ entry }) => entry)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: passed.entry.id, status: 'accepted', userId: 'walker', email: null }),
      ]),
    );
    expect(of('journey.completed')).toEqual([
      {
        entry: {
          ...{
            id: passed.entry.id,
            journeyId: fine.journeyId,
            version: 1,
            test: false,
            email: null,
            userId: 'walker',
          },
          ...{ status: 'completed', tileId: 'call', reason: null, detail: null },
          startedAt: passed.entry.startedAt!.toISOString(),
          endedAt: passed.entry.endedAt!.toISOString(),
        },
      },
    ]);
    expect(of('journey.exited')).toMatchObject([
      {
        entry: { id: failed.entry.id, status: 'exited', reason: 'http_status', detail: failed.entry.detail },
      },
    ]);
    const delivery = failed.deliveries[0]!;
    expect(of('delivery.failed')).toEqual([
      {
        delivery: {
          ...{ id: delivery.id, entryId: failed.entry.id, journeyId: refusing.journeyId, tileId: 'call' },
          ...{
            webhookId: refusing.webhookId,
            test: false,
            status: 'failed',
            reason: 'http_status',
            detail: delivery.detail,
          },
          createdAt: delivery.createdAt.toISOString(),
          endedAt: delivery.endedAt!.toISOString(),
        },
      },
    ]);
    expect(of('notification.created')).toMatchObject([
      {
        notification: {
          ...{
            kind: 'webhook_failed',
            level: 'error',
            count: 1,
            webhookId: refusing.webhookId,
            tileId: 'call',
          },
          title: 'Journey webhook “/refuses” has encountered errors, and users have exited.',
        },
      },
    ]);
    expect(requests.map(({ text }) => text).join()).not.toContain('hidden');
  });

  it('is sent for an entry that a bare client started, and for a tile’s change of the profile', async () => {
    const listener = await listen(world, [
      'participant.profileUpdated',
      'journey.entered',
      'participant.created',
    ]);
    world.receiver.respondAt('/profile', { body: { plan: 'pro' } });
    const journeyId = await world.journey([
      { id: 'sync', type: 'userProfile', url: `${world.receiver.url}/profile` },
    ]);
    const handle = await world.client.workflow.start(WORKFLOW_TYPE, {
      workflowId: `bare-${randomUUID()}`,
      taskQueue: world.taskQueue,
      args: [{ journeyId, userId: 'bare' }],
    });
    await handle.result();
    const requests = await until(async () => listener.requests().length === 3 && listener.requests());
    const sent = requests.map(bodyOf).map(({ type, data }) => [type, data] as const);
    expect(Object.fromEntries(sent)).toMatchObject({
      'participant.created': { participant: { userId: 'bare', dataFields: {} } },
      'journey.entered': { entry: { journeyId, userId: 'bare', status: 'running' } },
      'participant.profileUpdated': { participant: { dataFields: { plan: 'pro' } }, changedFields: ['plan'] },
    });
  });

  it('of a notification is sent once until the notification is read, however often the failure recurs', async () => {
    const listener = await listen(world, ['notification.created']);
    world.receiver.respondAt('/always', 400);
    const webhookId = await world.webhook({ endpoint: `${world.receiver.url}/always` });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const exit = async () => world.ended(await world.enter(journeyId));
    await exit();
    await exit();
    await listener.received();
    await world.db.execute(sql`update notifications set read = true where webhook_id = ${webhookId}`);
    await exit();
    const requests = await until(async () => listener.requests().length === 2 && listener.requests());
    const counts = requests.map((request) => bodyOf(request).data.notification.count);
    expect(counts.sort()).toEqual([1, 3]);
  });
});

describe('the Secret Key', () => {
  it('signs every request, proving origin and integrity, and is sent in a header (B158, B161, C19)', async () => {
    const listener = await listen(world, ['participant.created']);
    await update('signed', { name: 'Zoë & 日本 \u2028' });
    const request = await listener.received();
    expect(verifies(listener.secretKey, request)).toBe(true);
    expect(verifies(newSigningSecret(), request)).toBe(false);
    expect(verifies(listener.secretKey, { ...request, text: `${request.text} ` })).toBe(false);
    expect(request.headers['x-wayhook-secret-key']).toBe(listener.secretKey);
  });

  it('signs without being sent when its header is switched off (B158, C19)', async () => {
    const listener = await listen(world, ['participant.created'], { sendSecretKey: false });
    await update('signed-only');
    const request = await listener.received();
    expect(verifies(listener.secretKey, request)).toBe(true);
    expect(request.headers).not.toHaveProperty('x-wayhook-secret-key');
  });

  it('signs beside the new one for a day after a rotation; only the new one is sent (B159)', async () => {
    const listener = await listen(world, ['participant.profileUpdated']);
    await update('rotated');
    await retireSigningSecret(world.db, { eventWebhookId: listener.id });
    const fresh = newSigningSecret();
    await insertSigningSecret(world.db, world.sealer, { eventWebhookId: listener.id }, fresh);
    await update('rotated', { a: 1 });
    const within = await listener.received();
    expect([listener.secretKey, fresh].map((key) => verifies(key, within))).toEqual([true, true]);
    expect(within.headers['x-wayhook-secret-key']).toBe(fresh);
    await world.db.execute(
      sql`update signing_secrets set expires_at = now() - interval '1 millisecond' where expires_at is not null`,
    );
    await update('rotated', { a: 2 });
    const after = await until(async () => listener.requests()[1]);
    expect([listener.secretKey, fresh].map((key) => verifies(key, after))).toEqual([false, true]);
  });

  it('is redacted in the log, also where an endpoint echoes it (B157)', async () => {
    const echo: Reply = ({ headers }, response) =>
      void response
        .writeHead(200, { 'x-back': headers['x-wayhook-secret-key'] })
        .end(JSON.stringify(headers));
    const listener = await listen(world, ['participant.created'], { replies: [echo] });
    await update('echoed');
    const delivery = await deliveryTo(listener, 'delivered');
    const kept = JSON.stringify(delivery.attempts);
    expect(kept).toContain('[redacted]');
    expect(kept).not.toContain(listener.secretKey);
    const [row] = await world.db.select().from(deliveries).where(eq(deliveries.id, delivery.id));
    const request = openRequest(world.sealer, delivery.id, row!.request!);
    expect(request.headers).toEqual({ 'content-type': 'application/json' });
  });
});

describe('the delivery of an event', () => {
  it('is retried three minutes apart, with the same id and bytes, signed anew each time (B151)', async () => {
    const listener = await listen(world, ['participant.created'], { replies: [503, 503, 200] });
    await update('retried');
    const delivery = await deliveryTo(listener, 'delivered');
    const attempts: { status: number; startedAt: string; nextAttemptAt: string }[] = delivery.attempts;
    expect(attempts.map(({ status }) => status)).toEqual([503, 503, 200]);
    const pauses = attempts
      .slice(0, 2)
      .map(({ startedAt, nextAttemptAt }) => Date.parse(nextAttemptAt) - Date.parse(startedAt));
    expect(pauses.map(wholeMinutes)).toEqual([3, 3]);
    const requests = listener.requests();
    expect(requests.map((request) => verifies(listener.secretKey, request))).toEqual([true, true, true]);
    expect(new Set(requests.map(({ text }) => text)).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([delivery.id]));
  });

  it('fails after four requests, and the workflow fails with the reason', async () => {
    const listener = await listen(world, ['participant.created'], { replies: [504] });
    await update('exhausted');
    const delivery = await deliveryTo(listener, 'failed');
    expect(delivery).toMatchObject({
      reason: 'http_status',
      detail: expect.stringContaining('after 4 requests'),
    });
    expect(listener.requests()).toHaveLength(4);
    const handle = world.client.workflow.getHandle(delivery.id);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'http_status', message: delivery.detail },
    });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ WayhookReason: ['http_status'] });
  });

  it('fails at once for a final answer, without an event about that failure', async () => {
    const listener = await listen(world, ['participant.created', 'delivery.failed'], { replies: [401] });
    await update('refused');
    expect(await deliveryTo(listener, 'failed')).toMatchObject({ reason: 'unauthorized' });
    expect(listener.requests()).toHaveLength(1);
    expect(await deliveriesTo(listener.id)).toHaveLength(1);
  });

  it('is refused for a blocked address (B152)', async () => {
    const listener = await listen(world, ['participant.created'], { targetUrl: 'http://10.0.0.1/hook' });
    await update('guarded');
    expect(await deliveryTo(listener, 'failed')).toMatchObject({ reason: 'blocked_address' });
  });

  it('follows no redirect', async () => {
    const elsewhere = await startReceiver();
    const redirect = { status: 302, headers: { location: elsewhere.url } };
    const listener = await listen(world, ['participant.created'], { replies: [redirect] });
    await update('redirected');
    expect(await deliveryTo(listener, 'failed')).toMatchObject({ reason: 'http_status' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it.each([
    ['turned off', 'operator', silence],
    ['deleted', 'webhook_deleted', (_world: World, id: number) => markEventWebhookDeleted(world.db, id)],
  ] as const)('ends before its next request when its event webhook is %s', async (_what, reason, end) => {
    const listener: Listener = await listen(world, ['participant.created'], {
      replies: [
        (_request, response) => void end(world, listener.id).then(() => response.writeHead(503).end()),
        200,
      ],
    });
    await update(`ended-${reason}`);
    expect(await deliveryTo(listener, 'failed')).toMatchObject({ reason });
    expect(listener.requests()).toHaveLength(1);
  });

  it('ends when its user is erased, and leaves nothing of that user', async () => {
    const erase: Reply = (_request, response) =>
      void eraseUser({ ...world, author: SYSTEM }, { userId: 'erased' }, Date.now()).then(() =>
        response.writeHead(503).end('erased'),
      );
    const listener = await listen(world, ['participant.created'], { replies: [erase, 200] });
    await update('erased', { name: 'Jane Roe' });
    const id = String((await listener.received()).headers['webhook-id']);
    const handle = world.client.workflow.getHandle(id);
    expect(await until(() => handle.result().catch(() => undefined))).toEqual({ status: 'superseded' });
    expect(listener.requests()).toHaveLength(1);
    expect(await deliveriesTo(listener.id)).toEqual([]);
    expect(await world.db.select().from(attempts).where(eq(attempts.deliveryId, id))).toEqual([]);
    const events = await world.db.select().from(publishedEvents);
    expect(JSON.stringify(events)).not.toContain('Jane Roe');
  });

  it('puts nothing of a user and no secret into Temporal’s history', async () => {
    const listener = await listen(world, ['participant.created'], { replies: [500] });
    await update('private-user', { name: 'Jane Roe' });
    const { id } = await deliveryTo(listener, 'failed');
    const handle = world.client.workflow.getHandle(id);
    await handle.result().catch(() => undefined);
    const history = readable(await handle.fetchHistory());
    expect(history).toContain(`{"deliveryId":"${id}"`);
    for (const hidden of ['private-user', 'Jane Roe', listener.secretKey, world.receiver.url]) {
      expect(history).not.toContain(hidden);
    }
  });
});
