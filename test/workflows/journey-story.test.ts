import { temporal } from '@temporalio/proto';
import { findUser, updateUser } from '../../src/db/users/users';
import type { Recorded } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

function requestsTo(path: string) {
  return world.receiver.requests.filter(({ url }) => url.split('?')[0] === path);
}

const webhookAt = (path: string, input: object = {}) =>
  world.webhook({ endpoint: world.receiver.url + path, ...input });

describe('a journey', () => {
  it('calls a webhook when a user reaches its tile, and only then (B001, B008, B131, B137)', async () => {
    world.receiver.respondAt('/step-1', 200, 400);
    const [first, second] = [await webhookAt('/step-1'), await webhookAt('/step-2')];
    const journeyId = await world.journey([
      { id: 'first', type: 'webhook', webhookId: first },
      { id: 'second', type: 'webhook', webhookId: second },
    ]);
    const reaches = await world.ended(
      await world.enter(journeyId, { identity: { email: 'reaches@example.com' } }),
    );
    const exits = await world.ended(
      await world.enter(journeyId, { identity: { email: 'exits@example.com' } }),
    );
    expect([reaches.entry.status, exits.entry.status]).toEqual(['completed', 'exited']);
    expect(requestsTo('/step-2').map((request) => request.json())).toEqual([
      { email: 'reaches@example.com', workflowId: journeyId },
    ]);
  });

  it('sends, fetches and updates the profile with saved webhooks (B002, B006, B045)', async () => {
    const identity = { email: 'three-uses@example.com' };
    const fetched = { dataRetrieval: true, liveDataFields: [{ path: 'tier', type: 'string' }] };
    world.receiver.respondAt('/fetch', { body: { tier: 'gold' } });
    world.receiver.respondAt('/profile', { body: { city: 'Lyon' } });
    world.receiver.respondAt('/send', { body: { city: 'Rome' } });
    const journeyId = await world.journey([
      {
        id: 'fetch',
        type: 'liveData',
        name: 'crm',
        webhookId: await webhookAt('/fetch', { method: 'GET', ...fetched }),
      },
      { id: 'sync', type: 'userProfile', webhookId: await webhookAt('/profile', { method: 'GET' }) },
      {
        id: 'send',
        type: 'webhook',
        webhookId: await webhookAt('/send', { body: '{"tier": "{{liveData.tier}}", "city": "{{city}}"}' }),
      },
    ]);
    await world.ended(await world.enter(journeyId, { identity }));
    expect(requestsTo('/send')[0]!.json()).toMatchObject({ tier: 'gold', city: 'Lyon' });
    expect((await findUser(world.db, identity))!.dataFields).toEqual({ city: 'Lyon' });
  });

  it('sends chosen profile fields, the trigger data and the custom body (B009, B084, B090)', async () => {
    const identity = { email: 'layers@example.com' };
    const dataFields = { city: 'Lyon', state: 'ARA', secret: 'kept' };
    await updateUser(world, { ...identity, dataFields, mergeNestedObjects: false, createNewFields: true });
    const webhookId = await webhookAt('/layers', {
      userFields: ['city', 'state'],
      includeEmailAndWorkflowId: false,
      body: '{"campaign": "winback"}',
    });
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    await world.ended(await world.enter(journeyId, { identity, dataFields: { color: 'red' } }));
    expect(requestsTo('/layers')[0]!.json()).toEqual({
      city: 'Lyon',
      state: 'ARA',
      color: 'red',
      campaign: 'winback',
    });
  });

  it('does not guarantee order: one user’s retry comes after a later user’s request (B011, B012)', async () => {
    const userOf = (request: Recorded) => (request.json() as { email: string }).email;
    const secondCame = () => requestsTo('/order').some((request) => userOf(request) === 'second@example.com');
    // Held until the second has come. On a machine where that takes more than the ten seconds of a request, it times
    // out and is tried again.
    world.receiver.respondAt('/order', (_request, response) => {
      if (secondCame()) response.end();
      else void until(async () => secondCame()).then(() => response.writeHead(503).end());
    });
    const webhookId = await webhookAt('/order');
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }]);
    const first = await world.enter(journeyId, { identity: { email: 'first@example.com' } });
    await until(async () => requestsTo('/order').length > 0);
    const second = await world.enter(journeyId, { identity: { email: 'second@example.com' } });
    await Promise.all([world.ended(first), world.ended(second)]);
    const came = requestsTo('/order');
    const [before, after] = [came[0]!, came.at(-1)!];
    const between = came.filter((request) => userOf(request) === 'second@example.com');
    expect([before, after].map(userOf)).toEqual(Array(2).fill('first@example.com'));
    expect(after.headers['webhook-id']).toBe(before.headers['webhook-id']);
    expect(between).toHaveLength(1);
    expect(between[0]!.headers['webhook-id']).not.toBe(before.headers['webhook-id']);
  });

  it('declares its retries to Temporal instead of making them (B031)', async () => {
    const journeyId = await world.journey([
      { id: 'call', type: 'webhook', webhookId: await webhookAt('/declared') },
    ]);
    const entryId = await world.enter(journeyId);
    await world.ended(entryId);
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    const scheduled = events!.find(
      (event: temporal.api.history.v1.IHistoryEvent) => event.activityTaskScheduledEventAttributes,
    );
    const policy = scheduled!.activityTaskScheduledEventAttributes!.retryPolicy!;
    expect({
      seconds: Number(policy.initialInterval!.seconds),
      coefficient: policy.backoffCoefficient,
      attempts: policy.maximumAttempts,
    }).toEqual({ seconds: 180, coefficient: 1, attempts: 4 });
  });
});
