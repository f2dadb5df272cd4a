import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../../src/db/connection/client';
import { prepared } from '../../../src/db/connection/prepared';
import { openTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  ({ db } = database.connection);
});
afterAll(async () => {
  await database.connection.close();
  await database.drop();
});

const greet = prepared<
  { text: string; fixed: string; twice: string },
  { name: string; times: number | null }
>(
  sql`select ${sql.placeholder('name')}::text as text, ${'fixed'}::text as fixed,
    repeat(${sql.placeholder('name')}::text, ${sql.placeholder('times')}::int) as twice`,
);

describe('a prepared statement', () => {
  it('takes its values at each call, and keeps constants', async () => {
    expect(await greet(db, { name: 'a', times: 2 })).toEqual([{ text: 'a', fixed: 'fixed', twice: 'aa' }]);
    expect(await greet(db, { name: '“b”', times: null })).toEqual([
      { text: '“b”', fixed: 'fixed', twice: null },
    ]);
  });

  it('is parsed once on a connection, a transaction’s included', async () => {
    const kept = await db.transaction(async (tx) => {
      await greet(tx, { name: 'a', times: 1 });
      await greet(tx, { name: 'b', times: 1 });
      return rowsOf<{ n: number }>(
        tx,
        sql`select count(*)::int as n from pg_prepared_statements where statement like '%as fixed%repeat(%'
          and statement not like '%pg_prepared_statements%'`,
      );
    });
    expect(kept).toEqual([{ n: 1 }]);
  });

  it('fails like any other, with the database’s error as the cause', async () => {
    const divide = prepared<object, { by: number }>(sql`select 1 / ${sql.placeholder('by')}::int`);
    const failure = await divide(db, { by: 0 }).catch((error: Error) => error);
    const plain = await db.execute(sql`select 1 / ${0}::int`).catch((error: Error) => error);
    expect((failure as Error).cause).toMatchObject({ code: '22012' });
    expect((plain as Error).cause).toMatchObject({ code: '22012' });
  });
});
