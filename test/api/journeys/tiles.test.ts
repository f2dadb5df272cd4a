import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { FREE_HOSTS } from '../../template/hostile-corpus';
import { readLatestSecret } from '../../../src/db/secrets/secrets';
import { findJourney } from '../../../src/db/journeys/journeys';
import { hasDeclined } from '../../../src/db/users/consents';
import { acceptEntry } from '../../../src/db/entries/accept';
import { enqueuing } from '../../../src/db/enqueue';
import { newEntryId } from '../../../src/db/entries/insert';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const URL = 'https://api.example.com/users';

const create = (tiles: object[]) => world.call('POST', '/api/journeys', { name: 'Tiles', tiles });

async function publish(tiles: object[]) {
  const { body } = await create(tiles);
  return world.call('POST', `/api/journeys/${body.id}/publish`);
}

async function webhookWith(input: object): Promise<number> {
  const { body } = await world.call('POST', '/api/journeyWebhooks', {
    name: 'W',
    endpoint: URL,
    ...input,
  });
  return body.id as number;
}

describe('a tile that calls', () => {
  it.each<[string, object, string]>([
    ['both a saved webhook and its own', { webhookId: 1, webhook: { url: URL } }, 'tiles[0].webhookId'],
    ['neither', {}, 'tiles[0].webhookId'],
    [
      'an API key among its parameters',
      { webhookId: 1, parameters: { api_key: 'x' } },
      'tiles[0].parameters.api_key',
    ],
    [
      'a parameter that is no template',
      { webhookId: 1, parameters: { a: '{{#if}}' } },
      'tiles[0].parameters.a',
    ],
    [
      'a method its own webhook cannot have (B134)',
      { webhook: { url: URL, method: 'GET' } },
      'tiles[0].webhook.method',
    ],
    ['a URL with an API key (B051)', { webhook: { url: `${URL}?apikey=1` } }, 'tiles[0].webhook.url'],
    ['a placeholder that names no field', { webhook: { url: `${URL}/{a b}` } }, 'tiles[0].webhook.url'],
    [
      'a placeholder in the host',
      { webhook: { url: 'https://{tenant}.example.com/' } },
      'tiles[0].webhook.url',
    ],
    [
      'a broken payload',
      { webhook: { url: URL, payload: { a: [{ b: '{{x' }] } } },
      'tiles[0].webhook.payload.a[0].b',
    ],
    [
      'an unknown helper',
      { webhook: { url: URL, eventTitle: '{{shout a}}' } },
      'tiles[0].webhook.eventTitle',
    ],
    [
      'a consent action that is none',
      { webhook: { url: URL, consent: { category: 'a', action: 'x' } } },
      'tiles[0].webhook.consent.action',
    ],
    ['a field that is none', { webhook: { url: URL, bodyType: 'form' } }, 'tiles[0].webhook.bodyType'],
    [
      'a header that HTTP sets',
      { webhook: { url: URL, headers: [{ name: 'Host', value: 'x' }] } },
      'tiles[0].webhook.headers[0].name',
    ],
  ])('is refused with %s, by the path of the field', async (_what, tile, path) => {
    const { status, body } = await create([{ id: 'call', type: 'webhook', ...tile }]);
    expect([status, body.code]).toEqual([400, 'BadParams']);
    expect(Object.keys(body.params as object)).toEqual([path]);
  });

  it.each<[string, object, string]>([
    ['Live Data without a name', { type: 'liveData', webhookId: 1 }, 'tiles[0].name'],
    [
      'Live Data with a name no template can say',
      { type: 'liveData', webhookId: 1, name: 'a b' },
      'tiles[0].name',
    ],
    ['a profile from nowhere', { type: 'userProfile' }, 'tiles[0].url'],
    ['a profile from two places', { type: 'userProfile', url: URL, webhookId: 1 }, 'tiles[0].url'],
    [
      'a profile from a URL with a password',
      { type: 'userProfile', url: 'https://a:b@example.com' },
      'tiles[0].url',
    ],
    ['a profile from a broken URL', { type: 'userProfile', url: `${URL}/{{#if}}` }, 'tiles[0].url'],
  ])('is refused as %s', async (_what, tile, path) => {
    const { status, body } = await create([{ id: 'call', ...tile }]);
    expect(status).toBe(400);
    expect(Object.keys(body.params as object)).toEqual([path]);
  });

  it('is not published with a Live Data tile whose webhook has no Data Retrieval (B104)', async () => {
    const webhookId = await webhookWith({});
    const { status, body } = await publish([{ id: 'fetch', type: 'liveData', name: 'a', webhookId }]);
    expect(status).toBe(400);
    expect(body.params['tiles[0].webhookId']).toContain('Data Retrieval');
  });

  it('may read live data without a feature switch (B105)', async () => {
    const input = {
      name: 'Data',
      endpoint: URL,
      dataRetrieval: true,
      liveDataFields: [{ path: 'a', type: 'string' }],
    };
    const { status, body } = await world.call('POST', '/api/journeyWebhooks', input);
    // Only its test is missing.
    expect([status, body.code]).toEqual([422, 'TestRequired']);
  });

  it('is not published with a User Profile tile whose webhook is not a GET (B101)', async () => {
    const webhookId = await webhookWith({ method: 'POST' });
    const { status, body } = await publish([{ id: 'sync', type: 'userProfile', webhookId }]);
    expect(status).toBe(400);
    expect(body.params['tiles[0].webhookId']).toContain('GET');
  });
});

describe('an inline webhook', () => {
  const tile = (authentication: object, url = URL) => ({
    id: 'call',
    type: 'webhook',
    webhook: { url, authentication },
  });
  const bearer = (token: unknown) => ({ type: 'bearer', token });
  const update = (id: number, tiles: object[]) =>
    world.call('PUT', `/api/journeys/${id}`, { name: 'Tiles', tiles });
  const secretsOf = async (id: number) => (await findJourney(world.db, id))!.secrets;

  it('is in no list of webhooks (B133)', async () => {
    const before = await world.call('GET', '/api/journeyWebhooks');
    await publish([tile({ type: 'none' })]);
    expect((await world.call('GET', '/api/journeyWebhooks')).body).toEqual(before.body);
  });

  it('never shows its secret, and keeps it when the marker is sent back (B075)', async () => {
    const { body } = await create([tile(bearer('s3cret'))]);
    expect(body.tiles[0].webhook.authentication).toEqual({ type: 'bearer', token: { set: true } });
    const before = await secretsOf(body.id);
    const saved = await update(body.id, body.tiles);
    expect(saved.status).toBe(200);
    expect(await secretsOf(body.id)).toEqual(before);
    const published = await world.call('POST', `/api/journeys/${body.id}/publish`);
    const version = await world.call('GET', `/api/journeys/${body.id}/versions/1`);
    expect(JSON.stringify([saved.body, published.body, version.body])).not.toContain('s3cret');
  });

  it('has a token that is fit for a header, without “Bearer ” before it; the answer to the save warns', async () => {
    const field = 'tiles[0].webhook.authentication.token';
    const { body } = await create([tile(bearer('Bearer t0ken\n'))]);
    expect(body.warnings).toEqual([{ field, message: expect.stringContaining('“Bearer ”') }]);
    const { call: secret } = await secretsOf(body.id);
    expect((await readLatestSecret(world.db, world.sealer, secret!))?.value).toBe('t0ken');
    const again = await world.call('PUT', `/api/journeys/${body.id}`, body);
    expect(again.status).toBe(200);
    expect(again.body).not.toHaveProperty('warnings');
    const refused = await create([tile(bearer('t0ken\u200b'))]);
    expect(refused.body.params).toEqual({ [field]: expect.stringContaining('character 6') });
  });

  it('applies a new value of its secret to entries under way at once', async () => {
    const { body } = await create([tile(bearer('old'))]);
    const { call: frozen } = await secretsOf(body.id);
    await world.call('POST', `/api/journeys/${body.id}/publish`);
    await update(body.id, [tile(bearer('new'))]);
    expect((await readLatestSecret(world.db, world.sealer, frozen!))?.value).toBe('new');
    await update(body.id, [tile(bearer('newer'))]);
    await update(body.id, []);
    expect((await readLatestSecret(world.db, world.sealer, frozen!))?.value).toBe('newer');
  });

  it('keeps its secret, under another id, when the rest of its authentication changes; not that of another kind', async () => {
    const oauth = (changed: object) => ({
      ...{ type: 'oauth2', clientId: 'wayhook', clientSecret: { set: true } },
      ...{ tokenUrl: 'https://login.example.com/token', ...changed },
    });
    const { body } = await create([tile(oauth({ clientSecret: 's3cret' }))]);
    const { call: first } = await secretsOf(body.id);
    await world.call('POST', `/api/journeys/${body.id}/publish`);
    expect((await update(body.id, [tile(oauth({ scope: 'write', clientId: 'other' }))])).status).toBe(200);
    const { call: second } = await secretsOf(body.id);
    expect(second).not.toBe(first);
    for (const id of [first, second]) {
      expect(await readLatestSecret(world.db, world.sealer, id!)).toEqual({ id, value: 's3cret' });
    }
    for (const refused of [oauth({ tokenUrl: 'https://elsewhere.example.com/' }), bearer({ set: true })]) {
      expect((await update(body.id, [tile(refused)])).status).toBe(400);
    }
  });

  it('keeps the secret of a published version when the draft calls another host', async () => {
    const { body } = await create([tile(bearer('old'))]);
    const { call: frozen } = await secretsOf(body.id);
    await world.call('POST', `/api/journeys/${body.id}/publish`);
    const marker = await update(body.id, [tile(bearer({ set: true }), 'https://elsewhere.example.com')]);
    expect(marker.status).toBe(400);
    expect(Object.keys(marker.body.params as object)).toEqual(['tiles[0].webhook.authentication']);
    await update(body.id, [tile(bearer('for elsewhere'), 'https://elsewhere.example.com')]);
    expect((await readLatestSecret(world.db, world.sealer, frozen!))?.value).toBe('old');
  });

  it.each(FREE_HOSTS)('is not sent to %s', async (_claim, url) => {
    const { body } = await create([tile(bearer('old'))]);
    for (const token of [{ set: true }, 'new']) {
      const answer = await update(body.id, [tile(bearer(token), url)]);
      expect(answer.status).toBe(400);
      expect(Object.keys(answer.body.params)).toContain('tiles[0].webhook.authentication');
    }
  });

  it('has its secret deleted when a never-published draft drops it', async () => {
    const { body } = await create([tile(bearer('old'))]);
    const { call: secret } = await secretsOf(body.id);
    await update(body.id, []);
    expect(await readLatestSecret(world.db, world.sealer, secret!)).toBeUndefined();
  });
});

describe('POST /api/users/consent', () => {
  it('stores the user’s latest decision, and creates an unknown user (B148)', async () => {
    const { journeyId } = { journeyId: (await publish([])).body.id as number };
    const identity = { email: 'consent@example.com' };
    const say = (action: string) =>
      world.call('POST', '/api/users/consent', { ...identity, category: 'marketing', action });
    expect((await say('decline')).body).toEqual({ msg: '', code: 'Success', params: null });
    const entryId = newEntryId();
    const entry = { entryId, journeyId, identity, triggerData: {} };
    await enqueuing(world, (db) => acceptEntry(db, entry));
    expect(await hasDeclined(world.db, entryId, 'marketing')).toBe(true);
    expect(await hasDeclined(world.db, entryId, 'news')).toBe(false);
    await say('accept');
    expect(await hasDeclined(world.db, entryId, 'marketing')).toBe(false);
  });

  it.each([
    [{ category: 'a', action: 'accept' }, 'BadParams'],
    [{ email: 'no', category: 'a', action: 'accept' }, 'InvalidEmailAddressError'],
    [{ email: 'a@example.com', category: 'a', action: 'maybe' }, 'BadJsonBody'],
    [{ email: 'a@example.com', action: 'accept' }, 'BadJsonBody'],
  ])('refuses %j', async (sent, code) => {
    const { status, body } = await world.call('POST', '/api/users/consent', sent);
    expect([status, body.code]).toEqual([400, code]);
  });
});
