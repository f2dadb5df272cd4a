import { Connection } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { SYSTEM } from '../../src/domain/audit';
import { eraseUser } from '../../src/usecases/users/erase';
import { outbox } from '../../src/db/schema';
import { findUser } from '../../src/db/users/users';
import { startDispatcher } from '../../src/background/dispatcher';
import { createTemporal } from '../../src/temporal/client';
import { freePort } from '../support/serving';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

async function erase(identity: { email: string }): Promise<void> {
  expect(await eraseUser({ ...world, author: SYSTEM }, identity, Date.now())).toBe(true);
}

/** Sends a user to the receiver, who is erased before it answers with what it got. */
async function erasedWhileCalled(
  path: string,
  status: number,
  identity: { email: string },
  tile?: (webhookId: number) => object,
) {
  world.receiver.respondAt(path, (_request, response) => {
    void erase(identity).then(() => response.writeHead(status, { 'x-name': 'Ada' }).end('{"name":"Ada"}'));
  });
  const endpoint = world.receiver.url + path;
  const keeps = { dataRetrieval: true, liveDataFields: [{ path: 'name', type: 'string' }] };
  const webhookId = await world.webhook({ endpoint, ...(tile && { method: 'GET', ...keeps }) });
  const journeyId = await world.journey([
    tile?.(webhookId) ?? { id: 'call', type: 'webhook', webhookId },
    { id: 'again', type: 'webhook', webhookId },
  ]);
  const passage = await world.ended(await world.enter(journeyId, { identity, dataFields: { name: 'Ada' } }));
  return { passage, requests: world.receiver.requests.filter(({ url }) => url === path) };
}

describe('a user who is erased', () => {
  it('leaves a waiting journey at once, and the workflow carries the reason', async () => {
    const identity = { email: 'waits@example.com' };
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '30 days' }]);
    const entryId = await world.enter(journeyId, { identity });
    await until(async () => (await world.passage(entryId)).entry.status === 'running');
    await erase(identity);
    const { entry } = await world.ended(entryId);
    expect(entry).toMatchObject({
      status: 'cancelled',
      reason: 'user_deleted',
      tileId: 'wait',
      userId: null,
    });
    const { typedSearchAttributes, status } = await world.client.workflow.getHandle(entryId).describe();
    expect(status.name).toBe('COMPLETED');
    expect(JSON.stringify(typedSearchAttributes)).toContain('user_deleted');
  });

  it('leaves the journey even while Temporal is away, and the workflow once it is back', async () => {
    const identity = { email: 'outage@example.com' };
    const journeyId = await world.journey([{ id: 'wait', type: 'delay', for: '30 days' }]);
    const entryId = await world.enter(journeyId, { identity });
    await until(async () => (await world.passage(entryId)).entry.status === 'running');

    const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    const options = { namespace: 'default', taskQueue: world.taskQueue, maxRequests: 4, eagerStart: false };
    const warnings: string[] = [];
    const log = pino({}, { write: (line) => void warnings.push(line) });
    const away = startDispatcher({ db: world.db, temporal: createTemporal(connection, options), log });
    await eraseUser({ ...world, enqueue: away.enqueue, author: SYSTEM }, identity, Date.now());
    await until(async () => warnings.length > 0);
    await away.stop();
    await connection.close();
    expect((await world.passage(entryId)).entry).toMatchObject({ status: 'cancelled' });

    await world.db.update(outbox).set({ nextAt: new Date(0) });
    await world.ended(entryId);
    await until(
      async () => (await world.db.select().from(outbox).where(eq(outbox.kind, 'exit'))).length === 0,
    );
  });

  it.each([200, 503])('leaves nothing of an answer of %i to a request under way', async (status) => {
    const identity = { email: `called-${status}@example.com` };
    const { passage, requests } = await erasedWhileCalled(`/erase-${status}`, status, identity);
    expect(requests).toHaveLength(1);
    expect(passage.entry).toMatchObject({ status: 'cancelled', reason: 'user_deleted', triggerData: {} });
    await until(async () => {
      const { deliveries } = await world.passage(passage.entry.id);
      return deliveries[0]!.attempts[0]!.outcome !== null;
    });
    const { deliveries } = await world.passage(passage.entry.id);
    expect(deliveries).toMatchObject([
      {
        status: 'failed',
        reason: 'user_deleted',
        request: null,
        attempts: [{ status, responseHeaders: {}, responseBody: '' }],
      },
    ]);
  });

  it.each([
    ['live data', (webhookId: number) => ({ id: 'call', type: 'liveData', name: 'who', webhookId })],
    ['a profile', (webhookId: number) => ({ id: 'call', type: 'userProfile', webhookId })],
  ])('is not written again by a tile that fetches %s', async (what, tile) => {
    const identity = { email: `kept-${what.replace(' ', '-')}@example.com` };
    const { passage } = await erasedWhileCalled(`/erase-${what.replace(' ', '-')}`, 200, identity, tile);
    await until(async () => {
      const { deliveries } = await world.passage(passage.entry.id);
      return deliveries[0]!.attempts[0]!.outcome !== null;
    });
    const { entry, deliveries } = await world.passage(passage.entry.id);
    expect(entry).toMatchObject({
      status: 'cancelled',
      reason: 'user_deleted',
      userId: null,
      liveData: null,
    });
    expect(deliveries[0]!.attempts).toMatchObject([{ outcome: 'delivered', responseBody: '' }]);
    expect(await findUser(world.db, identity)).toBeUndefined();
  });

  it('leads to no call when erased before Temporal knows the entry', async () => {
    const identity = { email: 'early@example.com' };
    const path = '/never';
    const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    await world.dispatcher.stop();
    const entryId = await world.enter(journeyId, { identity });
    await erase(identity);
    await world.temporal.startJourney({
      entryId,
      journeyId,
      version: 1,
      plan: { start: 'call', tiles: { call: { kind: 'webhook', webhookId, next: null } } },
    });
    await world.ended(entryId);
    // Whether it hears of the exit first or finds its entry closed, it sends nothing.
    expect(await world.client.workflow.getHandle(entryId).result()).not.toEqual({ status: 'completed' });
    expect(world.receiver.requests.filter(({ url }) => url === path)).toEqual([]);
  });
});
