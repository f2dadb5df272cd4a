import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, getTableName, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { rowsOf } from '../../src/db/client';
import { migrate } from '../../src/db/migrate';
import * as schema from '../../src/db/schema';
import { MIGRATIONS } from '../../src/parts/store';
import { openTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.connection.close();
  await database.drop();
});

interface Column {
  name: string;
  type: string;
  nullable: boolean;
}
const byName = (a: Column, b: Column) => a.name.localeCompare(b.name);

describe('the migrations', () => {
  it('are applied once', async () => {
    expect(await migrate(database.connection, MIGRATIONS)).toEqual([]);
  });

  it('leave nothing of one that fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wayhook-migrations-'));
    writeFileSync(join(folder, '9999_broken.sql'), 'create table half (id int); select no_such_function();');
    await expect(migrate(database.connection, folder)).rejects.toThrow(/no_such_function/);
    await database.connection.script('rollback');
    const rows = await rowsOf(database.connection.db, sql`select 1 from pg_tables where tablename = 'half'`);
    expect(rows).toEqual([]);
  });

  const tables = Object.values(schema).filter((value) => is(value, PgTable));
  it.each(tables.map((table) => [getTableName(table), table] as const))(
    'make %s as the code knows it',
    async (name, table) => {
      const columns = await rowsOf<Column>(
        database.connection.db,
        sql`select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
          from pg_attribute a where a.attrelid = ${name}::regclass and a.attnum > 0 and not a.attisdropped`,
      );
      const known = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        nullable: !column.notNull,
      }));
      expect(known.sort(byName)).toEqual(columns.sort(byName));
    },
  );
});
