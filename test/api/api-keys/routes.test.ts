import { sql } from 'drizzle-orm';
import { createKnownKeys } from '../../../src/api/authentication/known-keys';
import { rowsOf } from '../../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const PATH = '/api/apiKeys';
const as = (key: string) => ({ 'api-key': key });
const create = (scopes: string[], name = 'Shop') => world.call('POST', PATH, { name, scopes });
const listed = async () => (await world.call('GET', `${PATH}?pageSize=200`)).body.apiKeys;
const environmentKey = async () =>
  (await listed()).find((row: { environment: boolean }) => row.environment).id as number;

describe('API keys', () => {
  it('are created with the scopes asked for, shown once, and stored as a hash alone', async () => {
    const { status, body } = await create(['trigger', 'read']);
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.any(Number),
        name: 'Shop',
        scopes: ['trigger', 'read'],
        environment: false,
        createdAt: expect.stringMatching(/Z$/),
        key: expect.stringMatching(/^wh_[\w-]{43}$/),
      },
    });
    const { key, ...shown } = body;
    expect((await listed())[0]).toEqual(shown);
    const [row] = await rowsOf<{ text: string; hash: Uint8Array }>(
      world.db,
      sql`select row_to_json(api_keys)::text as text, key_hash as hash from api_keys where id = ${body.id}`,
    );
    expect(row!.text).not.toContain(key);
    expect(row!.hash).toHaveLength(32);
    expect((await world.call('GET', '/api/journeys', undefined, as(key))).status).toBe(200);
    expect((await world.call('POST', '/api/journeys', {}, as(key))).status).toBe(403);
  });

  it('are listed newest first, in pages, with the one of the settings', async () => {
    for (const name of ['first', 'second', 'third']) await create(['read'], name);
    const first = await world.call('GET', `${PATH}?pageSize=2`);
    expect(first.body.apiKeys.map(({ name }: { name: string }) => name)).toEqual(['third', 'second']);
    const next = await world.call('GET', `${PATH}?pageSize=2&pageToken=${first.body.nextPageToken}`);
    expect(next.body.apiKeys[0].name).toBe('first');
    expect(await listed()).toContainEqual(
      expect.objectContaining({ name: 'WAYHOOK_API_KEY', scopes: ['admin'], environment: true }),
    );
  });

  it.each([
    [{ scopes: ['read'] }, 'name'],
    [{ name: ' ', scopes: ['read'] }, 'name'],
    [{ name: 'x'.repeat(201), scopes: ['read'] }, 'name'],
    [{ name: 'Shop' }, 'scopes'],
    [{ name: 'Shop', scopes: [] }, 'scopes'],
    [{ name: 'Shop', scopes: ['write'] }, 'scopes[0]'],
    [{ name: 'Shop', scopes: ['read', 'read'] }, 'scopes'],
    [{ name: 'Shop', scopes: 'admin' }, 'scopes'],
    [{ name: 'Shop', scopes: ['read'], key: 'my-own' }, 'key'],
    [{ name: 'Shop', scopes: ['read'], environment: true }, 'environment'],
  ])('are refused for %j', async (body, field) => {
    const before = (await listed()).length;
    const answer = await world.call('POST', PATH, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([field]);
    expect((await listed()).length).toBe(before);
  });

  it('are made and revoked by administrators alone, so that no key passes on a scope that it lacks', async () => {
    const { id } = (await create(['read'])).body;
    for (const scope of ['trigger', 'journeys', 'integrations', 'read'] as const) {
      const key = await world.keyWith(scope);
      for (const scopes of [[scope], ['admin']]) {
        const answer = await world.call('POST', PATH, { name: 'Shop', scopes }, as(key));
        expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
      }
      expect((await world.call('DELETE', `${PATH}/${id}`, undefined, as(key))).status).toBe(403);
      const list = await world.call('GET', PATH, undefined, as(key));
      expect({ scope, status: list.status }).toEqual({ scope, status: scope === 'read' ? 200 : 403 });
    }
  });
});

describe('a revoked key', () => {
  it('works for no further request, though it was just used', async () => {
    const { id, key } = (await create(['read'])).body;
    const use = () => world.call('GET', '/api/journeys', undefined, as(key));
    expect((await use()).status).toBe(200);
    expect((await world.call('DELETE', `${PATH}/${id}`)).status).toBe(204);
    expect(await use()).toMatchObject({ status: 401, body: { code: 'BadApiKey' } });
    expect((await listed()).map((row: { id: number }) => row.id)).not.toContain(id);
    expect(await world.call('DELETE', `${PATH}/${id}`)).toMatchObject({ status: 404 });
  });

  it('is not remembered by a request that looked it up while it was revoked', async () => {
    const { id, key } = (await create(['read'])).body;
    const keys = createKnownKeys(world.db);
    const looking = keys.find(key);
    keys.forget();
    expect(await looking).toMatchObject({ id });
    await world.call('DELETE', `${PATH}/${id}`);
    expect(await keys.find(key)).toBeUndefined();
  });

  it('may be the caller’s own', async () => {
    const { id, key } = (await create(['admin'])).body;
    expect((await world.call('DELETE', `${PATH}/${id}`, undefined, as(key))).status).toBe(204);
    expect((await world.call('GET', PATH, undefined, as(key))).status).toBe(401);
  });

  it('is never the one of the settings', async () => {
    const id = await environmentKey();
    const answer = await world.call('DELETE', `${PATH}/${id}`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    expect(answer.body.msg).toContain('WAYHOOK_API_KEY');
    expect((await world.call('GET', PATH)).status).toBe(200);
  });

  it('is answered 404 where there is none', async () => {
    expect(await world.call('DELETE', `${PATH}/999999`)).toMatchObject({
      status: 404,
      body: { code: 'NotFound' },
    });
  });
});

describe('without a key in the settings', () => {
  let site: ApiWorld;
  beforeAll(async () => void (site = await createApiWorld({ environmentKeyId: undefined })));
  afterAll(() => site.close());

  it('one administrator’s key stays, however many are revoked at once', async () => {
    const made: { id: number; key: string }[] = [];
    for (let count = 0; count < 4; count += 1) {
      made.push((await site.call('POST', PATH, { name: `Admin ${count}`, scopes: ['admin'] })).body);
    }
    await site.call('POST', PATH, { name: 'Reader', scopes: ['read'] });
    const { body } = await site.call('GET', PATH);
    const admins = body.apiKeys.filter(({ scopes }: { scopes: string[] }) => scopes.includes('admin'));
    expect(admins).toHaveLength(5);
    const answers = await Promise.all(
      admins.map(({ id }: { id: number }) =>
        // Each by another administrator, all of whom were let in before the first revocation.
        site.call('DELETE', `${PATH}/${id}`, undefined, as(made.find((one) => one.id !== id)!.key)),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204).length).toBeLessThan(5);
    const [left] = await rowsOf<{ count: number }>(
      site.db,
      sql`select count(*) as count from api_keys where revoked_at is null and 'admin' = any(scopes)`,
    );
    expect(left!.count).toBeGreaterThanOrEqual(1);
  });

  it('the last one is refused, with what to do', async () => {
    const lone = await createApiWorld({ environmentKeyId: undefined });
    const [{ id }] = (await lone.call('GET', PATH)).body.apiKeys;
    const answer = await lone.call('DELETE', `${PATH}/${id}`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'Conflict' } });
    expect(answer.body.msg).toContain('Create one first');
    expect((await lone.call('GET', PATH)).status).toBe(200);
    await lone.close();
  });
});
