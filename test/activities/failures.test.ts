import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { attempts } from '../../src/db/schema';
import { type ApiWorld, createApi } from '../support/api-world';
import type { Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;
let api: ApiWorld;

beforeAll(async () => {
  world = await createWorld();
  api = await createApi(world);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

async function notificationsOf(entryId: string): Promise<{ lastEntryId?: string }[]> {
  const { body } = await api.call('GET', '/api/notifications');
  return body.notifications.filter((one: { lastEntryId?: string }) => one.lastEntryId === entryId);
}

/** Takes away the table for attempts, then answers. */
function thenLoseTheTable(status: number): Reply {
  return (_request, response) => {
    void world.db
      .execute(sql`alter table attempts rename to attempts_away`)
      .then(() => response.writeHead(status).end());
  };
}
const restoreTheTable = () => world.db.execute(sql`alter table attempts_away rename to attempts`);

/** Sends a user to an endpoint that gives these replies; the table is restored after some waits of the workflow. */
async function sendThroughOutage(replies: Reply[], webhook: object = {}) {
  const path = `/${randomUUID()}`;
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path, ...webhook });
  const entryId = await world.enter(await world.journey([{ id: 'call', type: 'webhook', webhookId }]));
  const handle = world.client.workflow.getHandle(entryId);
  await until(async () => {
    const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
    return events!.filter((event) => event.timerFiredEventAttributes).length >= 6;
  });
  await restoreTheTable();
  const passage = await world.ended(entryId);
  return { ...passage, requests: world.receiver.requests.filter((request) => request.url === path) };
}

describe('an outage of our database', () => {
  it('that hides a success does not lead to a second call', async () => {
    const { entry, deliveries, requests } = await sendThroughOutage([thenLoseTheTable(200)]);
    expect(requests).toHaveLength(1);
    expect(entry.status).toBe('completed');
    expect(deliveries).toMatchObject([{ status: 'delivered', attempts: [{ number: 1, status: 200 }] }]);
  });

  it('that hides a final failure still ends the entry with that failure', async () => {
    const { entry, requests } = await sendThroughOutage([thenLoseTheTable(400)]);
    expect(requests).toHaveLength(1);
    expect(entry).toMatchObject({ status: 'exited', reason: 'http_status' });
  });

  it('uses up none of the endpoint’s four requests', async () => {
    const { entry, deliveries, requests } = await sendThroughOutage([503, thenLoseTheTable(503), 503, 200]);
    expect(entry.status).toBe('completed');
    expect(requests).toHaveLength(4);
    expect(deliveries[0]!.attempts.map(({ outcome }) => outcome)).toEqual([
      'retry',
      'retry',
      'retry',
      'delivered',
    ]);
  });

  it('leads to no fifth request', async () => {
    const { entry, requests } = await sendThroughOutage([503, 503, thenLoseTheTable(503), 503, 200]);
    expect(requests).toHaveLength(4);
    expect(entry).toMatchObject({ status: 'exited', reason: 'http_status' });
  });

  it('that hides a 401 still leads to a fresh token, and to a warning if the token had not expired (B068)', async () => {
    const path = `/${randomUUID()}`;
    const tokens = ['first', 'second'].map((access_token) => ({ body: { access_token, expires_in: 60 } }));
    world.receiver.respondAt(path, ...tokens);
    const tokenUrl = world.receiver.url + path;
    const authentication = { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl };
    const { entry, requests } = await sendThroughOutage([thenLoseTheTable(401), 200], { authentication });
    expect(entry.status).toBe('completed');
    expect(await notificationsOf(entry.id)).toMatchObject([{ kind: 'early_401', count: 1 }]);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });
});

it('an execution given up for lost that ends after all still counts against the four requests', async () => {
  const path = '/zombie';
  const zombie: Reply = (request, response) => {
    const deliveryId = String(request.headers['webhook-id']);
    const row = { deliveryId, generation: 1, number: 99, startedAt: new Date(), outcome: 'retry' as const };
    void world.db
      .insert(attempts)
      .values({ ...row, reason: 'timeout' })
      .then(() => response.writeHead(503).end());
  };
  world.receiver.respondAt(path, 503, 503, zombie, 200);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
  const { entry, deliveries } = await world.ended(await world.enter(journeyId));
  expect(world.receiver.requests.filter((request) => request.url === path)).toHaveLength(3);
  expect(entry).toMatchObject({ status: 'exited', reason: 'timeout' });
  expect(deliveries[0]).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('after 4 requests'),
  });
});
