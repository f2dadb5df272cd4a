import { PGlite, type QueryOptions } from '@electric-sql/pglite';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { openEmbedded, rowsOf } from '../../../src/db/connection/client';
import { EmbeddedPostgres } from '../../../src/db/connection/embedded';

let client: EmbeddedPostgres;

beforeAll(async () => {
  client = new EmbeddedPostgres();
  await client.waitReady;
  await client.exec('create table things (id int primary key, name text not null)');
});
afterAll(() => client.close());
beforeEach(() => client.exec('delete from things'));

/** What PGlite makes of a statement when it goes its own way. */
function plain(text: string, params?: unknown[], options?: QueryOptions) {
  return PGlite.prototype.query.call(client, text, params, options);
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: Error & Record<string, unknown>) => error,
  );

const prepared = async (text: string) =>
  (
    await client.query<{ name: string }>('select name from pg_prepared_statements where statement = $1', [
      text,
    ])
  ).rows;

const insert = 'insert into things (id, name) values ($1, $2)';

describe('the embedded database answers as PGlite does', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const statements: [string, string, unknown[], QueryOptions?][] = [
    ['text', 'select $1::text as a', ['grüße 👋 \' " \\ {}']],
    ['null and undefined', 'select $1::text as a, $2::int as b, $3::bytea as c', [null, undefined, null]],
    ['numbers', 'select $1::int as a, $2::float8 as b, $3::numeric as c', [7, 0.1, '1.50']],
    ['int8', 'select $1::int8 as a, $2::int8 as b', [12n, '9007199254740993']],
    ['booleans', 'select $1::bool as a, $2::bool as b', [true, false]],
    ['json', 'select $1::json as a, $2::json as b', [{ z: [1, null], a: 'ü' }, '{"b":1,"a":2}']],
    ['times', 'select $1::timestamptz as a, $2::date as b', [new Date(0), '2026-11-21']],
    ['arrays', 'select $1::text[] as a, $2::int[] as b', [['x,y', '"', null], []]],
    ['a part of a larger buffer', 'select $1::bytea as a', [Buffer.from('---bytes---').subarray(3, 8)]],
    ['bytes', 'select $1::bytea as a', [bytes]],
    ['rows as arrays', 'select 1 as a, 2 as a', [], { rowMode: 'array' }],
    ['parsers of the caller', 'select $1::date as a, 1 as b', ['2026-11-21'], { parsers: { 1082: String } }],
    ['serializers of the caller', 'select $1::int as a', [1], { serializers: { 23: () => '2' } }],
    ['no row', 'select 1 as a where false', []],
    ['a statement without rows', 'create temporary table if not exists passing ()', []],
    ['an empty statement', '', []],
    ['changed rows', 'update things set name = $1', ['new']],
    ['the rows that a change returns', 'delete from things where id > $1 returning *', [1]],
  ];

  it.each(statements)('to %s, the first time and the second', async (_what, text, params, options = {}) => {
    const things = () => client.exec(`delete from things; insert into things values (1, 'one'), (2, 'two')`);
    await things();
    const expected = await plain(text, params, options);
    await things();
    expect(await client.query(text, params, options)).toEqual(expected);
    await things();
    expect(await client.query(text, params, options)).toEqual(expected);
  });

  it.each<[string, string, unknown[]]>([
    ['a broken rule of a table', insert, [1, 'again']],
    ['a null where none may be', insert, [2, null]],
    ['a value of the wrong type', 'select $1::int', ['one']],
    ['a statement that is none', 'selekt 1', []],
    ['a table that is not there', 'select * from nothing', []],
    ['two statements in one text', 'select 1; select 2', []],
  ])('to %s, with every field of the error, and goes on', async (_what, text, params) => {
    await client.query(insert, [1, 'one']);
    const { code, severity, message, detail, table, column, constraint, position } = (await failureOf(
      plain(text, params),
    ))!;
    const expected = { code, severity, message, detail, table, column, constraint, position };
    expect(code).toMatch(/^[0-9A-Z]{5}$/);
    expect(await failureOf(client.query(text, params))).toMatchObject(expected);
    expect(await failureOf(client.query(text, params))).toMatchObject(expected);
    expect((await client.query('select * from things')).rows).toEqual([{ id: 1, name: 'one' }]);
  });
});

describe('a text of the embedded database', () => {
  it('is prepared once', async () => {
    await client.query(insert, [1, 'one']);
    const [first] = await prepared(insert);
    await client.query(insert, [2, 'two']);
    expect(await prepared(insert)).toEqual([first]);
  });

  it('is planned again when its tables have been analyzed', async () => {
    await client.exec('create table grown (id int, name text); create index on grown (name)');
    const text = `select id from grown where name = '7'`;
    const plan = async () => {
      const [kept] = await prepared(text);
      return JSON.stringify((await client.exec(`explain execute ${kept!.name}`))[0]!.rows);
    };
    await client.query(text);
    await client.exec('insert into grown select n, n from generate_series(1, 10000) n');
    expect(await plan()).not.toMatch('Index Scan using');
    await client.exec('vacuum (analyze) grown');
    expect(await plan()).toMatch('Index Scan using');
  });

  it('is evicted by others: at most 100 stay prepared, and all go on working', async () => {
    const texts = Array.from({ length: 250 }, (_, index) => `select ${index} as n, $1::int as m`);
    for (const [index, text] of texts.entries()) {
      expect((await client.query(text, [1])).rows).toEqual([{ n: index, m: 1 }]);
    }
    const count = 'select count(*)::int as n from pg_prepared_statements';
    expect((await client.query(count)).rows).toEqual([{ n: 100 }]);
    expect((await client.query(texts[0]!, [1])).rows).toEqual([{ n: 0, m: 1 }]);
  });

  it('is prepared again when its tables have changed', async () => {
    await client.exec('create table wide (a int); insert into wide values (1)');
    expect((await client.query('select * from wide')).rows).toEqual([{ a: 1 }]);
    await client.query(`alter table wide add b text default 'new'`);
    expect((await client.query('select * from wide')).rows).toEqual([{ a: 1, b: 'new' }]);
    await client.query('drop table wide');
    expect(await failureOf(client.query('select * from wide'))).toMatchObject({ code: '42P01' });
  });

  it('is prepared again when the session has lost it', async () => {
    await client.query(insert, [1, 'one']);
    await client.exec('deallocate all');
    await client.query(insert, [2, 'two']);
    expect((await client.query('select id from things order by id')).rows).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

describe('transactions of the embedded database', () => {
  it('commit as a whole or not at all, among concurrent statements', async () => {
    const db = drizzle({ client });
    const pairs = Array.from({ length: 50 }, (_, index) => index * 10);
    const calls = pairs.flatMap((id) => [
      db.execute(sql`insert into things (id, name) values (${id}, 'alone')`),
      db
        .transaction(async (tx) => {
          await tx.execute(sql`insert into things (id, name) values (${id + 1}, 'undone')`);
          await tx.execute(sql`insert into things (id, name) values (${id + 1}, 'refused')`);
        })
        .catch(() => undefined),
      db.transaction(async (tx) => {
        await tx.execute(sql`insert into things (id, name) values (${id + 2}, 'together')`);
        await tx.execute(sql`insert into things (id, name) values (${id + 3}, 'together')`);
      }),
    ]);
    await Promise.all(calls);
    const { rows } = await client.query(
      'select name, count(*)::int as n from things group by name order by name',
    );
    expect(rows).toEqual([
      { name: 'alone', n: 50 },
      { name: 'together', n: 100 },
    ]);
  });

  it('answer each statement as PGlite does, and prepare it once', async () => {
    await client.query(insert, [1, 'one']);
    const [first] = await prepared(insert);
    const select = 'select id, name, $1::json as data from things order by id';
    const { rows } = await client.transaction(async (tx) => {
      await tx.query(insert, [2, 'two']);
      return tx.query(select, [{ z: 1, a: [null] }]);
    });
    expect(rows).toEqual((await plain(select, [{ z: 1, a: [null] }])).rows);
    expect(await prepared(insert)).toEqual([first]);
  });

  it('fail with a failing statement, and leave nothing behind', async () => {
    const failure = await failureOf(
      client.transaction(async (tx) => {
        await tx.query(insert, [1, 'one']);
        await tx.query(insert, [1, 'again']);
      }),
    );
    expect(failure).toMatchObject({ code: '23505' });
    expect((await client.query('select * from things')).rows).toEqual([]);
  });

  it('fail at most once after a table has changed', async () => {
    await client.exec('create table tall (a int); insert into tall values (1)');
    const read = () => client.transaction((tx) => tx.query('select * from tall'));
    await read();
    await client.exec('alter table tall add b int');
    expect(await failureOf(read())).toMatchObject({ code: '0A000' });
    expect((await read()).rows).toEqual([{ a: 1, b: null }]);
  });

  it('take no statement after their end', async () => {
    let late: () => Promise<unknown> = () => Promise.resolve();
    await client.transaction(async (tx) => {
      await tx.query(insert, [1, 'one']);
      late = () => tx.query(insert, [2, 'two']);
    });
    expect(await failureOf(late())).toMatchObject({ message: 'Transaction is closed' });
    expect((await client.query('select id from things')).rows).toEqual([{ id: 1 }]);
  });

  it('run without another’s statement in between', async () => {
    const seen: unknown[] = [];
    let outside: Promise<unknown> | undefined;
    await client.transaction(async (tx) => {
      await tx.query(insert, [1, 'one']);
      outside = client.query('select id from things').then(({ rows }) => seen.push(...rows));
      await tx.query(insert, [2, 'two']);
      expect(seen).toEqual([]);
    });
    await outside;
    expect(seen).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

it('a closed embedded database refuses statements as an outage', async () => {
  const closed = new EmbeddedPostgres();
  await closed.waitReady;
  await closed.close();
  expect(await failureOf(closed.query('select 1'))).toMatchObject({ message: 'PGlite is closed' });
});

it('the embedded database reads bytes almost as fast as text of their length', async () => {
  const { db, close } = await openEmbedded();
  const timeOf = async (column: SQL) => {
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const started = performance.now();
      await rowsOf(db, sql`select ${column} as bytes`);
      times.push(performance.now() - started);
    }
    return Math.min(...times);
  };
  const text = await timeOf(sql`repeat('00', 1048576)`);
  const bytes = await timeOf(sql`decode(repeat('00', 1048576), 'hex')`);
  expect(bytes).toBeLessThan(6 * text);
  const [read] = await rowsOf<{ bytes: Buffer }>(db, sql`select '\\x00ff80'::bytea as bytes`);
  expect(read!.bytes).toEqual(Buffer.from([0, 255, 128]));
  await close();
});
