import type { InjectOptions } from 'fastify';
import { type ApiWorld, createApi, createApiWorld } from '../../support/api-world';

/** What lets no browser guess a type, render, frame, embed or store an answer. */
const GUARDED = {
  'content-security-policy': expect.stringMatching(/^default-src '(none|self)'; .*frame-ancestors 'none'$/),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

interface Route {
  method: string;
  url: string;
}

/** Every route that the server has, those outside its document too. */
function routesOf({ app }: ApiWorld): Route[] {
  const above: string[] = [];
  const lines = app.printRoutes({ commonPrefix: false }).trimEnd().split('\n');
  return lines.flatMap((line) => {
    const [, indent, part, methods] = /^(.*?)[├└]── (\S+) \((.+)\)$/.exec(line)!;
    above.splice(indent!.length / 4, Infinity, part!);
    const url = above.join('').replace(/:\w+|\*/g, '1');
    return methods!.split(', ').map((method) => ({ method, url }));
  });
}

describe('an answer', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const send = async (
    method: string,
    url: string,
    headers: Record<string, string> = {},
    payload?: string,
  ) => {
    const options = { method: method as InjectOptions['method'], url, headers, payload };
    return world.app.inject(options);
  };

  it('of any route, with a key and without, is guarded in browsers, and readable by no page', async () => {
    const routes = routesOf(world);
    expect(routes.length).toBeGreaterThan(150);
    for (const { method, url } of routes) {
      for (const key of [world.apiKey, '']) {
        const headers = { 'api-key': key, origin: 'https://evil.example' };
        const answer = await send(method, url, headers);
        expect([method, url, answer.headers]).toEqual([method, url, expect.objectContaining(GUARDED)]);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        if (url.startsWith('/docs')) continue;
        expect([method, url, answer.headers]).toMatchObject([method, url, { 'cache-control': 'no-store' }]);
        expect(answer.headers['content-type'] ?? 'none').not.toMatch(/html|svg|xml|script/);
      }
    }
  });

  it.each<[string, number, string, string, Record<string, string>?, string?]>([
    ['for an unknown path', 404, 'GET', '/nowhere'],
    ['for an unknown file of the page', 404, 'GET', '/docs/static/nothing.js'],
    ['for a method that a path does not take', 405, 'DELETE', '/healthz'],
    ['for a preflight', 405, 'OPTIONS', '/api/entries', { 'access-control-request-method': 'GET' }],
    ['for a URL that cannot be decoded', 400, 'GET', '/api/users/%zz'],
    ['for a part of a path that is too long', 400, 'GET', `/api/users/${'x'.repeat(2_000)}`],
    ['for a body without a type', 415, 'POST', '/api/lists', { 'content-type': 'text/plain' }, 'x'],
    ['for a body that is too large', 413, 'POST', '/api/lists', {}, `"${'x'.repeat(1_048_576)}"`],
    ['for an Expect that nobody knows', 200, 'GET', '/healthz', { expect: 'miracles' }],
  ])('%s is guarded too', async (_what, status, method, url, more = {}, payload) => {
    const headers = { 'api-key': world.apiKey, 'content-type': 'application/json', ...more };
    const answer = await send(method, url, headers, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({ ...GUARDED, 'cache-control': 'no-store' });
  });

  it('of the page lets it load its own files, and nothing else', async () => {
    const page = await send('GET', '/docs');
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) expect((await send('GET', source)).statusCode).toBe(200);
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)|\bon\w+=|<style|\bstyle=/);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'self'; style-src 'self' /);
  });
});

describe('a request with a Host', () => {
  const OWN = [
    'localhost',
    'localhost:8080',
    'LOCALHOST:80',
    '127.0.0.1:9',
    '127.1.2.3',
    '[::1]:8080',
    '[::1]',
  ];
  const SUBDOMAINS = ['wayhook.localhost:8080'];
  const FOREIGN = ['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example'];
  const ODD = ['10.0.0.1:8080', '[::2]', '0.0.0.0', '::1', 'a@localhost', 'localhost:80:80', 'localhost/a'];
  const PATHS = [
    '/healthz',
    '/docs',
    '/docs/static/swagger-ui.css',
    '/docs/json',
    '/inbox/a',
    '/api/openapi.json',
  ];

  const statusesOf = async ({ app }: ApiWorld, host: string) =>
    Promise.all(PATHS.map(async (url) => (await app.inject({ url, headers: { host } })).statusCode));

  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  it.each([...OWN, ...SUBDOMAINS])('is answered when it is %s', async (host) => {
    expect(await statusesOf(world, host)).toEqual(PATHS.map(() => 200));
  });

  it.each([...FOREIGN, ...ODD])('is refused everywhere when it is “%s”', async (host) => {
    expect(await statusesOf(world, host)).toEqual(PATHS.map(() => 403));
    const { status, body } = await world.call('GET', '/api/entries', undefined, { host });
    expect([status, body.code]).toEqual([403, 'Forbidden']);
    expect(JSON.stringify(body)).not.toContain('evil');
    expect((await world.call('GET', '/api/journeys', undefined, { host })).body.code).toBe('Forbidden');
  });

  it.each<[string, string | undefined, string, number]>([
    ['::1', undefined, 'evil.example', 403],
    ['localhost', undefined, 'evil.example', 403],
    ['127.0.0.2', undefined, 'evil.example', 403],
    ['127.0.0.1', 'https://Wayhook.example.com:8443', 'wayhook.example.com', 200],
    ['127.0.0.1', 'https://wayhook.example.com', 'www.wayhook.example.com', 403],
    ['0.0.0.0', undefined, '10.0.0.1:8080', 200],
    ['0.0.0.0', undefined, 'wayhook.example.com', 200],
  ])('listening on %s, with WAYHOOK_URL %s, the Host %s gets %i', async (listening, url, host, status) => {
    const other = await createApi(world, {
      listening: { host: listening, url, publicUrl: 'http://localhost' },
    });
    expect(await statusesOf(other, host)).toEqual(PATHS.map(() => status));
    await other.close();
  });

  it('is answered under the name at which endpoints call back', async () => {
    const listening = { host: '127.0.0.1', url: undefined, publicUrl: 'https://hooks.example.com' };
    const other = await createApi(world, { listening });
    expect(await statusesOf(other, 'hooks.example.com')).toEqual(PATHS.map(() => 200));
    await other.close();
  });
});

describe('a request of a web page', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const LINK = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const FRAME = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
  const SCRIPT = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
  const FETCH = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

  const send = (method: string, url: string, site: string, more: Record<string, string>) =>
    world.call(method, url, undefined, { 'sec-fetch-site': site, ...more });

  it.each(['cross-site', 'same-site'])('is refused when it is %s', async (site) => {
    const requests: [string, string, Record<string, string>][] = [
      ['GET', '/api/entries', FETCH],
      ['POST', '/api/lists', FETCH],
      ['POST', '/api/lists', LINK],
      ['GET', '/docs', FRAME],
      ['GET', '/api/openapi.json', SCRIPT],
      ['GET', '/healthz', FETCH],
      ['POST', '/inbox/a', FETCH],
      ['GET', '/inbox/a', SCRIPT],
      ['GET', '/inbox/a', LINK],
      ['POST', '/inbox/a', LINK],
    ];
    for (const [method, url, more] of requests) {
      const { status, body } = await send(method, url, site, more);
      expect([method, url, more, status, body.code]).toEqual([method, url, more, 403, 'Forbidden']);
    }
    expect((await world.call('GET', '/api/inbox/a')).body.requests).toEqual([]);
  });

  it.each(['cross-site', 'same-site'])(
    'is answered when it follows a link or a redirect, %s',
    async (site) => {
      expect((await send('GET', '/docs', site, LINK)).status).toBe(200);
      expect((await send('GET', '/api/entries', site, { ...LINK, 'api-key': '' })).status).toBe(401);
    },
  );

  it.each(['same-origin', 'none'])('is answered when it is %s', async (site) => {
    expect((await send('GET', '/docs', site, LINK)).status).toBe(200);
    expect((await send('POST', '/api/lists', site, FETCH)).body.code).toBe('BadJsonBody');
    expect((await send('POST', '/inbox/own', site, FETCH)).status).toBe(200);
  });
});
