import { type Config, ConfigError } from './config';
import { openPostgres } from './db/client';
import { migrate } from './db/migrate';
import { type Running, runProcess } from './parts/process';
import { MIGRATIONS } from './parts/store';

/** Brings the database of DATABASE_URL up to date, and says which migrations that took. */
runProcess(async ({ databaseUrl }: Config): Promise<Running> => {
  if (!databaseUrl) throw new ConfigError('DATABASE_URL is not set: there is no database to migrate.');
  const connection = openPostgres(databaseUrl);
  const applied = await migrate(connection, MIGRATIONS);
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
  return { ended: Promise.resolve(), stop: connection.close };
});
