import { copyFileSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, getTableName, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { asJson, openPostgres, rowsOf } from '../../../src/db/connection/client';
import { migrate } from '../../../src/db/connection/migrate';
import * as schema from '../../../src/db/schema';
import { MIGRATIONS } from '../../../src/runtime/store';
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../../support/database';

const onPostgres = process.env.DATABASE_URL ? it : it.skip;

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

  onPostgres('take longer than any statement may that somebody waits for', async () => {
    const { script, db, close } = openPostgres(database.url!, 1, { connectMs: 60_000, statementMs: 100 });
    await script('select pg_sleep(1)');
    await expect(db.execute(sql`select pg_sleep(1)`)).rejects.toThrow();
    await close();
  });

  it('take the creators of existing journeys from the audit log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wayhook-migrations-'));
    const names = readdirSync(MIGRATIONS).sort();
    const older = await openEmptyDatabase();
    const { db } = older.connection;
    for (const name of names.filter((each) => each < '0017'))
      copyFileSync(join(MIGRATIONS, name), join(folder, name));
    await migrate(older.connection, folder);
    await db.execute(sql`insert into journeys (name, definition) values ('One', '{}'), ('Two', '{}')`);
    await db.execute(sql`
      insert into audit_log (actor_type, actor_name, action, target_id, changes)
      values ('key', 'CRM team', 'journey.create', '1', '[]'), ('key', 'Sales', 'journey.update', '1', '[]')`);
    await migrate(older.connection, MIGRATIONS);
    const creators = await rowsOf(db, sql`select creator from journeys order by id`);
    expect(creators).toEqual([{ creator: 'CRM team' }, { creator: null }]);
    await older.connection.close();
    await older.drop();
  });

  it('say what existing jobs are about', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wayhook-migrations-'));
    const older = await openEmptyDatabase();
    const { db } = older.connection;
    for (const name of readdirSync(MIGRATIONS).filter((each) => each < '0036'))
      copyFileSync(join(MIGRATIONS, name), join(folder, name));
    await migrate(older.connection, folder);
    await db.execute(sql`
      insert into jobs (id, kind, subject, parameters) values
        ('job_1', 'listTrigger', '12/3', '{}'), ('job_2', 'exit', '[7,null,9]', '{}'), ('job_3', 'import', null, '{}')`);
    await migrate(older.connection, MIGRATIONS);
    expect(await rowsOf(db, sql`select about from jobs order by id`)).toEqual([
      { about: { journeyId: 12, listId: 3 } },
      { about: { journeyId: 7, webhookId: 9 } },
      { about: {} },
    ]);
    await older.connection.close();
    await older.drop();
  });

  it('record which webhooks existing journeys use (B120)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wayhook-migrations-'));
    const copy = (name: string) => copyFileSync(join(MIGRATIONS, name), join(folder, name));
    const names = readdirSync(MIGRATIONS).sort();
    const older = await openEmptyDatabase();
    const { db } = older.connection;
    copy(names[0]!);
    await migrate(older.connection, folder);
    const tiles = [
      { id: 'wait', type: 'delay' },
      { id: 'crm', type: 'webhook', webhookId: 7 },
    ];
    await db.execute(sql`
      with journey as (
        insert into journeys (name, definition) values ('Old', ${asJson({ tiles })}) returning id, definition
      )
      insert into journey_versions (journey_id, version, definition, plan)
      select id, 3, definition, '{}' from journey`);
    for (const name of names) copy(name);
    await migrate(older.connection, folder);
    const uses = await db.select().from(schema.webhookUses).orderBy(schema.webhookUses.version);
    const use = { journeyId: 1, tileId: 'crm', tileType: 'webhook', webhookId: 7 };
    expect(uses).toEqual([
      { ...use, version: 0 },
      { ...use, version: 3 },
    ]);
    await older.connection.close();
    await older.drop();
  });

  const tables = Object.values(schema).filter((value) => is(value, PgTable));
  it.each(tables.map((table) => [getTableName(table), table] as const))(
    'create %s as the code declares it',
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
