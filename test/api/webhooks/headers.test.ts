import { type ApiWorld, createApiWorld } from '../../support/api-world';

const BASE = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
const OAUTH = {
  type: 'oauth2',
  clientId: 'a',
  clientSecret: 'b',
  tokenUrl: 'https://login.example.com/token',
};

describe('a custom header', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const post = (more: object) => world.call('POST', '/api/journeyWebhooks', { ...BASE, ...more });
  const warningsFor = async (...names: string[]) => {
    const headers = names.map((name) => ({ name, value: '{{value}}' }));
    const { status, body } = await post({ headers });
    expect(status).toBe(201);
    return body.warnings;
  };

  it.each(['X-Api-Key', 'Authorization', 'X-Auth-Token', 'Client-Secret', 'X-Password', 'Cookie'])(
    'named %s is accepted with a warning that it is readable (B074, B075, B076)',
    async (name) => {
      expect(await warningsFor('X-Tenant', name)).toEqual([
        { field: 'headers[1]', message: expect.stringMatching(/plain text.*Use the authentication setting/) },
      ]);
    },
  );

  it.each(['X-Tenant', 'Accept', 'Idempotency-Key', 'X-Author'])(
    'named %s needs no warning (B072)',
    async (name) => expect(await warningsFor(name)).toEqual([]),
  );

  it('is shown as saved, with its warning; both can be sent back (B075)', async () => {
    const headers = [{ name: 'X-Api-Key', value: 'k-123' }];
    const { body: created } = await post({ headers });
    const read = (await world.call('GET', `/api/journeyWebhooks/${created.id}`)).body;
    expect(read).toMatchObject({ headers, warnings: created.warnings });
    expect(read.warnings).toHaveLength(1);
    const saved = await world.call('PUT', `/api/journeyWebhooks/${read.id}`, { ...read, headers: [] });
    expect(saved).toMatchObject({ status: 200, body: { headers: [], warnings: [] } });
  });

  it.each([
    [{ type: 'bearer', token: 't' }, 'authorization'],
    [{ type: 'basic', token: 't' }, 'Authorization'],
    [{ type: 'apiKey', header: 'X-Tenant', key: 'k' }, 'x-tenant'],
    [OAUTH, 'Authorization'],
  ])('replaced by %j has a warning (G10)', async (authentication, name) => {
    const { body } = await post({ authentication, headers: [{ name, value: 'mine' }] });
    expect(body.warnings.at(-1)).toEqual({
      field: 'headers[0]',
      message: expect.stringMatching(/authentication setting also sets .* overrides this header/),
    });
  });

  it.each(['api_key', 'apikey', 'API-KEY', 'x-api-key'])(
    'holds a key, never a URL: %s is refused in endpoint and token URL (B051, C11)',
    async (name) => {
      const query = `?a=1&${name}=k`;
      const endpoint = await post({ endpoint: BASE.endpoint + query });
      expect(endpoint).toMatchObject({ status: 400, body: { code: 'BadParams' } });
      expect(endpoint.body.params.endpoint).toContain('must not contain an API key');
      const token = await post({ authentication: { ...OAUTH, tokenUrl: OAUTH.tokenUrl + query } });
      expect(token.body.params['authentication.tokenUrl']).toContain('must not contain an API key');
    },
  );
});
