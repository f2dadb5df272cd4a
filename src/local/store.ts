import { join } from 'node:path';
import { startMaintenance } from '../background/maintenance';
import { openEmbedded } from '../db/connection/client';
import { migrate } from '../db/connection/migrate';
import type { Starting } from '../runtime/process';
import { checkedSealer, MIGRATIONS, reachPostgres, type Store } from '../runtime/store';
import { generateSecretKey, loadOrCreateKey } from './keys';

/** The database, migrated, and the secret keys: generated at the first start unless the settings name them. */
export async function openLocalStore({ config, log, undo }: Starting): Promise<Store> {
  const { databaseUrl, dataDir } = config;
  const embedded = databaseUrl ? undefined : await openEmbedded(join(dataDir, 'database'));
  const connection = embedded ?? (await reachPostgres(databaseUrl!));
  undo.add(connection.close);
  await migrate(connection, MIGRATIONS);
  if (embedded) undo.add(startMaintenance(embedded, log).stop);
  const keys = config.secretKeys ?? [
    Buffer.from(loadOrCreateKey(dataDir, 'secret-key', generateSecretKey), 'base64'),
  ];
  return { ...connection, sealer: await checkedSealer(connection, keys) };
}
