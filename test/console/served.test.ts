import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { builtConsole } from './support/console';

let world: ApiWorld;
let folder: string;
beforeAll(async () => {
  folder = await builtConsole();
  world = await createApiWorld({ consoleFolder: folder });
});
afterAll(() => world.close());

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const get = (url: string, headers: Record<string, string> = html) =>
  world.app.inject({ method: 'GET', url, headers });

describe('the console', () => {
  it.each([
    '/',
    '/sign-in',
    '/webhooks?name=a',
    '/journeys/12/tiles/a.b',
    '/users/by-email/ada%40example.org',
  ])('answers its page at %s, with a policy whose nonce is of this answer alone', async (url) => {
    const [one, other] = [await get(url), await get(url)];
    expect([one.statusCode, one.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const nonce = /'nonce-([\w+/=]{20,})'/.exec(String(one.headers['content-security-policy']))![1]!;
    expect(one.body).toContain(`nonce="${nonce}"`);
    expect(one.body).not.toContain('__NONCE__');
    expect(other.body).not.toContain(nonce);
    expect(one.headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    expect(one.headers['content-security-policy']).toMatch(
      /script-src 'self'; .*require-trusted-types-for 'script'/,
    );
  });

  it.each(['/webhooks', '/webhooks/12', '/webhooks/new?x=1', '/journeys/12/', '/event-webhooks', '/'])(
    'names at %s the files that the page begins with',
    async (url) => {
      const links = [
        ...(await get(url)).body.matchAll(
          /<link rel="(?:modulepreload|stylesheet)" crossorigin href="([^"]+)"/g,
        ),
      ];
      expect(links.length).toBeGreaterThan(2);
      for (const [, script] of links) expect((await get(script!, { accept: '*/*' })).statusCode).toBe(200);
    },
  );

  it('lets a browser ask who is signed in beside the scripts, but for the pages on which one signs in', async () => {
    const asks = async (url: string) => (await get(url)).body.includes('href="/api/session"');
    expect(await Promise.all(['/webhooks', '/', '/sign-in', '/welcome'].map(asks))).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it('names none for a path that has no page', async () => {
    for (const url of ['/nothing', '/webhooks/12/more']) {
      expect((await get(url)).body).not.toContain('modulepreload');
    }
  });

  it.each(['/api/nothing', '/api', '/inbox/', '/docs/nothing', '/healthz/more', '/callbacks/'])(
    'answers no page at %s, which is of others',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).not.toBe(200);
      expect(answer.json()).toMatchObject({ code: expect.any(String) });
    },
  );

  it('answers no page to a program, nor to another method', async () => {
    expect((await get('/webhooks', { accept: '*/*' })).json()).toMatchObject({ code: 'NotFound' });
    const posted = await world.app.inject({ method: 'POST', url: '/webhooks', headers: html });
    expect(posted.json()).toMatchObject({ code: 'NotFound' });
  });

  it('lets browsers store what is named by its content for ever, compressed, and nothing else', async () => {
    const [script] = readdirSync(join(folder, 'assets')).filter((name) => /^index-.*\.js$/.test(name));
    const answer = await get(`/assets/${script}`, { 'accept-encoding': 'gzip, br' });
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'x-content-type-options': 'nosniff',
    });
    expect(brotliDecompressSync(answer.rawPayload).length).toBe(
      statSync(join(folder, 'assets', script!)).size,
    );
    expect((await get(`/assets/${script}`, {})).headers['content-encoding']).toBeUndefined();
    expect((await get('/theme.js')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/assets/nothing.js',
    '/index.html',
    '/preloads.json',
    '/../package.json',
    '/assets/..%2f..%2fmain.js',
  ])('has no file %s', async (url) => {
    expect((await get(url, { accept: '*/*' })).statusCode).toBe(404);
  });
});
