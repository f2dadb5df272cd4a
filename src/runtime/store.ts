import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Config, ConfigError } from '../config';
import { type Connection, openPostgres, rowsOf } from '../db/connection/client';
import { readValue, writeValue } from '../db/key-value';
import { createSealer, type Sealer } from '../db/secrets/seal';

/** The same for the built program and for its source. */
export const MIGRATIONS = join(__dirname, '../../migrations');

export interface Store extends Connection {
  sealer: Sealer;
}

/** The database and the keys of a part that runs alone: both must be set, and the database migrated. */
export async function openStore(config: Config): Promise<Store> {
  const { databaseUrl, secretKeys } = config;
  if (!databaseUrl)
    throw new ConfigError(
      'DATABASE_URL is not set. A part that runs alone needs Postgres; `npm start` does not.',
    );
  if (!secretKeys)
    throw new ConfigError('WAYHOOK_SECRET_KEY is not set. Generate one: openssl rand -base64 32');
  const connection = await reachPostgres(databaseUrl);
  await requireMigrated(connection);
  return { ...connection, sealer: await checkedSealer(connection, secretKeys) };
}

/** Opens Postgres and runs a query. Throws a ConfigError that says why it cannot be used. */
export async function reachPostgres(url: string): Promise<Connection> {
  const connection = openPostgres(url);
  try {
    await connection.script('select 1');
  } catch (error) {
    // The driver's message may name the address, user or database, never the password.
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

/** A sealer, checked with what was encrypted at the first start: a wrong key shows now, not at a delivery. */
export async function checkedSealer({ db }: Connection, keys: Buffer[]): Promise<Sealer> {
  const sealer = createSealer(keys);
  const stored = await readValue(db, CHECK);
  try {
    if (stored !== undefined) sealer.open(CHECK, Buffer.from(stored, 'base64'));
  } catch (error) {
    throw new ConfigError(
      'WAYHOOK_SECRET_KEY does not contain the key that stored secrets are encrypted with. ' +
        'To rotate, set it to the new key, a comma, and the old one.',
      { cause: error },
    );
  }
  if (stored === undefined) await writeValue(db, CHECK, sealer.seal(CHECK, 'wayhook').toString('base64'));
  return sealer;
}
