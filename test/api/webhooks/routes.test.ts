import { eq } from 'drizzle-orm';
import { secrets, webhooks } from '../../../src/db/schema';
import { readSecret } from '../../../src/db/secrets/secrets';
import { FREE_HOSTS } from '../../template/hostile-corpus';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

const BASE = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
const OAUTH = {
  type: 'oauth2',
  clientId: 'wayhook',
  clientSecret: 'first-secret',
  tokenUrl: 'https://login.example.com/token',
};
const SET = { set: true };

describe('journey webhooks', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const create = async (more: object = {}) =>
    (await world.call('POST', '/api/journeyWebhooks', { ...BASE, ...more })).body;
  const update = (id: number, webhook: object) => world.call('PUT', `/api/journeyWebhooks/${id}`, webhook);
  const read = (id: number) => world.call('GET', `/api/journeyWebhooks/${id}`);
  const secretOf = async (id: number) => {
    const [row] = await world.db.select().from(webhooks).where(eq(webhooks.id, id));
    const secretId = row!.secretId!;
    return { secretId, value: await readSecret(world.db, world.sealer, secretId) };
  };
  const isStored = async (secretId: string) =>
    (await world.db.select().from(secrets).where(eq(secrets.id, secretId))).length > 0;

  it('are created with POST, JSON and no authentication by default (B038, B044, B054, B078, B082)', async () => {
    const answer = await world.call('POST', '/api/journeyWebhooks', BASE);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      ...BASE,
      id: expect.any(Number),
      destination: 'custom',
      method: 'POST',
      authentication: { type: 'none' },
      headers: [],
      bodyType: 'json',
      includeEmailAndWorkflowId: true,
      userFields: [],
      signing: { enabled: false },
      dataRetrieval: false,
      liveDataFields: [],
      warnings: [],
      revision: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await read(answer.body.id)).body).toEqual(answer.body);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('take the method %s (B043)', async (method) => {
    expect(await create({ method })).toMatchObject({ method });
  });

  it('take a JSON body as an object, stored as its text (B079)', async () => {
    expect(await create({ body: { plan: '{{plan}}' } })).toMatchObject({ body: '{"plan":"{{plan}}"}' });
  });

  it('take form fields (B080) and custom headers (B072)', async () => {
    const more = {
      bodyType: 'form',
      body: [{ name: 'firstName', value: '{{firstName}}' }],
      headers: [{ name: 'X-Tenant', value: '{{tenant}}' }],
    };
    expect(await create(more)).toMatchObject(more);
  });

  it.each([
    [{ type: 'basic', token: 'a:b' }, 'token'],
    [{ type: 'basicUser', username: 'ada', password: 'pw' }, 'password'],
    [{ type: 'basicUser', username: 'live_key', password: '' }, 'password'],
    [{ type: 'bearer', token: 'a' }, 'token'],
    [{ type: 'apiKey', header: 'X-Api-Key', key: 'k' }, 'key'],
    [OAUTH, 'clientSecret'],
  ])('never read a secret back: %j (B053, B056, B058, B075)', async (authentication, field) => {
    const value = (authentication as Record<string, string>)[field]!;
    const created = await create({ authentication });
    expect(created.authentication).toEqual({ ...authentication, [field]: SET });
    expect((await secretOf(created.id)).value).toBe(value);
    const rows = await world.db.select().from(webhooks).where(eq(webhooks.id, created.id));
    expect(rows[0]!.definition.authentication).not.toHaveProperty(field);
  });

  it('warn in the answer that “Bearer ” before a token was taken off, and store the token alone', async () => {
    const created = await create({ authentication: { type: 'bearer', token: 'Bearer abc\n' } });
    const warning = { field: 'authentication.token', message: expect.stringContaining('“Bearer ”') };
    expect(created.warnings).toEqual([warning]);
    expect((await secretOf(created.id)).value).toBe('abc');
    expect((await read(created.id)).body.warnings).toEqual([]);
    const updated = await update(created.id, {
      ...BASE,
      authentication: { type: 'basic', token: 'Basic x' },
    });
    expect(updated.body.warnings).toEqual([{ ...warning, message: expect.stringContaining('“Basic ”') }]);
  });

  it('refuse a secret that no header can carry by its field, and store nothing', async () => {
    const before = await world.db.$count(secrets);
    const authentication = { type: 'apiKey', header: 'X-Key', key: 'k\u200b-3' };
    const answer = await world.call('POST', '/api/journeyWebhooks', { ...BASE, authentication });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.params).toEqual({
      'authentication.key': expect.stringContaining('No header can carry character 2'),
    });
    expect(await world.db.$count(secrets)).toBe(before);
  });

  it('are read as they are, whatever was stored before a rule', async () => {
    const created = await create({ authentication: { type: 'basicUser', username: 'ada', password: '' } });
    const [row] = await world.db.select().from(webhooks).where(eq(webhooks.id, created.id));
    const authentication = { type: 'basicUser' as const, username: 'a:b' };
    await world.db
      .update(webhooks)
      .set({ definition: { ...row!.definition, authentication } })
      .where(eq(webhooks.id, created.id));
    expect(await read(created.id)).toMatchObject({
      status: 200,
      body: { authentication: { ...authentication, password: SET } },
    });
  });

  it('keep the secret when a read is sent back whole', async () => {
    const created = await create({ authentication: OAUTH });
    const before = await secretOf(created.id);
    const answer = await update(created.id, { ...created, name: 'Renamed' });
    expect(answer).toMatchObject({ status: 200, body: { id: created.id, name: 'Renamed' } });
    expect(answer.body.authentication.clientSecret).toEqual(SET);
    expect(await secretOf(created.id)).toEqual(before);
  });

  it('store a new secret for a new value, and delete the old one', async () => {
    const { id } = await create({ authentication: OAUTH });
    const before = await secretOf(id);
    await update(id, { ...BASE, authentication: { ...OAUTH, clientSecret: 'second-secret' } });
    const after = await secretOf(id);
    expect(after.value).toBe('second-secret');
    expect(after.secretId).not.toBe(before.secretId);
    expect(await isStored(before.secretId)).toBe(false);
  });

  it('store a new secret for the old value when another part of the authentication changes', async () => {
    const { id } = await create({ authentication: OAUTH });
    const before = await secretOf(id);
    const changed = { ...OAUTH, clientId: 'other', clientSecret: SET };
    expect((await update(id, { ...BASE, authentication: changed })).status).toBe(200);
    const after = await secretOf(id);
    expect(after.value).toBe('first-secret');
    expect(after.secretId).not.toBe(before.secretId);
    expect(await isStored(before.secretId)).toBe(false);
  });

  it('do not send a stored secret to a token URL on another host', async () => {
    const { id } = await create({ authentication: OAUTH });
    const moved = { ...OAUTH, clientSecret: SET, tokenUrl: 'https://evil.example.net/token' };
    const answer = await update(id, { ...BASE, authentication: moved });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.params.authentication).toContain('another host');
    expect((await read(id)).body.authentication.tokenUrl).toBe(OAUTH.tokenUrl);
  });

  it.each([
    [{ type: 'bearer', token: SET }, 'https://evil.example.net/users', 400],
    [{ type: 'bearer', token: SET }, 'https://{{host}}/users', 400],
    [{ type: 'bearer', token: 'sent again' }, 'https://evil.example.net/users', 200],
  ])(
    'do not send a stored secret to an endpoint on another host: %j to %s',
    async (authentication, endpoint, status) => {
      const { id } = await create({ authentication: { type: 'bearer', token: 'a' } });
      expect((await update(id, { ...BASE, authentication, endpoint })).status).toBe(status);
    },
  );

  describe.each(FREE_HOSTS)('send no secret to %s', (_claim, endpoint) => {
    it.each([
      { type: 'basic', token: SET },
      { type: 'basicUser', username: 'u', password: SET },
      { type: 'bearer', token: SET },
      { type: 'bearer', token: 'sent again' },
      { ...OAUTH, clientSecret: SET },
    ])('with %j', async (authentication) => {
      const { id } = await create({ authentication: { type: 'bearer', token: 'a' } });
      const webhook = { ...BASE, authentication, endpoint };
      const answers = [
        await update(id, webhook),
        await world.call('POST', '/api/journeyWebhooks', webhook),
        await world.call('POST', '/api/journeyWebhooks/test', { webhook, webhookId: id }),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(400);
        // A user name in a URL is refused anyway.
        expect(Object.values(body.params).join()).toMatch(/to one host only|user name/);
      }
      expect((await read(id)).body.endpoint).toBe(BASE.endpoint);
    });
  });

  it('read a host as URL parsers do', async () => {
    const { id } = await create({ authentication: { type: 'bearer', token: 'a' } });
    const { origin, pathname } = new URL(BASE.endpoint);
    const same = `${origin.toUpperCase().replace('HTTPS', 'https')}:443${pathname}`;
    const authentication = { type: 'bearer', token: SET };
    expect((await update(id, { ...BASE, authentication, endpoint: same })).status).toBe(200);
    for (const endpoint of [
      `${origin}:444/`,
      `${origin.replace('https', 'http')}/`,
      `${origin}.evil.example/`,
    ]) {
      expect((await update(id, { ...BASE, authentication, endpoint })).status).toBe(400);
    }
  });

  it('do not keep a secret for another kind of authentication', async () => {
    const { id } = await create({ authentication: { type: 'bearer', token: 'a' } });
    const answer = await update(id, { ...BASE, authentication: { type: 'basic', token: SET } });
    expect(answer.status).toBe(400);
    await update(id, BASE);
    expect(await world.db.select().from(webhooks).where(eq(webhooks.id, id))).toMatchObject([
      { secretId: null },
    ]);
  });

  it('are gone when deleted, with their secret, and their id is not used again', async () => {
    const { id } = await create({ authentication: OAUTH });
    const { secretId } = await secretOf(id);
    expect(await world.call('DELETE', `/api/journeyWebhooks/${id}`)).toMatchObject({ status: 204, body: '' });
    expect(await read(id)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    expect((await update(id, BASE)).status).toBe(404);
    expect((await world.call('DELETE', `/api/journeyWebhooks/${id}`)).status).toBe(404);
    expect(await isStored(secretId)).toBe(false);
    expect((await create()).id).toBeGreaterThan(id);
    const { webhooks: listed } = (await world.call('GET', '/api/journeyWebhooks?pageSize=200')).body;
    expect(listed.map((webhook: { id: number }) => webhook.id)).not.toContain(id);
  });

  it('are listed newest first, by name, a page at a time (B039)', async () => {
    const ids = [];
    for (const name of ['Pager one', 'pAGER two', 'Pager 100%', 'Other'])
      ids.push((await create({ name })).id);
    const list = async (query: string) => (await world.call('GET', `/api/journeyWebhooks?${query}`)).body;
    const idsOf = (page: { webhooks: { id: number }[] }) => page.webhooks.map(({ id }) => id);

    const first = await list('name=pager&pageSize=2');
    expect(idsOf(first)).toEqual([ids[2], ids[1]]);
    const second = await list(`name=pager&pageSize=2&pageToken=${first.nextPageToken}`);
    expect(idsOf(second)).toEqual([ids[0]]);
    expect(second).not.toHaveProperty('nextPageToken');
    expect(idsOf(await list('name=100%25'))).toEqual([ids[2]]);
    expect(idsOf(await list('name=%25_'))).toEqual([]);
  });
});
