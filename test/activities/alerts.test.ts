import { setConsent } from '../../src/usecases/users/set-consent';
import { updateUser } from '../../src/db/users/users';
import { markWebhookDeleted } from '../../src/db/webhooks/webhooks';
import { type ApiWorld, createApi } from '../support/api-world';
import type { Reply } from '../support/receiver';
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

interface Notification {
  kind: string;
  webhookId?: number;
  journeyId?: number;
}

/** The notifications that an operator is shown, by kind. */
async function notifications(where: (notification: Notification) => boolean): Promise<Notification[]> {
  const { body } = await api.call('GET', '/api/notifications?pageSize=200');
  const all: Notification[] = body.notifications;
  return all.filter(where).sort((a, b) => a.kind.localeCompare(b.kind));
}
const notificationsOf = (id: number) => notifications(({ webhookId }) => webhookId === id);

/** A journey of one tile whose endpoint gives these replies in turn. */
async function journeyOf(path: string, replies: Reply[], tile: object = {}) {
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: `${world.receiver.url}${path}` });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId, ...tile }]);
  return { webhookId, journeyId };
}

/** A webhook behind OAuth, whose endpoint gives these replies in turn. */
async function behindOAuth(path: string, replies: Reply[], token: Reply) {
  const { receiver } = world;
  receiver.respondAt(path, ...replies);
  receiver.respondAt(`${path}/token`, token);
  const tokenUrl = `${receiver.url}${path}/token`;
  return world.webhook({
    endpoint: `${receiver.url}${path}`,
    authentication: { type: 'oauth2', clientId: 'client', clientSecret: 'secret', tokenUrl },
  });
}

const pass = async (journeyId: number) => world.ended(await world.enter(journeyId));
const call = (webhookId: number) => ({ id: 'call', type: 'webhook', webhookId });
const lasting = (expires_in?: number): Reply => ({ body: { access_token: 'token', expires_in } });

describe('an exit caused by a webhook', () => {
  it('raises one notification that names the entry and the delivery (B030)', async () => {
    const { webhookId, journeyId } = await journeyOf('/refuses', [400]);
    const { entry, deliveries } = await pass(journeyId);
    expect(await notificationsOf(webhookId)).toEqual([
      {
        id: expect.any(Number),
        ...{ kind: 'webhook_failed', level: 'error' },
        title: expect.stringContaining('“Test”'),
        text: expect.stringContaining(entry.detail!),
        ...{ webhookId, journeyId, tileId: 'call' },
        ...{ lastEntryId: entry.id, lastDeliveryId: deliveries[0]!.id },
        ...{ count: 1, read: false },
        ...{ createdAt: entry.endedAt!.toISOString(), updatedAt: entry.endedAt!.toISOString() },
      },
    ]);
  });

  it('is counted in one notification for all users and journeys of the webhook, even when they exit at once (B030)', async () => {
    const users = 20;
    const { webhookId, journeyId } = await journeyOf('/refuses-all', [503]);
    const other = await world.journey([{ ...call(webhookId), id: 'other' }]);
    const entries = await Promise.all(
      Array.from({ length: users }, (_, index) =>
        world.enter(index % 2 === 0 ? journeyId : other, { identity: { userId: `many-${index}` } }),
      ),
    );
    await Promise.all(entries.map(world.ended));
    expect(await notificationsOf(webhookId)).toMatchObject([{ kind: 'webhook_failed', count: users }]);
  });

  it('has its own kind when the token request failed (B029, B030)', async () => {
    const webhookId = await behindOAuth('/no-token', [200], 500);
    await pass(await world.journey([call(webhookId)]));
    expect(await notificationsOf(webhookId)).toMatchObject([{ kind: 'token_failed', count: 1 }]);
  });

  it('has its own kind when the webhook was deleted (B030, B126)', async () => {
    const { webhookId, journeyId } = await journeyOf('/gone', [200]);
    await markWebhookDeleted(world.db, webhookId);
    const { entry } = await pass(journeyId);
    expect(await notificationsOf(webhookId)).toMatchObject([
      { kind: 'webhook_deleted', lastEntryId: entry.id },
    ]);
  });

  it('is counted per journey and tile when the webhook is inline (B030, C13)', async () => {
    const inline = { method: 'POST', url: `${world.receiver.url}/inline-refuses` };
    world.receiver.respondAt('/inline-refuses', 400);
    const [one, two] = ['one', 'two'].map((id) => ({ id, type: 'webhook', webhook: inline }));
    const journeyId = await world.journey([one!]);
    const other = await world.journey([two!]);
    for (const id of [journeyId, journeyId, other]) await pass(id);
    const ofJourney = (id: number) => notifications((row) => !row.webhookId && row.journeyId === id);
    expect(await ofJourney(journeyId)).toMatchObject([{ kind: 'webhook_failed', tileId: 'one', count: 2 }]);
    expect(await ofJourney(other)).toMatchObject([{ kind: 'webhook_failed', tileId: 'two', count: 1 }]);
  });
});

describe('no notification is raised', () => {
  it('for a user who declined the consent of an inline webhook (B030, C12)', async () => {
    const consent = { category: 'marketing', check: true };
    const inline = { method: 'POST', url: `${world.receiver.url}/declined`, consent };
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhook: inline }]);
    const identity = { userId: 'declined' };
    await updateUser(world, {
      ...identity,
      dataFields: {},
      mergeNestedObjects: false,
      createNewFields: true,
    });
    await setConsent(world, identity, 'marketing', 'decline');
    const { entry } = await world.ended(await world.enter(journeyId, { identity }));
    expect(entry.reason).toBe('consent');
    expect(await notifications((row) => row.journeyId === journeyId)).toEqual([]);
  });

  it('for a failure that takes the tile’s failure way, nor for a success (B030)', async () => {
    const failing = await journeyOf('/other-way', [400], { onFailure: 'exit' });
    const onwards = await world.journey([
      { ...call(failing.webhookId), onFailure: 'wait' },
      { id: 'wait', type: 'delay', for: '1 day' },
    ]);
    const fine = await journeyOf('/fine', [503, 200]);
    for (const journeyId of [failing.journeyId, onwards, fine.journeyId]) {
      expect((await pass(journeyId)).entry.status).toBe('completed');
    }
    expect(await notificationsOf(failing.webhookId)).toEqual([]);
    expect(await notificationsOf(fine.webhookId)).toEqual([]);
  });
});

describe('a 401 to an access token', () => {
  it('that had not expired raises a warning each time, beside the notification of the exit (B068)', async () => {
    const webhookId = await behindOAuth('/early', [401, 200, 401], lasting(432_000));
    const journeyId = await world.journey([call(webhookId)]);
    const { entry, deliveries } = await pass(journeyId);
    expect(entry.status).toBe('completed');
    expect(await notificationsOf(webhookId)).toMatchObject([
      { kind: 'early_401', count: 1, lastEntryId: entry.id, lastDeliveryId: deliveries[0]!.id },
    ]);
    expect((await pass(journeyId)).entry.reason).toBe('unauthorized');
    expect(await notificationsOf(webhookId)).toMatchObject([
      { kind: 'early_401', count: 5 },
      { kind: 'webhook_failed', count: 1 },
    ]);
  });

  it('that had expired, or had no expires_in, raises none (B068)', async () => {
    const expired = await behindOAuth('/late', [200, 401, 200], lasting(3_600));
    const unknown = await behindOAuth('/unsaid', [401, 200], lasting());
    const tiles = [call(expired), { id: 'wait', type: 'delay', for: '2 hours' }];
    await pass(await world.journey([...tiles, { ...call(expired), id: 'again' }]));
    await pass(await world.journey([call(unknown)]));
    expect(await notificationsOf(expired)).toEqual([]);
    expect(await notificationsOf(unknown)).toEqual([]);
  });
});
