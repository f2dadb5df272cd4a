import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { type EmbeddedConnection, openEmbedded, rowsOf } from '../../../src/db/connection/client';
import { isOutage } from '../../../src/db/connection/outage';
import { until } from '../../support/until';

let made: string;
let folder: string;
let connection: EmbeddedConnection;

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'wayhook-synced-'));
  const template = await openEmbedded(join(made, 'template'));
  await template.script('create table things (id int primary key, name text not null)');
  await template.close();
});
afterAll(() => rm(made, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(made, 'database-'));
  fs.cpSync(join(made, 'template'), folder, { recursive: true });
  connection = await openEmbedded(folder);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await connection.close().catch(ignored);
});

const ignored = () => undefined;

async function insert(id: number, name = 'x'): Promise<void> {
  await connection.db.execute(sql`insert into things values (${id}, ${name})`);
}

const ids = async ({ db }: EmbeddedConnection) =>
  (await rowsOf<{ id: number }>(db, sql`select id from things order by id`)).map(({ id }) => id);

type Done = (error: Error | null) => void;

/** Holds every flush that runs in another thread. Returns what ends those that have begun. */
function holdFlushes(): { begun: () => number; end: (error?: Error) => void } {
  const held: Done[] = [];
  let begun = 0;
  jest.spyOn(fs, 'fdatasync').mockImplementation((_file, done) => {
    begun += 1;
    held.push(done);
  });
  return {
    begun: () => begun,
    end: (error) => held.splice(0).forEach((done) => done(error ?? null)),
  };
}

const refusal = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });

describe('a change of the embedded database', () => {
  it('is answered when its log is on disk, and not before', async () => {
    const flushes = holdFlushes();
    const answered = jest.fn();
    const change = insert(1).then(answered);
    await until(async () => flushes.begun() === 1);
    await new Promise(setImmediate);
    expect(answered).not.toHaveBeenCalled();
    flushes.end();
    await change;
  });

  it('shares a flush with all that were made during the one before', async () => {
    const flushes = holdFlushes();
    const first = insert(0);
    await until(async () => flushes.begun() === 1);
    const others = Promise.all(Array.from({ length: 20 }, (_, index) => insert(index + 1)));
    // They need no more of the event loop than this, unless each waits for a flush of its own.
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    flushes.end();
    await first;
    await until(async () => flushes.begun() === 2);
    flushes.end();
    await others;
    expect(flushes.begun()).toBe(2);
  });

  it('is not read before it is on disk', async () => {
    const flushes = holdFlushes();
    const change = insert(1);
    await until(async () => flushes.begun() === 1);
    const read = jest.fn();
    const reading = ids(connection).then(read);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(read).not.toHaveBeenCalled();
    flushes.end();
    await Promise.all([change, reading]);
    expect(read).toHaveBeenCalledWith([1]);
    const begun = flushes.begun();
    await ids(connection);
    expect(flushes.begun()).toBe(begun);
  });

  it('is on disk before a table has it', async () => {
    const flushes = holdFlushes();
    const change = insert(1);
    await until(async () => flushes.begun() === 1);
    const done: string[] = [];
    const log = join(folder, 'pg_wal');
    const ofLog = new Set(fs.readdirSync(log).map((name) => fs.statSync(join(log, name)).ino));
    const nameOf = (file: number) => (ofLog.has(fs.fstatSync(file).ino) ? 'log' : 'other');
    const { writeSync, fdatasyncSync } = fs;
    jest.spyOn(fs, 'writeSync').mockImplementation(((file: number, ...rest: [never]) => {
      done.push(`write ${nameOf(file)}`);
      return writeSync(file, ...rest);
    }) as typeof fs.writeSync);
    jest.spyOn(fs, 'fdatasyncSync').mockImplementation((file) => {
      done.push(`flush ${nameOf(file)}`);
      fdatasyncSync(file);
    });
    const checkpoint = connection.checkpoint();
    await until(async () => done.some((what) => what === 'write other'));
    flushes.end();
    jest.restoreAllMocks();
    await Promise.all([change, checkpoint]);
    const table = done.findIndex((what) => what === 'write other');
    expect(done.slice(0, table)).toContain('flush log');
  });

  it('survives in the files alone', async () => {
    await insert(1);
    const copy = `${folder}-copy`;
    fs.cpSync(folder, copy, { recursive: true });
    const copied = await openEmbedded(copy);
    expect(await ids(copied)).toEqual([1]);
    await copied.close();
  });
});

describe('a checkpoint of the embedded database', () => {
  it('waits for tables in other threads, while others are answered', async () => {
    for (let id = 0; id < 500; id += 1) await insert(id, 'x'.repeat(1_000));
    const waited = jest.spyOn(fs, 'fdatasyncSync');
    const between: number[] = [];
    const { open } = fs.promises;
    jest.spyOn(fs.promises, 'open').mockImplementation(async (...args) => {
      await insert(1_000 + between.length);
      between.push(waited.mock.calls.length);
      return open(...args);
    });
    await connection.checkpoint();
    expect(between.length).toBeGreaterThan(1);
    const [{ age }] = (await rowsOf<{ age: number }>(
      connection.db,
      sql`select (pg_current_wal_lsn() - redo_lsn)::int8 as age from pg_control_checkpoint()`,
    )) as [{ age: number }];
    expect(age).toBeLessThan(1_048_576);
  });
});

describe('a disk that refuses', () => {
  const expectAway = async (work: Promise<unknown>) => {
    const error = (await work.catch((reason: unknown) => reason)) as Error;
    expect(String(error.cause)).toMatch(/disk refused.*restart Wayhook/);
    expect(isOutage(error)).toBe(true);
  };

  it('fails the change, and everything after it until a restart', async () => {
    await insert(1);
    const flushes = holdFlushes();
    const change = insert(2);
    await until(async () => flushes.begun() === 1);
    flushes.end(refusal());
    await expectAway(change);
    jest.restoreAllMocks();
    await expectAway(insert(3));
    await expectAway(ids(connection));
    await connection.close().catch(ignored);
    connection = await openEmbedded(folder);
    expect(await ids(connection)).toEqual(expect.arrayContaining([1]));
    expect(await ids(connection)).not.toContain(3);
  });

  it('fails a checkpoint, after which nothing is lost', async () => {
    for (let id = 0; id < 10; id += 1) await insert(id);
    jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
      throw refusal();
    });
    await expect(connection.checkpoint()).rejects.toThrow();
    jest.restoreAllMocks();
    await expectAway(insert(11));
    await connection.close().catch(ignored);
    connection = await openEmbedded(folder);
    expect(await ids(connection)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('that is full fails what needs room, instead of stopping the program', async () => {
    await insert(1);
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    await expect(insert(2)).rejects.toThrow();
    jest.restoreAllMocks();
    await expectAway(insert(3));
    await connection.close().catch(ignored);
    connection = await openEmbedded(folder);
    expect(await ids(connection)).toEqual([1]);
  });
});

describe('the folder of the embedded database', () => {
  it('is made anew where making one was interrupted', async () => {
    const unfinished = join(made, 'unfinished');
    fs.mkdirSync(`${unfinished}.new/base`, { recursive: true });
    fs.writeFileSync(`${unfinished}.new/PG_VERSION`, '18\n');
    const opened = await openEmbedded(unfinished);
    await opened.script('create table things (id int)');
    await opened.close();
    expect(fs.existsSync(`${unfinished}.new`)).toBe(false);
  });

  it('is not made over files that are not its own', async () => {
    const other = join(made, 'other');
    fs.mkdirSync(other);
    fs.writeFileSync(join(other, 'letter.txt'), 'Dear');
    await expect(openEmbedded(other)).rejects.toThrow(/other has files/);
    expect(fs.readdirSync(other)).toEqual(['letter.txt']);
  });

  it('may be one that was written without flushes', async () => {
    const old = join(made, 'old');
    const plain = await PGlite.create({ dataDir: old });
    await plain.exec('create table things (id int primary key, name text not null)');
    await plain.exec(`insert into things values (1, 'one')`);
    const copy = join(made, 'old-killed');
    fs.cpSync(old, copy, { recursive: true });
    await plain.close();
    for (const path of [old, copy]) {
      const opened = await openEmbedded(path);
      expect(await ids(opened)).toEqual([1]);
      await opened.close();
    }
  });
});
