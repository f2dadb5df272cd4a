import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openEmbedded, rowsOf } from '../src/db/connection/client';
import { Account } from './support/power-cut/account';
import { type Chance, chanceFrom } from './support/power-cut/chance';
import { Disk, type Loss } from './support/power-cut/disk';
import { differencesOf } from './support/power-cut/folder';
import type { Operation } from './support/power-cut/operations';
import { momentIn, record } from './support/power-cut/recording';
import { unsoundness } from './support/power-cut/soundness';
import { temporaryFolder } from './support/settings';
import { type Benchmark, exactly, type Row, reported } from './support/table';

const CHANGES = 2_000;

const LOSSES: Loss[] = ['all of it', 'some writes', 'some blocks of 512 bytes', 'some of 4096', 'none of it'];

const CHANGES_AFTER_CUT = 40;

/** Of so many cuts, one is followed by another while the database starts again. */
const SECOND_CUTS = 4;

/** What the cuts of a run found. */
interface Findings {
  keys: number;
  lost: string[];
  unsound: string[];
}

/**
 * Records what the embedded database does to its folder while it is made, changed and closed, cuts the power at moments
 * of that record, and looks at what is left. The seed decides what is done, where the cuts are and what they lose.
 */
export async function run(cuts = 100, seed = Date.now() % 1_000_000, changes = CHANGES): Promise<Row[]> {
  const chance = chanceFrom(seed);
  const scratch = temporaryFolder();
  const [folder, cut, whole] = ['recorded', 'cut', 'whole'].map((name) => join(scratch.path, name));
  mkdirSync(folder!);
  const disk = new Disk(folder!);
  const account = new Account();
  const operations = await record(folder!, changes, chance);
  const moments = momentsIn(operations, cuts, chance);
  const found: Findings = { keys: 0, lost: [], unsound: [] };
  const runTo = (end: number, from: number) => {
    for (const operation of operations.slice(from, end)) {
      disk.run(operation);
      account.note(operation);
    }
  };
  for (const [index, moment] of moments.entries()) {
    runTo(moment, moments[index - 1] ?? 0);
    const loss = LOSSES[index % LOSSES.length]!;
    const name = `cut ${index}, at operation ${moment}, that lost ${loss}`;
    disk.writeAfterCut(cut!, loss, chance);
    try {
      const expected = index % SECOND_CUTS === 0 ? await cutAgain(cut!, account, loss, chance) : account;
      await examine(cut!, expected, found, name);
    } catch (error) {
      found.unsound.push(`${name}: ${String(error)}`);
    }
    rmSync(cut!, { recursive: true });
  }
  runTo(operations.length, moments.at(-1) ?? 0);
  disk.writeAsSeen(whole!);
  const unexplained = differencesOf(whole!, folder!);
  scratch.remove();
  for (const fault of [...unexplained, ...found.lost, ...found.unsound]) console.error(fault);
  return [
    reported('seed', seed),
    reported('operations on files, and changes', `${operations.length}, ${changes}`),
    exactly('files that are not as the record of operations has them', 0, unexplained.length),
    reported('keys looked up after the cuts', found.keys),
    exactly(`cuts of ${cuts} that lost an acknowledged change, or left half a change`, 0, found.lost.length),
    exactly('cuts that left the database unsound', 0, found.unsound.length),
  ];
}

/** The moments of the cuts, in order: one in eight while the database is made, the others after that. */
function momentsIn(operations: Operation[], cuts: number, chance: Chance): number[] {
  const made = operations.findIndex((operation) => operation.do === 'rename' && operation.to === 'database');
  const making = operations.slice(0, made + 3);
  const working = operations.slice(made);
  return Array.from({ length: cuts }, (_, index) =>
    index % 8 === 7 ? momentIn(making, chance) : made + momentIn(working, chance),
  ).sort((one, other) => one - other);
}

/** Starts the database on what a cut left, cuts the power again, and returns what must be there then. */
async function cutAgain(folder: string, before: Account, loss: Loss, chance: Chance): Promise<Account> {
  const disk = new Disk(folder);
  const account = before.copy();
  const operations = await record(folder, CHANGES_AFTER_CUT, chance);
  for (const operation of operations.slice(0, momentIn(operations, chance))) {
    disk.run(operation);
    account.note(operation);
  }
  rmSync(folder, { recursive: true });
  disk.writeAfterCut(folder, loss, chance);
  return account;
}

/** Starts the database, and notes what is not as it must be. */
async function examine(folder: string, expected: Account, found: Findings, cut: string): Promise<void> {
  const database = join(folder, 'database');
  found.keys += expected.keys;
  const faults = expected.faults(await readRows(database));
  if (faults.length > 0) found.lost.push(`${cut}: ${faults.join('; ')}`);
  const damage = await unsoundness(database);
  if (damage.length > 0) found.unsound.push(`${cut}: ${damage.join('; ')}`);
}

async function readRows(folder: string): Promise<Map<string, string>> {
  const { db, close } = await openEmbedded(folder);
  try {
    const [table] = await rowsOf<{ name: string | null }>(
      db,
      sql`select to_regclass('things')::text as name`,
    );
    if (!table!.name) return new Map();
    const rows = await rowsOf<{ key: string; value: string }>(db, sql`select key, value from things`);
    return new Map(rows.map(({ key, value }) => [key, value]));
  } finally {
    await close();
  }
}

export default {
  summary: 'the power goes at moments chosen by chance; what was not flushed is lost (about 5 minutes)',
  run,
} satisfies Benchmark;
