import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Client, openClient } from '../../../src/commands/client';
import { download as downloadWith } from '../../../src/commands/download';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { imported, lines, NDJSON, profileOf } from '../../support/importing';
import { until } from '../../support/until';

let world: ApiWorld;
beforeEach(async () => void (world = await createApiWorld()));
afterEach(() => world.close());

const exported = async (query = '', path = 'users'): Promise<string> =>
  (await world.call('GET', `/api/${path}/export${query}`)).body;

/** In two orders, so that the first value of a field does not suit the second by chance. */
const AWKWARD: Record<string, unknown>[] = [
  {
    email: 'Quote@Example.com',
    userId: 'comma, "quoted"',
    dataFields: {
      text: 'one, "two"\r\nthree\n\n\tfour ',
      digits: '0123',
      empty: '',
      formula: '=1+1',
      unicode: 'née 🎉 \u2028',
      like: '2024-01-01',
      yes: true,
      born: '1990-05-17',
      count: 5,
      score: 1,
      nested: { a: [1, { b: null }], 'c.d': 'e "f"', '': { x: '' } },
      list: [],
      'dotted.name': 'top',
      'odd:long': 'text',
      'comma, "name"': 'x',
      ' spaced ': 'x',
      'line\r\nend\t': 1.5,
      '"quoted"': 'x',
      '"': true,
      'next\u0085line\u2028': [1],
      ' ': '',
      '=formula': '\r',
      constructor: 'x',
      toString: 5,
      'userId:string': 'x',
      '5': 'digits',
      deep: JSON.parse('['.repeat(30) + ']'.repeat(30)),
      marked: '\ufeffx',
      email: 'other@example.com',
    },
  },
  {
    userId: 'second',
    dataFields: {
      text: 'true',
      digits: '5',
      empty: ' ',
      like: 'no date',
      yes: false,
      born: '2024-02-29T10:00:00Z',
      count: -7,
      score: 2.5e-7,
      nested: {},
      list: ['=1', '0123'],
      'odd:long': '12',
    },
  },
  { email: 'bare@example.com', dataFields: {} },
];

async function makeAwkward(): Promise<void> {
  // The types that fields have do not follow from the values that come first in the export.
  const first = { like: 'text', score: 0.5, digits: 'x', text: 'x' };
  await world.call('POST', '/api/users/update', { email: 'gone@example.com', dataFields: first });
  await world.call('DELETE', '/api/users/gone@example.com');
  for (const user of AWKWARD) expect((await world.call('POST', '/api/users/update', user)).status).toBe(200);
}

async function expectAwkward(at: ApiWorld): Promise<void> {
  expect(await profileOf(at, 'quote@example.com')).toEqual(AWKWARD[0]!.dataFields);
  expect(await profileOf(at, 'second')).toEqual(AWKWARD[1]!.dataFields);
  expect(await profileOf(at, 'bare@example.com')).toEqual({});
  const { user } = (await at.call('GET', '/api/users/quote@example.com')).body;
  expect(user).toMatchObject({ email: 'Quote@Example.com', userId: 'comma, "quoted"' });
}

describe.each(['csv', 'ndjson'])('an export as %s', (format) => {
  const type = { 'content-type': format === 'csv' ? 'text/csv' : NDJSON['content-type'] };

  it('gives the same profiles and types when imported into an empty installation', async () => {
    await makeAwkward();
    const file = await exported(`?format=${format}`);
    const other = await createApiWorld();
    try {
      expect(await imported(other, file, { type })).toMatchObject({ total: 3, done: 3, refused: [] });
      await expectAwkward(other);
      const fields = async ({ call }: ApiWorld) => (await call('GET', '/api/users/getFields')).body;
      expect(await fields(other)).toEqual(await fields(world));
    } finally {
      await other.close();
    }
  });

  it('changes nothing when imported where it came from', async () => {
    await makeAwkward();
    const file = await exported(`?format=${format}`);
    expect(await imported(world, file, { type })).toMatchObject({ total: 3, done: 3, refused: [] });
    await expectAwkward(world);
    expect(await exported(`?format=${format}`)).toBe(file);
  });

  it('has every user once, however many and however large', async () => {
    await world.db.execute(sql`
      insert into users (user_id, data_fields)
      select 'u' || n, json_build_object('big', case when n % 100 = 0 then repeat('x', 500000) end)
      from generate_series(1, 1700) n`);
    await world.db.execute(sql`insert into profile_fields (name, type) values ('big', 'string')`);
    const file = await exported(`?format=${format}`);
    const names = file
      .split('\n')
      .slice(1, -1)
      .map((line) => /u\d+/.exec(line)![0]);
    expect(names).toEqual(Array.from({ length: 1_700 }, (_, n) => `u${n + 1}`));
    expect(file.length).toBeGreaterThan(17 * 500_000);
  });
});

describe('an export', () => {
  it('is CSV by default: texts in quotes, types in the header', async () => {
    const dataFields = { plan: 'pro', age: 5, vip: true };
    await world.call('POST', '/api/users/update', { email: 'a@example.com', dataFields });
    const answer = await world.call('GET', '/api/users/export');
    expect(answer.body).toBe('email,userId,age:long,plan,vip:boolean\r\n"a@example.com",,5,"pro",true\r\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="users.csv"',
    });
  });

  it('gives the types of the fields on its first line of NDJSON', async () => {
    await world.call('POST', '/api/users/update', { userId: 'b', dataFields: { age: 5 } });
    expect(await exported('?format=ndjson')).toBe(
      lines({ fields: { age: 'long' } }, { userId: 'b', dataFields: { age: 5 } }),
    );
  });

  it('can be of one list', async () => {
    const { listId } = (await world.call('POST', '/api/lists', { name: 'Some' })).body;
    await imported(world, 'email\nin@example.com\n', { url: `/api/lists/${listId}/import` });
    await world.call('POST', '/api/users/update', { email: 'out@example.com' });
    expect(await exported('', `lists/${listId}`)).toBe('email,userId\r\n"in@example.com",\r\n');
    expect(await world.call('GET', '/api/lists/4711/export')).toMatchObject({
      status: 404,
      body: { code: 'NotFound' },
    });
  });

  it('requires a key that may read, and a known format', async () => {
    const as = async (...scopes: Parameters<ApiWorld['keyWith']>) => ({
      'api-key': await world.keyWith(...scopes),
    });
    const call = async (query: string, headers: Record<string, string>) =>
      (await world.call('GET', `/api/users/export${query}`, undefined, headers)).status;
    expect(await call('', await as('read'))).toBe(200);
    expect(await call('', await as('trigger'))).toBe(200);
    expect(await call('', await as('integrations'))).toBe(403);
    expect(await call('?format=xml', await as('admin'))).toBe(400);
    expect(await call('?colour=red', await as('admin'))).toBe(400);
  });

  it('refuses CSV with more fields than an import accepts, and still gives NDJSON', async () => {
    await world.db.execute(sql`
      insert into profile_fields (name, type) select 'f' || n, 'long' from generate_series(1, 1001) n`);
    const answer = await world.call('GET', '/api/users/export');
    expect(answer).toMatchObject({
      status: 400,
      body: { params: { format: expect.stringContaining('ndjson') } },
    });
    expect((await world.call('GET', '/api/users/export?format=ndjson')).status).toBe(200);
  });

  it('has several lines of NDJSON for a user with more fields than a line may have', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`f${n}`, n]));
    for (const from of [0, 750]) {
      const dataFields = Object.fromEntries(Object.entries(fields).slice(from, from + 750));
      await world.call('POST', '/api/users/update', { userId: 'many', dataFields });
    }
    const file = await exported('?format=ndjson');
    await world.call('DELETE', '/api/users/byUserId/many');
    expect(await imported(world, file, { type: NDJSON })).toMatchObject({ total: 2, refusedCount: 0 });
    expect(await profileOf(world, 'many')).toEqual(fields);
  });
});

/** Pages of 4 MiB, far more than the sockets hold. */
const PAGES = 16;

/** So many users that an export waits for its reader. Returns a list with all of them. */
async function makeMany(pages = PAGES): Promise<number> {
  const { listId } = (await world.call('POST', '/api/lists', { name: 'Many' })).body;
  await world.db.execute(sql`
    with made as (
      insert into users (user_id, data_fields)
      select 'u' || n, json_build_object('big', repeat('x', 500000)) from generate_series(1, ${pages * 9}::int) n
      returning id
    )
    insert into list_users (list_id, user_id) select ${listId}::int, id from made`);
  await world.db.execute(sql`insert into profile_fields (name, type) values ('big', 'string')`);
  return listId as number;
}

async function listen(): Promise<number> {
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  return (world.app.server.address() as AddressInfo).port;
}

describe('an export to a slow reader', () => {
  interface Reads {
    started: number;
    underWay: number;
  }

  async function begin(): Promise<{ response: IncomingMessage; reads: Reads }> {
    await makeMany();
    const port = await listen();
    const headers = { 'api-key': await world.keyWith('read') };
    const reads = countReads();
    const request = get({ port, path: '/api/users/export', headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { response, reads };
  }

  function countReads(): Reads {
    const reads = { started: 0, underWay: 0 };
    const execute = world.db.execute.bind(world.db);
    const counted = async (statement: Parameters<typeof execute>[0]) => {
      reads.started += 1;
      reads.underWay += 1;
      return execute(statement).finally(() => (reads.underWay -= 1));
    };
    jest.spyOn(world.db, 'execute').mockImplementation(counted as unknown as typeof execute);
    return reads;
  }

  /** Once nothing is read any more, for ten looks: a page itself may be slow to come. */
  async function settled(reads: Reads): Promise<number> {
    let [last, same] = [-1, 0];
    return until(async () => {
      same = reads.underWay === 0 && reads.started === last ? same + 1 : 0;
      last = reads.started;
      return same >= 10 && last;
    });
  }

  it('waits for the reader, and goes on to the end', async () => {
    const { response, reads } = await begin();
    expect(await settled(reads)).toBeLessThan(PAGES);
    let size = 0;
    for await (const part of response) size += (part as Buffer).length;
    expect(size).toBeGreaterThan(PAGES * 9 * 500_000);
    expect(reads.started).toBeGreaterThanOrEqual(PAGES);
  });

  it('stops reading when the reader goes away', async () => {
    const { response, reads } = await begin();
    const before = await settled(reads);
    response.destroy();
    const { server } = world.app;
    const open = () =>
      new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    await until(async () => (await open()) === 0);
    expect(await settled(reads)).toBe(before);
  });
});

describe('an export that cannot be finished', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'wayhook-export-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As the command does it. `meanwhile` happens once the file has started to come. */
  async function download(path: string, meanwhile: () => Promise<unknown>, file?: string): Promise<void> {
    const url = `http://127.0.0.1:${await listen()}`;
    const client = openClient({ url, port: 0, dataDir: folder, apiKey: await world.keyWith('read') });
    const call: Client['call'] = async (...request) => {
      const answer = await client.call(...request);
      await meanwhile();
      return answer;
    };
    await downloadWith({ ...client, call }, { path, file });
  }

  const broken = () => world.logged.filter(({ msg }) => msg === 'an export broke off');

  it.each(['csv', 'ndjson'])(
    'as %s breaks off when its list is deleted, and leaves no file',
    async (format) => {
      const listId = await makeMany(6);
      const file = join(folder, 'many');
      const path = `/api/lists/${listId}/export?format=${format}`;
      const deleted = () => world.call('DELETE', `/api/lists/${listId}`);
      await expect(download(path, deleted, file)).rejects.toThrow(
        /^The download was interrupted: .*No file was written/,
      );
      expect(readdirSync(folder)).toEqual([]);
      expect(broken()).toMatchObject([{ err: { message: expect.stringContaining(`no list ${listId}`) } }]);
    },
  );

  it('breaks off when the database fails, and leaves no file', async () => {
    await makeMany(6);
    const fail = () => world.db.execute(sql`alter table users rename to gone`);
    const file = join(folder, 'all.csv');
    await expect(download('/api/users/export', fail, file)).rejects.toThrow(/^The download was interrupted/);
    expect(readdirSync(folder)).toEqual([]);
    expect(broken()).toMatchObject([{ err: { message: expect.stringContaining('"users"') } }]);
  });
});
