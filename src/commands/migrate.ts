import { ConfigError } from '../config';
import { migrate } from '../db/connection/migrate';
import { runProcess } from '../runtime/process';
import { MIGRATIONS, reachPostgres } from '../runtime/store';

/** Migrates the database of DATABASE_URL, and prints the migrations that it applied. */
runProcess(async ({ config: { databaseUrl }, undo }) => {
  if (!databaseUrl) throw new ConfigError('DATABASE_URL is not set: there is no database to migrate.');
  const connection = await reachPostgres(databaseUrl);
  undo.add(connection.close);
  const applied = await migrate(connection, MIGRATIONS);
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
  return { ended: Promise.resolve() };
});
