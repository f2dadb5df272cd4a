import { eq, type SQL, sql } from 'drizzle-orm';
import { createInboxBounds } from '../../../src/api/inbox/bounds';
import { asJson, rowsOf } from '../../../src/db/connection/client';
import { deleteSurplusRequests } from '../../../src/db/inbox/requests';
import { inboxRequests } from '../../../src/db/schema';
import { type Answer, type ApiWorld, createApi, createApiWorld } from '../../support/api-world';

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
        bodyBytes: 6,
        receivedAt: expect.stringMatching(/Z$/),
      },
      expect.objectContaining({ method: 'GET', url: '/inbox/demo?a=1', body: '' }),
    ]);
  });

  it('is listed with how many requests it has, the one with the latest first', async () => {
    for (const name of ['one', 'other', 'one']) await send('POST', `/inbox/${name}`);
    const { body } = await world.call('GET', '/api/inbox');
    const lastAt = expect.stringMatching(/Z$/);
    expect(body.enabled).toBe(true);
    expect(body.inboxes.slice(0, 2)).toEqual([
      { name: 'one', requests: 2, lastAt },
      { name: 'other', requests: 1, lastAt },
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

  it('shows the first 2 KiB of a body in its list, and each whole by its id', async () => {
    // The last of the 2,048 bytes is the first of two that are an é.
    const body = `${'x'.repeat(2_047)}éclair${'y'.repeat(500_000)}`;
    await send('POST', '/inbox/large', body);
    await send('POST', '/inbox/large', Buffer.from([255, ...Buffer.from('x'.repeat(5_000))]));
    const [binary, text] = await requests('large');
    expect(text).toMatchObject({ body: 'x'.repeat(2_047), bodyBytes: 502_054 });
    expect(binary.body).toBe(`\ufffd${'x'.repeat(2_047)}`);
    const whole = await world.call('GET', `/api/inbox/large/${text.id}`);
    expect(whole).toMatchObject({ status: 200, body: { ...text, body } });
    for (const other of [`/api/inbox/small/${text.id}`, '/api/inbox/large/9007199254740991']) {
      expect((await world.call('GET', other)).body.code).toBe('NotFound');
    }
    expect((await world.call('GET', '/api/inbox/large/9007199254740992')).body.code).toBe('BadParams');
  });

  it('refuses more URL and headers than it lists', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, '']));
    expect((await send('POST', '/inbox/heads', undefined, many(90))).status).toBe(200);
    for (const [url, headers] of [
      ['/inbox/heads', many(101)],
      ['/inbox/heads', { 'x-large': 'x'.repeat(8_200) }],
      [`/inbox/heads?${'x'.repeat(8_200)}`, {}],
    ] as const) {
      expect(await send('POST', url, undefined, headers)).toMatchObject({
        status: 431,
        body: { code: 'HeadersTooLarge' },
      });
    }
    expect(await requests('heads')).toHaveLength(1);
  });

  it('lists a page of the largest requests in less than 5 MB', async () => {
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-${n}`, '"'.repeat(35)]));
    await world.db.execute(sql`
      insert into inbox_requests (inbox, method, url, headers, body)
      select 'wide', 'POST', ${`/inbox/wide?${'x'.repeat(4_000)}`}, ${asJson(headers)},
        convert_to(repeat(chr(1), 1048576), 'UTF8') from generate_series(1, 200)`);
    const url = '/api/inbox/wide?pageSize=200';
    const { payload } = await world.app.inject({ url, headers: { 'api-key': world.apiKey } });
    expect(JSON.parse(payload).requests).toHaveLength(200);
    expect(payload.length).toBeLessThan(5_000_000);
  });

  describe('stores a bounded number of requests, of which the oldest go first:', () => {
    const fill = (rows: SQL) =>
      world.db.execute(sql`insert into inbox_requests (inbox, method, url, headers, body) ${rows}`);
    const stored = async () => {
      const [row] = await rowsOf<{ rows: number; inboxes: number; bytes: number }>(
        world.db,
        sql`
        select count(*) as rows, count(distinct inbox) as inboxes, coalesce(sum(octet_length(body)), 0) as bytes
        from inbox_requests`,
      );
      return row!;
    };
    beforeEach(async () => void (await world.db.delete(inboxRequests)));

    it('1,000 of an inbox', async () => {
      await fill(sql`select 'full', 'POST', '/inbox/full?n=' || n, '{}', '' from generate_series(1, 1500) n`);
      await deleteSurplusRequests(world.db);
      expect((await stored()).rows).toBe(1_000);
      expect((await requests('full', '?pageSize=2')).map(({ url }: { url: string }) => url)).toEqual([
        '/inbox/full?n=1500',
        '/inbox/full?n=1499',
      ]);
    });

    it('5,000 of all', async () => {
      await fill(sql`select 'i' || n % 50, 'POST', '/' || n, '{}', '' from generate_series(1, 6000) n`);
      await deleteSurplusRequests(world.db);
      expect((await stored()).rows).toBe(5_000);
      const oldest = await world.db.select().from(inboxRequests).orderBy(inboxRequests.id).limit(1);
      expect(oldest[0]!.url).toBe('/1001');
    });

    it('those of 100 inboxes', async () => {
      await fill(sql`select 'i' || n % 150, 'POST', '/' || n, '{}', '' from generate_series(0, 299) n`);
      await deleteSurplusRequests(world.db);
      expect(await stored()).toMatchObject({ rows: 200, inboxes: 100 });
      expect(await requests('i49')).toHaveLength(0);
      expect(await requests('i50')).toHaveLength(2);
    });

    it('64 MiB of all', async () => {
      await fill(sql`
        select 'i' || n, 'POST', '/', '{}', convert_to(repeat('x', 1000000), 'UTF8') from generate_series(1, 80) n`);
      await deleteSurplusRequests(world.db);
      const { rows, bytes } = await stored();
      expect([rows, bytes]).toEqual([67, 67_000_000]);
      expect(await requests('i13')).toHaveLength(0);
      expect(await requests('i14')).toHaveLength(1);
    });

    it('as they come', async () => {
      await fill(sql`select 'full', 'POST', '/', '{}', '' from generate_series(1, 1000) n`);
      for (let n = 0; n < 300; n += 1) await send('POST', '/inbox/full', 'x'.repeat(1_000));
      const { rows } = await stored();
      expect(rows).toBeGreaterThanOrEqual(1_000);
      expect(rows).toBeLessThan(1_200);
    });
  });

  it('records one request at a time, so that other statements pass, also after one that failed', async () => {
    const { write } = createInboxBounds(world.db);
    let underWay = 0;
    const most: number[] = [];
    const record = async (fails: boolean) => {
      most.push((underWay += 1));
      await world.db.execute(sql`select 1`);
      underWay -= 1;
      if (fails) throw new Error('broken');
      return 1;
    };
    const written = [false, true, false, false].map((fails) => write(1, () => record(fails)));
    const states = (await Promise.allSettled(written)).map(({ status }) => status);
    expect(states).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(most).toEqual([1, 1, 1, 1]);
  });

  it('takes 64 MiB in a minute, then asks senders to wait', async () => {
    const other = await createApi(world);
    const body = 'x'.repeat(1_000_000);
    const statuses = [];
    let last: Answer;
    do {
      last = await other.call('POST', `/inbox/flood-${statuses.length}`, body);
      statuses.push(last.status);
    } while (last.status === 200 && statuses.length < 100);
    expect(statuses).toHaveLength(69);
    expect(last).toMatchObject({ status: 429, body: { code: 'RateLimitExceeded' } });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(last.headers['retry-after'])).toBeLessThanOrEqual(60);
    await other.close();
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
