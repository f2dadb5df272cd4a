import { eq, isNull } from 'drizzle-orm';
import { setConsent } from '../../src/usecases/set-consent';
import { notifications } from '../../src/db/schema';
import { updateUser } from '../../src/db/users/users';
import { markWebhookDeleted } from '../../src/db/webhooks/webhooks';
import type { Reply } from '../support/receiver';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const told = (webhookId: number) =>
  world.db
    .select()
    .from(notifications)
    .where(eq(notifications.webhookId, webhookId))
    .orderBy(notifications.kind);

/** A journey of one tile, whose endpoint answers these in turn. */
async function journeyOf(path: string, replies: Reply[], tile: object = {}) {
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: `${world.receiver.url}${path}` });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId, ...tile }]);
  return { webhookId, journeyId };
}

/** The same behind OAuth, where each token is good for so many seconds. */
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

describe('an exit through trouble with a webhook', () => {
  it('is told, with the entry and the delivery (B030)', async () => {
    const { webhookId, journeyId } = await journeyOf('/refuses', [400]);
    const { entry, deliveries } = await pass(journeyId);
    expect(await told(webhookId)).toEqual([
      {
        id: expect.any(Number),
        kind: 'webhook_failed',
        subject: `webhook/${webhookId}`,
        ...{ webhookId, journeyId, tileId: 'call' },
        ...{ lastEntryId: entry.id, lastDeliveryId: deliveries[0]!.id, detail: entry.detail },
        ...{ count: 1, read: false, sinceRead: 1 },
        ...{ createdAt: entry.endedAt, updatedAt: entry.endedAt },
      },
    ]);
  });

  it('is told once for all users of a webhook, whatever the journey, counted, also when they exit at once (B030)', async () => {
    const users = 20;
    const { webhookId, journeyId } = await journeyOf('/refuses-all', [503]);
    const other = await world.journey([{ ...call(webhookId), id: 'other' }]);
    const entries = await Promise.all(
      Array.from({ length: users }, (_, index) =>
        world.enter(index % 2 === 0 ? journeyId : other, { identity: { userId: `many-${index}` } }),
      ),
    );
    await Promise.all(entries.map(world.ended));
    expect(await told(webhookId)).toMatchObject([{ kind: 'webhook_failed', count: users }]);
  });

  it('has a kind of its own when no token is to be had (B029, B030)', async () => {
    const webhookId = await behindOAuth('/no-token', [200], 500);
    await pass(await world.journey([call(webhookId)]));
    expect(await told(webhookId)).toMatchObject([{ kind: 'token_failed', count: 1 }]);
  });

  it('has a kind of its own when the webhook was deleted (B030, B126)', async () => {
    const { webhookId, journeyId } = await journeyOf('/gone', [200]);
    await markWebhookDeleted(world.db, webhookId);
    const { entry } = await pass(journeyId);
    expect(await told(webhookId)).toMatchObject([{ kind: 'webhook_deleted', lastEntryId: entry.id }]);
  });

  it('names the journey and the tile when the webhook is an inline one (B030, C13)', async () => {
    const inline = { method: 'POST', url: `${world.receiver.url}/inline-refuses` };
    world.receiver.respondAt('/inline-refuses', 400);
    const [one, two] = ['one', 'two'].map((id) => ({ id, type: 'webhook', webhook: inline }));
    const journeyId = await world.journey([one!]);
    const other = await world.journey([two!]);
    for (const id of [journeyId, journeyId, other]) await pass(id);
    const rows = world.db.select().from(notifications).where(isNull(notifications.webhookId));
    expect(await rows.orderBy(notifications.id)).toMatchObject([
      { kind: 'webhook_failed', journeyId, tileId: 'one', count: 2 },
      { kind: 'webhook_failed', journeyId: other, tileId: 'two', count: 1 },
    ]);
  });
});

describe('nothing is told', () => {
  it('of a user who declined what an inline webhook is for (B030, C12)', async () => {
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
    expect(await world.db.select().from(notifications).where(eq(notifications.journeyId, journeyId))).toEqual(
      [],
    );
  });

  it('of a failure that has a way of its own, nor of what goes well (B030)', async () => {
    const failing = await journeyOf('/other-way', [400], { onFailure: 'exit' });
    const onwards = await world.journey([
      { ...call(failing.webhookId), onFailure: 'wait' },
      { id: 'wait', type: 'delay', for: '1 day' },
    ]);
    const fine = await journeyOf('/fine', [503, 200]);
    for (const journeyId of [failing.journeyId, onwards, fine.journeyId]) {
      expect((await pass(journeyId)).entry.status).toBe('completed');
    }
    expect(await told(failing.webhookId)).toEqual([]);
    expect(await told(fine.webhookId)).toEqual([]);
  });
});

describe('a 401 to an access token', () => {
  it('that had not expired is told, each time, as a warning beside what came of it (B068)', async () => {
    const webhookId = await behindOAuth('/early', [401, 200, 401], lasting(432_000));
    const journeyId = await world.journey([call(webhookId)]);
    const { entry, deliveries } = await pass(journeyId);
    expect(entry.status).toBe('completed');
    expect(await told(webhookId)).toMatchObject([
      { kind: 'early_401', count: 1, lastEntryId: entry.id, lastDeliveryId: deliveries[0]!.id },
    ]);
    expect((await pass(journeyId)).entry.reason).toBe('unauthorized');
    expect(await told(webhookId)).toMatchObject([
      { kind: 'early_401', count: 5 },
      { kind: 'webhook_failed', count: 1 },
    ]);
  });

  it('that had expired, or never said when it would, is not (B068)', async () => {
    const expired = await behindOAuth('/late', [200, 401, 200], lasting(3_600));
    const unknown = await behindOAuth('/unsaid', [401, 200], lasting());
    const tiles = [call(expired), { id: 'wait', type: 'delay', for: '2 hours' }];
    await pass(await world.journey([...tiles, { ...call(expired), id: 'again' }]));
    await pass(await world.journey([call(unknown)]));
    expect(await told(expired)).toEqual([]);
    expect(await told(unknown)).toEqual([]);
  });
});
