import { type SQL, sql } from 'drizzle-orm';
import type { Database, EmbeddedConnection } from '../../../src/db/connection/client';
import type { Chance } from './chance';
import type { Change, Operation } from './operations';

const LANES = 8;

/** Of 1,000 changes, so many are followed by it. */
const CHECKPOINTS = 6;
const MAINTENANCE: [perMille: number, statements: string[]][] = [
  [2, ['checkpoint']],
  [6, ['select pg_switch_wal()']],
  [6, ['vacuum (analyze) things']],
  [
    4,
    [
      'create table passing as select * from things',
      'create index on passing (md5(value))',
      'drop table passing',
    ],
  ],
  [3, ['truncate scraps']],
];

/**
 * Makes so many changes in several lanes at once, each with rows of its own, and maintains the database in between.
 * Notes each change when it is attempted, and when the database has acknowledged it.
 */
export async function work(
  connection: EmbeddedConnection,
  changes: number,
  chance: Chance,
  operations: Operation[],
): Promise<void> {
  const { db, script } = connection;
  await script(`
    create table if not exists things (key text primary key, value text not null, changed int not null default 0);
    create index if not exists things_value on things (md5(value));
    create table if not exists scraps (text text)`);
  const run = Math.floor(chance() * 1e9).toString(36);
  let made = 0;
  const lane = async (name: string) => {
    const keys: string[] = [];
    while (made < changes) {
      const change = nextChange((made += 1), `${run}-${name}`, keys, chance);
      operations.push({ do: 'attempt', change });
      await carryOut(db, change, chance);
      operations.push({ do: 'acknowledge', change });
      await maintain(connection, chance);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(String(number))));
}

function nextChange(id: number, lane: string, keys: string[], chance: Chance): Change {
  const value = `${id}-${valueOf(chance)}`;
  const known = keys[Math.floor(chance() * keys.length)];
  const dice = chance();
  if (known !== undefined && dice < 0.3) return { id, rows: [[known, value]] };
  if (known !== undefined && dice < 0.4) {
    keys.splice(keys.indexOf(known), 1);
    return { id, rows: [[known, null]] };
  }
  const inserted = Array.from({ length: dice < 0.6 ? 3 : 1 }, (_, index) => `${lane}-${id}-${index}`);
  keys.push(...inserted);
  return { id, rows: inserted.map((key) => [key, value]) };
}

/** Mostly short, at times so long that Postgres stores it apart. */
function valueOf(chance: Chance): string {
  const parts = chance() < 0.05 ? 2_000 : Math.floor(chance() * 40);
  return Array.from({ length: parts }, () => Math.floor(chance() * 1e9).toString(36)).join('');
}

async function carryOut(db: Database, { rows }: Change, chance: Chance): Promise<void> {
  if (rows.length === 1) return void (await db.execute(statementFor(rows[0]!)));
  await db.transaction(async (tx) => {
    for (const row of rows) await tx.execute(statementFor(row));
  });
  // Leaves pages that a later statement finds changed.
  if (chance() < 0.2)
    await db.execute(sql`insert into scraps select md5(n::text) from generate_series(1, 400) n`);
}

function statementFor([key, value]: [string, string | null]): SQL {
  if (value === null) return sql`delete from things where key = ${key}`;
  return sql`insert into things (key, value) values (${key}, ${value})
    on conflict (key) do update set value = excluded.value, changed = things.changed + 1`;
}

async function maintain({ db, checkpoint }: EmbeddedConnection, chance: Chance): Promise<void> {
  let dice = chance() * 1_000 - CHECKPOINTS;
  if (dice < 0) return checkpoint();
  for (const [perMille, statements] of MAINTENANCE) {
    dice -= perMille;
    if (dice >= 0) continue;
    // Of several lanes at once, one has the table.
    for (const statement of statements) await db.execute(sql.raw(statement)).catch(refusedAsThere);
    return;
  }
}

/** Another lane makes or drops the same table. */
function refusedAsThere(error: unknown): void {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {};
  if (code !== '42P07' && code !== '42P01') throw error;
}
