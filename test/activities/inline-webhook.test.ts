import { eq } from 'drizzle-orm';
import { setConsent } from '../../src/usecases/users/set-consent';
import { trackEvent } from '../../src/usecases/events/track';
import { deliveries, entries, journeyVersions } from '../../src/db/schema';
import { updateUser } from '../../src/db/users/users';
import type { Profile } from '../../src/domain/users/profile';
import { readable } from '../support/readable';
import { createWorld, type Trigger, type World } from '../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

let count = 0;

/** Sends a user through one tile that holds its webhook, and answers what the endpoint got. */
async function callInline(
  webhook: Record<string, unknown>,
  {
    path = '',
    profile = {},
    tile = {},
    ...trigger
  }: Trigger & { path?: string; profile?: Profile; tile?: object } = {},
) {
  count += 1;
  const base = `/inline-${count}`;
  const { identity = { email: `inline${count}@example.com` } } = trigger;
  await save(identity, profile);
  const tiles = [
    {
      id: 'tell',
      type: 'webhook',
      webhook: { url: `${world.receiver.url}${base}${path}`, ...webhook },
      ...tile,
    },
  ];
  const { entry, deliveries } = await world.ended(
    await world.enter(await world.journey(tiles), { ...trigger, identity }),
  );
  const requests = world.receiver.requests.filter(({ url }) => url.startsWith(base));
  return { entry, deliveries, requests, request: requests[0], base };
}

function save(identity: { email?: string; userId?: string }, dataFields: Profile) {
  return updateUser(world, { ...identity, dataFields, mergeNestedObjects: false, createNewFields: true });
}

const EVENT = { kind: 'customEvent', name: 'clicked', dataFields: {} } as const;
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const OURS = expect.stringMatching(/^usr_\d+$/);

describe('an inline webhook', () => {
  it('posts the event, its time and its user as JSON (B134, B136, B138, B139, B140)', async () => {
    const identity = { email: 'user@example.com' };
    const { request, entry, deliveries } = await callInline(
      { eventTitle: 'Signup Completed', profileFields: ['profileId', 'email', 'firstName', 'plan', 'none'] },
      { identity, profile: { plan: 'free', firstName: 'Alex' } },
    );
    expect(request!.method).toBe('POST');
    expect(request!.headers['content-type']).toBe('application/json');
    expect(request!.json()).toEqual({
      eventTitle: 'Signup Completed',
      timestamp: STAMP,
      profile: { profileId: OURS, email: 'user@example.com', firstName: 'Alex', plan: 'free' },
    });
    expect(Object.keys(request!.json() as object)).toEqual(['eventTitle', 'timestamp', 'profile']);
    expect(entry.status).toBe('completed');
    expect(deliveries).toMatchObject([{ status: 'delivered', webhookId: null }]);
  });

  it('puts a custom payload to a path filled from the event (B135, B141, B143, B144, B146)', async () => {
    const { request, base } = await callInline(
      {
        method: 'PUT',
        eventTitle: 'Plan Upgraded',
        payload: {
          account: {
            accountId: '{{accountId}}',
            previousPlan: '{{was}}',
            currentPlan: '{{plan}}',
            seats: '{{seats}}',
          },
        },
      },
      {
        path: '/accounts/{accountId}',
        dataFields: { accountId: 'acc/1 2', was: 'starter', plan: 'pro', seats: 5 },
      },
    );
    expect(request!.url).toBe(`${base}/accounts/acc%2F1%202`);
    expect(request!.json()).toEqual({
      eventTitle: 'Plan Upgraded',
      timestamp: STAMP,
      profile: { profileId: OURS, email: expect.any(String) as string },
      account: { accountId: 'acc/1 2', previousPlan: 'starter', currentPlan: 'pro', seats: 5 },
    });
  });

  it('sends a DELETE with a JSON body, and accepts a 204 (B142)', async () => {
    const identity = { email: 'revoked@example.com' };
    world.receiver.respondAt(`/inline-${count + 1}/subscribers/revoked%40example.com`, 204);
    await save(identity, {});
    await setConsent(world, identity, 'marketing', 'decline');
    const { request, entry } = await callInline(
      {
        method: 'DELETE',
        eventTitle: 'Consent Revoked',
        profileFields: ['email'],
        consent: { category: 'marketing', check: false, action: 'decline' },
      },
      { path: '/subscribers/{email}', identity },
    );
    expect(request!.method).toBe('DELETE');
    expect(request!.json()).toEqual({
      eventTitle: 'Consent Revoked',
      timestamp: STAMP,
      profile: { email: 'revoked@example.com' },
      consent: { category: 'marketing', action: 'decline' },
    });
    expect(entry.status).toBe('completed');
  });

  it('sends nothing for a user who declined its category, and completes the workflow (B148)', async () => {
    const identity = { email: 'declined@example.com' };
    await save(identity, {});
    await setConsent(world, identity, 'marketing', 'decline');
    const { requests, entry } = await callInline(
      { consent: { category: 'marketing' } },
      { identity, tile: { onFailure: 'exit' } },
    );
    expect(requests).toHaveLength(0);
    expect(entry).toMatchObject({ status: 'exited', reason: 'consent', tileId: 'tell' });
    const { status } = await world.client.workflow.getHandle(entry.id).describe();
    expect(status.name).toBe('COMPLETED');
  });

  it('checks consent again before a retry', async () => {
    const identity = { email: 'changed-mind@example.com' };
    await save(identity, {});
    world.receiver.respondAt(`/inline-${count + 1}`, (_request, response) => {
      void setConsent(world, identity, 'news', 'decline').then(() => response.writeHead(503).end());
    });
    const { requests, entry, deliveries } = await callInline({ consent: { category: 'news' } }, { identity });
    expect(requests).toHaveLength(1);
    expect(entry).toMatchObject({ status: 'exited', reason: 'consent' });
    expect(deliveries).toMatchObject([{ status: 'failed', reason: 'consent' }]);
  });

  it('sends for a user who accepted the category, or never decided', async () => {
    const accepted = { email: 'accepted@example.com' };
    await save(accepted, {});
    await setConsent(world, accepted, 'marketing', 'decline');
    await setConsent(world, accepted, 'marketing', 'accept');
    const consent = { category: 'marketing' };
    expect((await callInline({ consent }, { identity: accepted })).requests).toHaveLength(1);
    expect((await callInline({ consent })).requests).toHaveLength(1);
  });

  it.each([
    ['missing', {}],
    ['null', { accountId: null }],
    ['two dots', { accountId: '..' }],
  ])(
    'exits with invalid_url and sends nothing when a placeholder is %s (B143, B149)',
    async (_what, dataFields) => {
      const { requests, entry } = await callInline({}, { path: '/accounts/{accountId}/x', dataFields });
      expect(entry).toMatchObject({ status: 'exited', reason: 'invalid_url' });
      expect(requests).toHaveLength(0);
    },
  );

  it('sends nothing when its payload cannot be rendered (B149)', async () => {
    const { requests, entry } = await callInline(
      { payload: { a: '{{#each list}}{{urlEncode this}}{{/each}}' } },
      {
        dataFields: { list: Array.from({ length: 200_000 }, () => 'x') },
      },
    );
    expect(entry).toMatchObject({ status: 'exited', reason: 'render' });
    expect(requests).toHaveLength(0);
  });

  it('reads the profile when it is sent, not when the user entered (B147)', async () => {
    const identity = { email: 'later@example.com' };
    await save(identity, { plan: 'free' });
    const webhook = { url: `${world.receiver.url}/final-values`, profileFields: ['plan'] };
    world.receiver.respondAt('/before-delay', (_request, response) => {
      void save(identity, { plan: 'pro' }).then(() => response.end());
    });
    const first = await world.webhook({ endpoint: `${world.receiver.url}/before-delay` });
    const journeyId = await world.journey([
      { id: 'first', type: 'webhook', webhookId: first },
      { id: 'wait', type: 'delay', for: '3 days' },
      { id: 'tell', type: 'webhook', webhook },
    ]);
    await world.ended(await world.enter(journeyId, { identity }));
    const sent = world.receiver.requests.find(({ url }) => url === '/final-values')!;
    expect(sent.json()).toMatchObject({ profile: { plan: 'pro' } });
  });

  it('is called once per user who reaches the tile, however many updates and events follow (B131, B132)', async () => {
    const identity = { email: 'quiet@example.com' };
    const { entry, base } = await callInline({}, { identity });
    for (let index = 0; index < 5; index += 1) {
      await save(identity, { index });
      await trackEvent(world, identity, { ...EVENT, createdAt: Date.now() });
    }
    expect(world.receiver.requests.filter(({ url }) => url === base)).toHaveLength(1);
    expect(await world.db.$count(entries, eq(entries.userId, entry.userId!))).toBe(1);
    expect(await world.db.$count(deliveries, eq(deliveries.entryId, entry.id))).toBe(1);
  });

  it.each([
    [{ type: 'basicUser', username: 'user', password: 'pass' }, 'authorization', 'Basic dXNlcjpwYXNz'],
    [{ type: 'basicUser', username: 'live_key', password: '' }, 'authorization', 'Basic bGl2ZV9rZXk6'],
    [{ type: 'bearer', token: 't0ken' }, 'authorization', 'Bearer t0ken'],
    [{ type: 'apiKey', header: 'X-Key', key: 'k3y' }, 'x-key', 'k3y'],
  ])('authenticates as configured: %j (B070, B071)', async (authentication, header, value) => {
    const { request } = await callInline(
      { authentication, headers: [{ name: 'X-Tenant', value: '{{tenant}}' }] },
      {
        dataFields: { tenant: 'blue' },
      },
    );
    expect(request!.headers[header]).toBe(value);
    expect(request!.headers['x-tenant']).toBe('blue');
  });

  it('has only the headers it is given (B077, B145)', async () => {
    const { request } = await callInline({});
    const ours = ['accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];
    expect(Object.keys(request!.headers).sort()).toEqual([...ours, 'webhook-id', 'webhook-timestamp'].sort());
  });

  it('adds the trigger data when configured to', async () => {
    const { request } = await callInline(
      { includeTrigger: true },
      { dataFields: { eventName: 'signup', a: 1 } },
    );
    expect(request!.json()).toMatchObject({ eventTitle: 'signup', trigger: { eventName: 'signup', a: 1 } });
  });

  it('stores its secret neither in Temporal nor in the version', async () => {
    const { entry } = await callInline({ authentication: { type: 'bearer', token: 'hidden-t0ken' } });
    const history = readable(await world.client.workflow.getHandle(entry.id).fetchHistory());
    expect(history).toContain(`"entryId":"${entry.id}"`);
    expect(history).not.toContain('hidden-t0ken');
    const [version] = await world.db
      .select()
      .from(journeyVersions)
      .where(eq(journeyVersions.journeyId, entry.journeyId));
    expect(JSON.stringify(version!.definition)).toContain('"bearer"');
    expect(JSON.stringify(version)).not.toContain('hidden-t0ken');
  });
});
