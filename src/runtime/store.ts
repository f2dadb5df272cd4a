import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Config, ConfigError } from '../config';
import { type Connection, openPostgres, rowsOf } from '../db/connection/client';
import { readValue, writeValue } from '../db/key-value';
import { createSealer, type Sealer } from '../db/secrets/seal';

/** Where the migrations lie, beside the built program as beside its source. */
export const MIGRATIONS = join(__dirname, '../../migrations');

export interface Store extends Connection {
  sealer: Sealer;
}

/** The database and the keys of a part that runs apart: both must be given, and the database migrated. */
export async function openStore(config: Config): Promise<Store> {
  const { databaseUrl, secretKeys } = config;
  if (!databaseUrl)
    throw new ConfigError(
      'DATABASE_URL is not set. A part that runs alone needs Postgres; `npm start` does not.',
    );
  if (!secretKeys) throw new ConfigError('WAYHOOK_SECRET_KEY is not set. Make one: openssl rand -base64 32');
  const connection = await reachPostgres(databaseUrl);
  await requireMigrated(connection);
  return { ...connection, sealer: await checkedSealer(connection, secretKeys) };
}

/** Opens Postgres and tries it. Throws a ConfigError that says why it cannot be used. */
export async function reachPostgres(url: string): Promise<Connection> {
  const connection = openPostgres(url);
  try {
    await connection.script('select 1');
  } catch (error) {
    // The driver's reason names address, user or database; it never holds the password.
    const { message, code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `The database of DATABASE_URL cannot be used: ${message || code}. Start Postgres, or correct the address.`,
      { cause: error },
    );
  }
  return connection;
}

async function requireMigrated({ db }: Connection): Promise<void> {
  const [table] = await rowsOf<{ name: string | null }>(db, sql`select to_regclass('migrations') as name`);
  const applied = table?.name ? await rowsOf<{ name: string }>(db, sql`select name from migrations`) : [];
  const missing = readdirSync(MIGRATIONS).filter((file) => !applied.some(({ name }) => name === file));
  if (missing.length === 0) return;
  throw new ConfigError(`The database lacks ${missing.join(', ')}. Run: npm run migrate`);
}

const CHECK = 'secret-key-check';

/** A sealer, once it has opened what was sealed at the first start: a wrong key shows now, not at a delivery. */
export async function checkedSealer({ db }: Connection, keys: Buffer[]): Promise<Sealer> {
  const sealer = createSealer(keys);
  const kept = await readValue(db, CHECK);
  try {
    if (kept !== undefined) sealer.open(CHECK, Buffer.from(kept, 'base64'));
  } catch (error) {
    throw new ConfigError(
      'WAYHOOK_SECRET_KEY does not hold the key that stored secrets are sealed with. ' +
        'To rotate, give the new key, a comma, and the old one.',
      { cause: error },
    );
  }
  if (kept === undefined) await writeValue(db, CHECK, sealer.seal(CHECK, 'wayhook').toString('base64'));
  return sealer;
}
