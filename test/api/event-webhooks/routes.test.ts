import { eq, sql } from 'drizzle-orm';
import { renderEvent } from '../../../src/activities/event-body';
import { raiseNotification } from '../../../src/db/notifications/notifications';
import { deliveries, secrets, signingSecrets, publishedEvents } from '../../../src/db/schema';
import { readSecretKeys } from '../../../src/db/secrets/signing-secrets';
import { EVENT_TYPES } from '../../../src/domain/webhooks/event-webhook';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { type Receiver, startReceiver } from '../../support/receiver';

const URL = '/api/eventWebhooks';
const BASE = {
  name: 'CRM sync',
  targetUrl: 'https://crm.example.com/hook?source=wayhook',
  eventTypes: ['participant.created', 'message.sent'],
};
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

let world: ApiWorld;
let receiver: Receiver;

beforeAll(async () => {
  [world, receiver] = await Promise.all([createApiWorld(), startReceiver()]);
});
afterEach(() => world.db.execute(sql`update event_webhooks set enabled = false`));
afterAll(async () => {
  await Promise.all([world.close(), receiver.close()]);
});

const post = (more: object = {}) => world.call('POST', URL, { ...BASE, ...more });
const create = async (more: object = {}) => (await post(more)).body;
const eventsFor = (id: number) =>
  world.db
    .select({ type: publishedEvents.type, data: publishedEvents.data })
    .from(publishedEvents)
    .innerJoin(deliveries, eq(deliveries.eventId, publishedEvents.id))
    .where(eq(deliveries.eventWebhookId, id))
    .orderBy(publishedEvents.createdAt);

describe('an event webhook', () => {
  it('has a name, a target URL and event types, and is read as it was written (B152)', async () => {
    const answer = await post();
    expect(answer.status).toBe(201);
    const { secretKey, ...created } = answer.body;
    expect(created).toMatchObject({ ...BASE, id: expect.any(Number), enabled: true, sendSecretKey: true });
    expect(secretKey).toMatch(SECRET);
    const { lastDelivery, ...read } = (await world.call('GET', `${URL}/${created.id}`)).body;
    expect([read, lastDelivery]).toEqual([{ ...created, secretKey: { set: true } }, null]);
    const edited = { ...read, name: 'Other', enabled: false, eventTypes: ['journey.exited'] };
    const updated = await world.call('PUT', `${URL}/${created.id}`, edited);
    const now = { revision: 2, updatedAt: expect.any(String) };
    expect(updated).toMatchObject({ status: 200, body: { ...edited, ...now } });
  });

  it.each([
    ['name', { name: ' ' }],
    ['name', { name: undefined }],
    ['targetUrl', { targetUrl: undefined }],
    ['targetUrl', { targetUrl: 'ftp://crm.example.com' }],
    ['targetUrl', { targetUrl: 'https://crm.example.com/{{userId}}' }],
    ['targetUrl', { targetUrl: 'https://crm.example.com;a/' }],
    ['targetUrl', { targetUrl: 'https://crm.example.com/?api_key=1' }],
    ['targetUrl', { targetUrl: 'https://user:pass@crm.example.com/' }],
    ['eventTypes', { eventTypes: [] }],
    ['eventTypes', { eventTypes: ['message.sent', 'message.sent'] }],
    ['eventTypes[0]', { eventTypes: ['participant.deleted'] }],
    ['secretKey', { secretKey: 'whsec_AAAA' }],
    ['colour', { colour: 'red' }],
  ])('is refused with an invalid %s (B152): %j', async (field, more) => {
    const answer = await post(more);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    const named = Object.entries(answer.body.params).flat().join(' ');
    expect(named).toContain(field);
  });

  it('is listed newest first, page by page', async () => {
    const made = [await create(), await create(), await create()].map(({ id }) => id).reverse();
    const first = (await world.call('GET', `${URL}?pageSize=2`)).body;
    const ids = first.eventWebhooks.map(({ id }: { id: number }) => id);
    expect(ids).toEqual(made.slice(0, 2));
    const next = (await world.call('GET', `${URL}?pageSize=2&pageToken=${first.nextPageToken}`)).body;
    expect(next.eventWebhooks[0].id).toBe(made[2]);
  });

  it('is deleted together with its keys', async () => {
    const { id } = await create();
    expect((await world.call('DELETE', `${URL}/${id}`)).status).toBe(204);
    const calls = ['GET', 'DELETE', 'PUT'].map((method) =>
      world.call(method, `${URL}/${id}`, method === 'PUT' ? BASE : undefined),
    );
    for (const { status } of await Promise.all(calls)) expect(status).toBe(404);
    for (const call of ['rotateSecret', 'test']) {
      expect((await world.call('POST', `${URL}/${id}/${call}`)).status).toBe(404);
    }
    expect(await readSecretKeys(world.db, world.sealer, id)).toEqual([]);
  });

  it('requires the scope “integrations”', async () => {
    const headers = { 'api-key': await world.keyWith('trigger') };
    expect((await world.call('POST', URL, BASE, headers)).status).toBe(403);
    const body = { email: 'a@example.com', channel: 'email', content: 'Hi' };
    expect((await world.call('POST', '/api/messages', body, headers)).status).toBe(200);
  });
});

describe('the Secret Key', () => {
  it('is generated for every event webhook, a different one each time (B156)', async () => {
    const keys = [await create(), await create()].map(({ secretKey }) => secretKey);
    for (const key of keys) expect(key).toMatch(SECRET);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('is shown on creation and never again, and stored sealed (B157, B159)', async () => {
    const { id, secretKey } = await create();
    const answers = [
      await world.call('GET', `${URL}/${id}`),
      await world.call('GET', `${URL}?pageSize=200`),
      await world.call('PUT', `${URL}/${id}`, BASE),
    ];
    for (const { body } of answers) expect(JSON.stringify(body)).not.toContain('whsec_');
    const [row] = await world.db
      .select({ sealed: secrets.sealed })
      .from(secrets)
      .innerJoin(signingSecrets, eq(signingSecrets.secretId, secrets.id))
      .where(eq(signingSecrets.eventWebhookId, id));
    expect(row!.sealed.toString('latin1')).not.toContain(secretKey.slice(6));
    expect(JSON.stringify(world.logged)).not.toContain(secretKey);
  });

  it('is rotated: the new one is shown once, and the old one stays valid for a day (B159)', async () => {
    const { id, secretKey } = await create();
    const answer = await world.call('POST', `${URL}/${id}/rotateSecret`);
    expect(answer).toMatchObject({ status: 200, body: { secretKey: expect.stringMatching(SECRET) } });
    const keys = await readSecretKeys(world.db, world.sealer, id);
    expect(keys).toEqual([
      { secret: answer.body.secretKey, expiresAt: null },
      { secret: secretKey, expiresAt: expect.any(Number) },
    ]);
    const hoursLeft = (keys[1]!.expiresAt! - Date.now()) / 3_600_000;
    expect(Math.round(hoursLeft)).toBe(24);
  });

  it('is another one, shown once, when the event webhook moves to another host', async () => {
    const { id, secretKey } = await create();
    const put = (targetUrl: string) => world.call('PUT', `${URL}/${id}`, { ...BASE, targetUrl });
    expect((await put('https://CRM.example.com:443/other')).body.secretKey).toEqual({ set: true });
    const moved = await put('https://crm.example.net/hook');
    expect(moved).toMatchObject({ status: 200, body: { secretKey: expect.stringMatching(SECRET) } });
    expect(moved.body.secretKey).not.toBe(secretKey);
    expect(await readSecretKeys(world.db, world.sealer, id)).toEqual([
      { secret: moved.body.secretKey, expiresAt: null },
    ]);
    expect(await readSecretKeys(world.db, world.sealer, id, BASE.targetUrl)).toEqual([]);
    expect((await put('https://crm.example.net/hook')).body.secretKey).toEqual({ set: true });
    for (const url of ['http://crm.example.net/hook', 'http://crm.example.net:8080/hook']) {
      expect((await put(url)).body.secretKey).toMatch(SECRET);
    }
  });
});

describe('what is published', () => {
  const tell = async (eventTypes: string[]) => (await create({ eventTypes })).id as number;
  const update = (body: object) => world.call('POST', '/api/users/update', body);

  it('is only of the chosen types, and nothing while the event webhook is off (B153)', async () => {
    const [chosen, other] = [await tell(['participant.created']), await tell(['message.sent'])];
    const off = (await create({ eventTypes: [...EVENT_TYPES], enabled: false })).id;
    const before = world.enqueued.length;
    await update({ userId: 'chosen' });
    expect((await eventsFor(chosen)).map(({ type }) => type)).toEqual(['participant.created']);
    expect([...(await eventsFor(other)), ...(await eventsFor(off))]).toEqual([]);
    expect(world.enqueued.slice(before)).toEqual([
      { deliveryId: expect.stringMatching(/^dlv_[0-9a-f]{32}$/) },
    ]);
  });

  it('is nothing, and nothing is stored, when no event webhook is subscribed (B153)', async () => {
    const [{ count: before }] = await counted();
    await update({ userId: 'unheard', dataFields: { a: 1 } });
    await world.call('POST', '/api/messages', { userId: 'unheard', channel: 'sms', content: 'Hi' });
    expect(await counted()).toEqual([{ count: before }]);
  });
  const counted = async () => [{ count: await world.db.$count(publishedEvents) }] as const;

  it.each([
    ['an update', (userId: string) => update({ userId })],
    ['an event', (userId: string) => world.call('POST', '/api/events/track', { userId, eventName: 'x' })],
    [
      'a purchase',
      (userId: string) =>
        world.call('POST', '/api/commerce/trackPurchase', { user: { userId }, items: [], total: 1 }),
    ],
    ['tags', (userId: string) => world.call('POST', '/api/users/tags', { userId, add: ['a'] })],
    [
      'a consent',
      (userId: string) =>
        world.call('POST', '/api/users/consent', { userId, category: 'news', action: 'accept' }),
    ],
    [
      'a message',
      (userId: string) => world.call('POST', '/api/messages', { userId, channel: 'sms', content: 'Hi' }),
    ],
  ])('is one creation of a user whom %s creates (B154, B155)', async (what, act) => {
    const id = await tell(['participant.created']);
    const userId = `made by ${what}`;
    for (const { status } of [await act(userId), await act(userId)]) expect(status).toBe(200);
    const events = await eventsFor(id);
    expect(events).toMatchObject([{ data: { participant: { userId } } }]);
  });

  it('names the fields and identifiers that an update changed (B155)', async () => {
    const id = await tell(['participant.profileUpdated']);
    const email = 'changed@example.com';
    await update({ email, dataFields: { keep: 1, change: 1, cart: { a: [1] } } });
    await update({
      email,
      userId: 'changed',
      dataFields: { keep: 1, change: 2, cart: { a: [1] }, fresh: null },
    });
    await update({ email, dataFields: { keep: 1, cart: { a: [1] } } });
    const user = { email };
    await world.call('POST', '/api/commerce/updateCart', {
      user,
      items: [{ id: '1', name: 'a', price: 1, quantity: 1 }],
    });
    await world.call('POST', '/api/users/updateEmail', {
      currentEmail: email,
      newEmail: 'other@example.com',
    });
    const events = await eventsFor(id);
    expect(events.map(({ data }) => data.changedFields)).toEqual([
      ['userId', 'change', 'fresh'],
      ['shoppingCartItems'],
      ['email'],
    ]);
    expect(events.at(-1)!.data.participant).toMatchObject({ email: 'other@example.com', userId: 'changed' });
  });

  it('names added tags; removed tags are a change of the profile (B154)', async () => {
    const id = await tell(['participant.tagsAdded', 'participant.profileUpdated']);
    const tags = (add: string[], remove: string[] = []) =>
      world.call('POST', '/api/users/tags', { userId: 'tagged', add, remove });
    await tags(['a', 'b']);
    await tags(['b']);
    await tags(['b', 'c'], ['a']);
    const events = await eventsFor(id);
    expect(events.map(({ data }) => data.tagsAdded).filter((added) => added)).toEqual([['a', 'b'], ['c']]);
    expect(events.map(({ data }) => data.changedFields).filter((changed) => changed)).toEqual([['tags']]);
    expect(events.at(-1)!.data.participant).toMatchObject({ userId: 'tagged', tags: ['b', 'c'] });
  });

  it('is what the destination of a merge gains, and loses no event of the source', async () => {
    const [made, changed] = [await tell(['participant.created']), await tell(['participant.profileUpdated'])];
    await update({ email: 'gone@example.com', dataFields: { plan: 'pro' } });
    await update({ userId: 'stays', dataFields: { plan: 'free', age: 30 } });
    const body = { sourceEmail: 'gone@example.com', destinationUserId: 'stays' };
    expect((await world.call('POST', '/api/users/merge', body)).status).toBe(200);
    expect(await eventsFor(made)).toHaveLength(2);
    const [event] = await eventsFor(changed);
    expect(event!.data).toMatchObject({
      participant: { email: 'gone@example.com', userId: 'stays', dataFields: { plan: 'free', age: 30 } },
      changedFields: ['email'],
    });
  });

  it('is a whole message with its recipient (B154, B160)', async () => {
    const id = await tell(['message.sent']);
    const message = {
      channel: 'email',
      subject: 'Hi',
      content: 'Dear Zoë',
      sentAt: '2026-01-31T10:30:00+01:00',
    };
    const answer = await world.call('POST', '/api/messages', { email: 'reader@example.com', ...message });
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: null } });
    const [event] = await eventsFor(id);
    expect(event!.data).toEqual({
      participant: { email: 'reader@example.com', userId: null, dataFields: {}, tags: [] },
      message: { ...message, sentAt: '2026-01-31T09:30:00.000Z' },
    });
    const wrong = await world.call('POST', '/api/messages', { channel: 'email', content: 'Hi' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'BadParams' } });
  });

  it('has the API’s words for a notification without a webhook', async () => {
    const id = await tell(['notification.created']);
    const nothing = { webhookId: null, journeyId: null, tileId: null, entryId: null, deliveryId: null };
    const trouble = { ...nothing, kind: 'rate_limit_unenforced', detail: 'Two keys.', at: 1_000 } as const;
    await raiseNotification(world.db, trouble);
    await raiseNotification(world.db, { ...trouble, at: 2_000 });
    const events = await eventsFor(id);
    expect(events).toMatchObject([
      { data: { notification: { count: 1, createdAt: '1970-01-01T00:00:01.000Z' } } },
    ]);
    const event = { id: 'evt_1', type: 'notification.created', createdAt: '2026-01-31T09:30:00Z' } as const;
    const { data } = JSON.parse(renderEvent({ ...event, data: events[0]!.data }));
    const { notifications } = (await world.call('GET', '/api/notifications')).body;
    const { kind, title, text, level } = notifications[0];
    expect(data.notification).toMatchObject({ kind, title, text, level });
  });

  it('has both identifiers of an entry’s user, even if the trigger named only one', async () => {
    const id = await tell(['journey.entered', 'participant.created']);
    await update({ email: 'both@example.com', userId: 'both' });
    const { body: webhook } = await world.call('POST', '/api/journeyWebhooks', {
      name: 'x',
      endpoint: 'https://api.example.com',
    });
    const tiles = [{ id: 'call', type: 'webhook', webhookId: webhook.id }];
    const { body: plain } = await world.call('POST', '/api/journeys', { name: 'Plain', tiles });
    const { body: limited } = await world.call('POST', '/api/journeys', {
      name: 'Limited',
      tiles,
      lifetimeLimit: 1,
    });
    const trigger = (workflowId: number, userId: string) =>
      world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, userId });
    for (const journey of [plain, limited]) {
      await world.call('POST', `/api/journeys/${journey.id}/publish`);
      await trigger(journey.id, 'both');
      await trigger(journey.id, `only ${journey.name}`);
    }
    const events = await eventsFor(id);
    const of = (type: string) => events.filter((event) => event.type === type).map(({ data }) => data);
    const both = { email: 'both@example.com', userId: 'both', status: 'accepted', startedAt: null };
    expect(of('journey.entered')).toMatchObject([
      { entry: { journeyId: plain.id, ...both } },
      { entry: { journeyId: plain.id, email: null, userId: 'only Plain' } },
      { entry: { journeyId: limited.id, ...both } },
      { entry: { journeyId: limited.id, email: null, userId: 'only Limited' } },
    ]);
    expect(of('participant.created')).toHaveLength(3);
  });

  it('is listed for each event webhook, with the request once there is one (B162)', async () => {
    const id = await tell(['participant.created']);
    await update({ userId: 'listed' });
    const { deliveries: listed } = (await world.call('GET', `${URL}/${id}/deliveries`)).body;
    expect(listed).toMatchObject([
      { eventWebhookId: id, eventId: expect.stringMatching(/^evt_/), entryId: null, status: 'pending' },
    ]);
    const { id: lastId, status, createdAt } = listed[0];
    const shown = (await world.call('GET', `${URL}/${id}`)).body;
    expect(shown.lastDelivery).toEqual({ id: lastId, status, createdAt });
    expect((await world.call('GET', URL)).body.eventWebhooks[0]).toEqual(shown);
    expect((await world.call('PUT', `${URL}/${id}`, shown)).status).toBe(200);
    const detail = await world.call('GET', `/api/deliveries/${listed[0].id}`);
    // A list has the number of attempts, a delivery the attempts themselves.
    const { attemptCount, lastStatus, durationMs, ...both } = listed[0];
    expect([attemptCount, lastStatus, durationMs]).toEqual([0, null, null]);
    expect(detail).toMatchObject({ status: 200, body: { ...both, request: null, attempts: [] } });
    expect((await world.call('GET', `${URL}/${id}/deliveries?status=failed`)).body.deliveries).toEqual([]);
    expect((await world.call('GET', `${URL}/${id + 1_000}/deliveries`)).status).toBe(404);
  });
});

describe('a test of an event webhook', () => {
  it('calls the endpoint once, signed, with a type of its own, and redacts the key (B161)', async () => {
    receiver.respondAt('/test', ({ headers }, response) => response.end(JSON.stringify(headers)));
    const { id, secretKey } = await create({ targetUrl: `${receiver.url}/test` });
    const { body } = await world.call('POST', `${URL}/${id}/test`);
    expect(body).toMatchObject({ ok: true, response: { status: 200 } });
    const [request, ...more] = receiver.requests.filter(({ url }) => url === '/test');
    expect(more).toEqual([]);
    expect(request!.headers).toMatchObject({
      'webhook-id': expect.stringMatching(/^test_/),
      'webhook-signature': expect.stringMatching(/^v1,/),
      'x-wayhook-secret-key': secretKey,
    });
    expect(request!.json()).toMatchObject({ type: 'test', data: { eventWebhook: { id, name: 'CRM sync' } } });
    expect(body.request.headers['x-wayhook-secret-key']).toBe('[redacted]');
    expect(JSON.stringify(body)).not.toContain(secretKey);
    expect(await eventsFor(id)).toEqual([]);
  });

  it('returns what went wrong, and calls no blocked address', async () => {
    receiver.respondAt('/fails', 500);
    const failing = await create({ targetUrl: `${receiver.url}/fails` });
    expect((await world.call('POST', `${URL}/${failing.id}/test`)).body).toMatchObject({
      ok: false,
      response: { status: 500 },
      error: { reason: 'http_status' },
    });
    const guarded = await create({ targetUrl: 'http://10.0.0.1/' });
    expect((await world.call('POST', `${URL}/${guarded.id}/test`)).body).toMatchObject({
      ok: false,
      error: { reason: 'blocked_address' },
    });
  });
});
