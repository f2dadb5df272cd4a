import { type Receiver, startReceiver } from '../../support/receiver';
import {
  type Answer,
  type ApiWorld,
  createApi,
  createApiWorld,
  publishJourney,
} from '../../support/api-world';
import { rowsOf } from '../../../src/db/connection/client';
import { sql } from 'drizzle-orm';

/** What a call is sent; text is a CSV file. */
type Body = object | string | undefined;

interface Repeated {
  /** The path with ids in it, when it has any. */
  path?: string;
  body?: Body;
  /** Another body; left out, another query makes it another request. */
  other?: Body;
}

let world: ApiWorld;
let receiver: Receiver;
let operations: Record<string, { path: string; takesKey: boolean }>;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await createApiWorld();
  const { paths } = (await world.call('GET', '/api/openapi.json')).body;
  operations = Object.fromEntries(
    Object.entries(paths as Record<string, { post?: Operation }>).flatMap(([path, { post }]) => {
      const takesKey = !!post?.parameters?.some(({ name }) => name === 'idempotency-key');
      return post ? [[post.operationId, { path, takesKey }]] : [];
    }),
  );
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

interface Operation {
  operationId: string;
  parameters?: { name: string }[];
}

const post = async (path: string, body: Body, key: string | undefined): Promise<Answer> =>
  world.call('POST', path, body, {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(typeof body === 'string' && { 'content-type': 'text/csv' }),
  });

const made = async (path: string, body: object): Promise<number> =>
  (await world.call('POST', path, body)).body.id;
const webhook = () => made('/api/journeyWebhooks', { name: 'CRM', endpoint: receiver.url });
const eventWebhook = () =>
  made('/api/eventWebhooks', { name: 'CRM', targetUrl: receiver.url, eventTypes: ['message.sent'] });
const journey = () =>
  made('/api/journeys', { name: 'One', tiles: [{ id: 'wait', type: 'delay', for: '1 day' }] });
const list = async () => (await world.call('POST', '/api/lists', { name: 'A list' })).body.listId as number;
const notification = async () => {
  const [row] = await rowsOf<{ id: number }>(
    world.db,
    sql`insert into notifications (kind, subject, webhook_id, created_at, updated_at)
      values ('webhook_failed', ${`webhook/${Math.random()}`}, 1, now(), now()) returning id`,
  );
  return row!.id;
};
const person = () => made('/api/people', { email: 'grace@example.org', name: 'Grace', role: 'viewer' });
const user = { email: 'ada@example.com' };

/** A request for each call that takes a key. */
const REQUESTS: Record<string, () => Promise<Repeated>> = {
  createJourneyWebhook: async () => ({
    body: { name: 'Signed', endpoint: receiver.url, signing: { enabled: true } },
  }),
  testJourneyWebhook: async () => ({
    body: { webhook: { name: 'CRM', endpoint: receiver.url }, sample: user },
  }),
  rotateSigningSecret: async () => ({ path: `/api/journeyWebhooks/${await webhook()}/rotateSigningSecret` }),
  duplicateJourneyWebhook: async () => ({ path: `/api/journeyWebhooks/${await webhook()}/duplicate` }),
  bulkDeleteJourneyWebhooks: async () => ({ body: { ids: [await webhook()] } }),
  createApiKey: async () => ({ body: { name: 'Shop', scopes: ['trigger'] } }),
  createPerson: async () => ({ body: { email: 'ada@example.org', name: 'Ada', role: 'viewer' } }),
  invitePerson: async () => ({ path: `/api/people/${await person()}/invite` }),
  createEventWebhook: async () => ({
    body: { name: 'CRM', targetUrl: receiver.url, eventTypes: ['message.sent'] },
  }),
  rotateSecretKey: async () => ({ path: `/api/eventWebhooks/${await eventWebhook()}/rotateSecret` }),
  testEventWebhook: async () => ({ path: `/api/eventWebhooks/${await eventWebhook()}/test` }),
  createJourney: async () => ({ body: { name: 'Two', tiles: [] } }),
  publishJourney: async () => ({ path: `/api/journeys/${await journey()}/publish` }),
  unpublishJourney: async () => ({ path: `/api/journeys/${await journey()}/unpublish` }),
  testJourney: async () => {
    await world.call('POST', '/api/users/update', user);
    return { path: `/api/journeys/${await journey()}/test`, body: user };
  },
  triggerWorkflow: async () => ({ body: { workflowId: (await publishJourney(world)).journeyId, ...user } }),
  trackEvent: async () => ({ body: { ...user, eventName: 'opened' } }),
  trackEvents: async () => ({ body: { events: [{ ...user, eventName: 'opened' }] } }),
  trackPurchase: async () => ({ body: { user, items: [], total: 3 } }),
  updateCart: async () => ({ body: { user, items: [] } }),
  updateUser: async () => ({ body: { ...user, dataFields: { plan: 'pro' } } }),
  bulkUpdateUsers: async () => ({ body: { users: [user] } }),
  updateEmail: async () => {
    await world.call('POST', '/api/users/update', { email: 'old@example.com' });
    return { body: { currentEmail: 'old@example.com', newEmail: 'new@example.com' } };
  },
  mergeUsers: async () => {
    await world.call('POST', '/api/users/bulkUpdate', { users: [user, { email: 'ada@example.org' }] });
    return { body: { sourceEmail: 'ada@example.org', destinationEmail: user.email } };
  },
  changeTags: async () => ({ body: { ...user, add: ['vip'] } }),
  setConsent: async () => ({ body: { ...user, category: 'marketing', action: 'accept' } }),
  importUsers: async () => ({ body: 'email\nada@example.com\n', other: 'email\nb@example.com\n' }),
  importListUsers: async () => ({
    path: `/api/lists/${await list()}/import`,
    body: 'email\nada@example.com\n',
    other: 'email\nb@example.com\n',
  }),
  recordMessage: async () => ({ body: { ...user, channel: 'sms', content: 'Hello' } }),
  createList: async () => ({ body: { name: 'A list' } }),
  subscribeToList: async () => ({ body: { listId: await list(), subscribers: [user] } }),
  unsubscribeFromList: async () => ({ body: { listId: await list(), subscribers: [user] } }),
  exitEntry: async () => {
    const { journeyId: workflowId } = await publishJourney(world);
    const { body } = await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, ...user });
    return { path: `/api/entries/${body.params.entryId}/exit`, body: { note: 'Enough' } };
  },
  exitEntries: async () => ({ body: { journeyId: (await publishJourney(world)).journeyId } }),
  markNotificationRead: async () => ({ path: `/api/notifications/${await notification()}/read` }),
  markNotificationUnread: async () => ({ path: `/api/notifications/${await notification()}/unread` }),
  markAllNotificationsRead: async () => ({}),
};

/** They start and make nothing, so that a repetition does no harm; or are taken once in any case. */
const WITHOUT_KEY = [
  'callBack',
  'checkJourney',
  'checkLink',
  'previewJourneyWebhook',
  'signIn',
  'simulateJourney',
  'simulateUnsavedJourney',
  'welcome',
];

/** How many rows there are of all that a call could make twice. */
async function countRows(): Promise<Record<string, number>> {
  const tables = [
    'entries',
    'events',
    'imports',
    'jobs',
    'journey_versions',
    'journeys',
    'lists',
    'list_users',
  ];
  tables.push(
    'api_keys',
    'people',
    'event_webhooks',
    'outbox',
    'secrets',
    'signing_secrets',
    'users',
    'webhooks',
    'published_events',
  );
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const rows = await rowsOf<{ n: number }>(
      world.db,
      sql`select count(*)::int as n from ${sql.identifier(table)}`,
    );
    counts[table] = rows[0]!.n;
  }
  return {
    ...counts,
    enqueued: world.enqueued.length,
    calls: receiver.requests.length,
  };
}

describe('a POST with an Idempotency-Key', () => {
  it('is any POST but those that start and make nothing', () => {
    const takesKey = (yes: boolean) =>
      Object.keys(operations).filter((id) => operations[id]!.takesKey === yes);
    expect(takesKey(true).sort()).toEqual(Object.keys(REQUESTS).sort());
    expect(takesKey(false).sort()).toEqual(WITHOUT_KEY);
  });

  it.each(Object.keys(REQUESTS))('answers the same again and does nothing again: %s', async (id) => {
    const { path = operations[id]!.path, body, other } = await REQUESTS[id]!();
    const first = await post(path, body, id);
    expect([first.status < 300, first.body]).toEqual([true, first.body]);
    const rows = await countRows();
    const again = await post(path, body, id);
    const { 'idempotent-replayed': replayed, date: _date, ...headers } = again.headers;
    expect(replayed).toBe('true');
    const { date: _first, ...firstHeaders } = first.headers;
    expect([again.status, again.body, headers]).toEqual([first.status, first.body, firstHeaders]);
    const refused = other ? await post(path, other, id) : await post(`${path}?other=1`, body, id);
    expect(refused).toMatchObject({ status: 409, body: { code: expect.stringMatching(/Conflict$/) } });
    expect(await countRows()).toEqual(rows);
  });

  it('does not wait for one that is under way, and may be sent again', async () => {
    let answer = (): void => undefined;
    const calls = receiver.requests.length;
    receiver.respondAt('/slow', (_request, response) => void (answer = () => response.end()));
    const body = { webhook: { name: 'Slow', endpoint: `${receiver.url}/slow` }, sample: user };
    const first = post('/api/journeyWebhooks/test', body, 'under way');
    await receiver.waitFor(calls + 1);
    expect(await post('/api/journeyWebhooks/test', body, 'under way')).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
      body: { code: 'Conflict', msg: expect.stringContaining('still under way') },
    });
    answer();
    expect((await first).body).toMatchObject({ ok: true });
    expect((await post('/api/journeyWebhooks/test', body, 'under way')).body).toEqual((await first).body);
    expect(receiver.requests.length).toBe(calls + 1);
  });

  it('does the work of a process that died once its reservation is over', async () => {
    const body = { webhook: { name: 'CRM', endpoint: receiver.url }, sample: user };
    await post('/api/journeyWebhooks/test', body, 'died');
    await world.db.execute(sql`
      update idempotency_keys set status = null, answer = null, reserved_by = 'a dead process',
        reserved_until = now() + interval '1 minute'
      where key = 'died'`);
    expect((await post('/api/journeyWebhooks/test', body, 'died')).status).toBe(409);
    await world.db.execute(sql`update idempotency_keys set reserved_until = now() where key = 'died'`);
    const again = await post('/api/journeyWebhooks/test', body, 'died');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
  });

  it('undoes its work when the answer cannot be stored', async () => {
    const seal = (): never => {
      throw new Error('no key');
    };
    const broken = await createApi(world, { sealer: { ...world.sealer, seal } });
    const body = { name: 'Once', id: 77_001 };
    const failed = await broken.call('POST', '/api/lists', body, { 'idempotency-key': 'undone' });
    await broken.close();
    expect(failed.status).toBe(500);
    expect(await post('/api/lists', body, 'undone')).toMatchObject({ status: 200, body: { listId: 77_001 } });
  });

  it('keeps its key free when it fails, also after the key was reserved', async () => {
    const seal = (): never => {
      throw new Error('no key');
    };
    const broken = await createApi(world, { sealer: { ...world.sealer, seal } });
    const body = { webhook: { name: 'CRM', endpoint: receiver.url }, sample: user };
    const failed = await broken.call('POST', '/api/journeyWebhooks/test', body, {
      'idempotency-key': 'failed',
    });
    await broken.close();
    expect(failed.status).toBe(500);
    const again = await post('/api/journeyWebhooks/test', body, 'failed');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
  });

  it('is stored sealed, as its answer may show a secret', async () => {
    const body = { name: 'CRM', targetUrl: receiver.url, eventTypes: ['message.sent'] };
    const { secretKey } = (await post('/api/eventWebhooks', body, 'sealed')).body;
    const [row] = await rowsOf<{ answer: Uint8Array }>(
      world.db,
      sql`select answer from idempotency_keys where key = 'sealed'`,
    );
    expect(secretKey).toMatch(/^whsec_/);
    expect(Buffer.from(row!.answer).toString('latin1')).not.toContain(secretKey);
  });

  it.each([
    ['', 'empty'],
    ['x'.repeat(256), 'too long'],
    ['a\tb', 'with a control character'],
    ['ä', 'not ASCII'],
  ])('is refused with the key “%s”, which is %s', async (key) => {
    const rows = await countRows();
    expect(await post('/api/journeys', { name: 'Two', tiles: [] }, key)).toMatchObject({
      status: 400,
      body: { code: 'BadParams', params: { 'idempotency-key': expect.stringContaining('255') } },
    });
    expect(await countRows()).toEqual(rows);
  });
});
