import { count, eq, sql } from 'drizzle-orm';
import { inboxRequests } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

describe('the inbox', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const send = (method: string, url: string, body?: string | Buffer, headers = {}) =>
    world.call(method, url, body, { 'api-key': '', ...headers });
  const requests = async (name: string, query = '') =>
    (await world.call('GET', `/api/inbox/${name}${query}`)).body.requests;

  it('records any request without a key, newest first, also below its path (B129)', async () => {
    expect(await send('GET', '/inbox/demo?a=1')).toMatchObject({ status: 200, body: '' });
    await send('POST', '/inbox/demo/deeper/path', '<xml/>', { 'content-type': 'text/xml', 'x-tenant': 't' });
    expect(await requests('demo')).toEqual([
      {
        id: expect.any(Number),
        method: 'POST',
        url: '/inbox/demo/deeper/path',
        headers: expect.objectContaining({ 'content-type': 'text/xml', 'x-tenant': 't' }),
        body: '<xml/>',
        receivedAt: expect.stringMatching(/Z$/),
      },
      expect.objectContaining({ method: 'GET', url: '/inbox/demo?a=1', body: '' }),
    ]);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'accepts %s with a body that is not JSON',
    async (method) => {
      expect(
        (await send(method, '/inbox/methods', '{oops', { 'content-type': 'application/json' })).status,
      ).toBe(200);
      expect((await requests('methods'))[0].method).toBe(method);
    },
  );

  it('stores the bytes of a body as received', async () => {
    const bytes = Buffer.from([0, 255, 1, 128]);
    await send('POST', '/inbox/bytes', bytes, { 'content-type': 'application/octet-stream' });
    const [row] = await world.db.select().from(inboxRequests).where(eq(inboxRequests.inbox, 'bytes'));
    expect(row!.body).toEqual(bytes);
  });

  it('answers with the requested statuses in turn, then repeats the last', async () => {
    const url = '/inbox/turns?respond=503,503,200';
    const statuses = async () => {
      const seen = [];
      for (let n = 0; n < 4; n++) seen.push((await send('POST', url)).status);
      return seen;
    };
    expect(await statuses()).toEqual([503, 503, 200, 200]);
    expect(await world.call('DELETE', '/api/inbox/turns')).toMatchObject({ status: 204 });
    expect(await requests('turns')).toEqual([]);
    expect(await statuses()).toEqual([503, 503, 200, 200]);
  });

  it('answers with the requested body after the requested delay', async () => {
    const started = performance.now();
    const answer = await send('POST', '/inbox/late?delayMs=120&body=%7B%22a%22%3A1%7D');
    expect(performance.now() - started).toBeGreaterThan(115);
    expect(answer).toMatchObject({ status: 200, body: '{"a":1}' });
  });

  it('refuses what it cannot answer', async () => {
    for (const query of ['respond=abc', 'respond=101', 'delayMs=30001', 'delayMs=-1']) {
      expect((await send('POST', `/inbox/refused?${query}`)).body.code).toBe('BadParams');
    }
    expect((await send('POST', '/inbox/no%20spaces')).body.code).toBe('BadParams');
    expect((await send('POST', '/inbox/refused', 'x'.repeat(1_048_577))).status).toBe(413);
    expect(await requests('refused')).toEqual([]);
  });

  it('stores the last thousand requests', async () => {
    await world.db.execute(sql`
      insert into inbox_requests (inbox, method, url, headers, body)
      select 'full', 'POST', '/inbox/full?n=' || n, '{}', '' from generate_series(1, 1000) n`);
    await send('POST', '/inbox/full?n=last');
    const [row] = await world.db
      .select({ n: count() })
      .from(inboxRequests)
      .where(eq(inboxRequests.inbox, 'full'));
    expect(row!.n).toBe(1_000);
    expect((await requests('full', '?pageSize=2')).map(({ url }: { url: string }) => url)).toEqual([
      '/inbox/full?n=last',
      '/inbox/full?n=1000',
    ]);
  });

  it('can be read only with a key', async () => {
    expect((await send('GET', '/api/inbox/demo')).status).toBe(401);
    expect((await send('DELETE', '/api/inbox/demo')).status).toBe(401);
  });

  it('does not exist when switched off', async () => {
    const other = await createApiWorld({ inbox: false });
    expect(await other.call('POST', '/inbox/demo')).toMatchObject({
      status: 404,
      body: { code: 'NotFound' },
    });
    await other.close();
  });
});
