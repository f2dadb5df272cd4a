import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type EmbeddedConnection, openEmbedded, rowsOf } from '../../src/db/connection/client';
import { tablesToVacuum } from '../../src/db/connection/maintenance';
import { maintain, startMaintenance } from '../../src/background/maintenance';

const MEBIBYTE = 1_048_576;

let made: string;
let folder: string;
let connection: EmbeddedConnection;
let warnings: unknown[];
const log = { info: () => undefined, warn: (...said: unknown[]) => void warnings.push(said) };

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'wayhook-maintenance-'));
  const template = await openEmbedded(join(made, 'template'));
  await template.script('create table things (id int primary key, name text not null)');
  await template.close();
});
afterAll(() => rm(made, { recursive: true }));

beforeEach(async () => {
  warnings = [];
  folder = await mkdtemp(join(made, 'database-'));
  await cp(join(made, 'template'), folder, { recursive: true });
  connection = await openEmbedded(folder);
});
afterEach(() => connection.close());

async function read<T>(statement: ReturnType<typeof sql>): Promise<T> {
  const [row] = await rowsOf<{ value: T }>(connection.db, statement);
  return row!.value;
}

/** Flushes the statistics of changed rows, which happens once a second otherwise. */
const flushStatistics = () => connection.script('select pg_stat_force_next_flush()');

async function maintainNow(): Promise<void> {
  await flushStatistics();
  await maintain(connection);
}

const sizeOfThings = () => read<number>(sql`select pg_total_relation_size('things') as value`);
const logToReplay = () =>
  read<number>(sql`select (pg_current_wal_lsn() - redo_lsn)::int8 as value from pg_control_checkpoint()`);

describe('the embedded database, kept in order', () => {
  it('reuses the space of updated rows', async () => {
    await connection.script(`insert into things select n, repeat('x', 100) from generate_series(1, 5000) n`);
    await connection.script(`update things set name = name || 'y'`);
    await maintainNow();
    const size = await sizeOfThings();
    for (let round = 0; round < 5; round += 1) {
      await connection.script(`update things set name = name || 'y'`);
      await maintainNow();
    }
    expect(await sizeOfThings()).toBeLessThanOrEqual(size * 1.1);
  });

  it('analyzes tables that have grown, and no others', async () => {
    await connection.script('create table others (id int primary key); insert into others values (1)');
    await connection.script(`insert into things select n, 'x' from generate_series(1, 5000) n`);
    await flushStatistics();
    expect(await tablesToVacuum(connection.db)).toEqual(['things']);
    await maintainNow();
    expect(await tablesToVacuum(connection.db)).toEqual([]);
    expect(await read(sql`select reltuples::int8 as value from pg_class where relname = 'things'`)).toBe(
      5000,
    );
  });

  it('has at most 64 MiB of changes to replay after a crash', async () => {
    await connection.script(`insert into things select n, repeat('x', 100) from generate_series(1, 50000) n`);
    while ((await logToReplay()) <= 64 * MEBIBYTE) await connection.script(`update things set id = id`);
    await maintainNow();
    expect(await logToReplay()).toBeLessThan(MEBIBYTE);
    await connection.script(`update things set id = id where id = 1`);
    const before = await logToReplay();
    await maintainNow();
    expect(await logToReplay()).toBeGreaterThanOrEqual(before);
  });

  it('logs a failure, and goes on', async () => {
    const closed = await openEmbedded();
    await closed.close();
    await startMaintenance(closed, log).stop();
    expect(warnings).toEqual([
      [{ error: 'PGlite is closed' }, 'could not maintain the embedded database; will retry'],
    ]);
  });
});
