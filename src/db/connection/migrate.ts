import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Connection, rowsOf } from './client';

/**
 * Applies the migrations that are not applied yet, in the order of their names, each whole or not at all.
 * Two processes may do it at once: the table's lock lets one through at a time. Returns the names applied.
 */
export async function migrate({ db, script }: Connection, folder: string): Promise<string[]> {
  await script(
    'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
  );
  const applied = new Set(
    (await rowsOf<{ name: string }>(db, sql`select name from migrations`)).map((row) => row.name),
  );
  const pending = readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && !applied.has(name))
    .sort();
  for (const name of pending) await script(transactionFor(name, readFileSync(join(folder, name), 'utf8')));
  return pending;
}

/** The check inside the lock ends the transaction, by a unique violation caught here, when another was first. */
function transactionFor(name: string, text: string): string {
  return `
    begin;
    lock table migrations in exclusive mode;
    do $wayhook_once$ begin
      if not exists (select 1 from migrations where name = '${name}') then
        insert into migrations (name) values ('${name}');
        execute $wayhook_migration$${text}$wayhook_migration$;
      end if;
    end $wayhook_once$;
    commit;`;
}
