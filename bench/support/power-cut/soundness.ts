import { PGlite } from '@electric-sql/pglite';
import { amcheck } from '@electric-sql/pglite/contrib/amcheck';

/** What Postgres's own checker finds wrong with tables and indexes, those of the system included. */
export async function unsoundness(folder: string): Promise<string[]> {
  const database = await PGlite.create({ dataDir: folder, extensions: { amcheck } });
  try {
    await database.exec('create extension if not exists amcheck');
    const relations = await database.query<{ name: string; kind: string }>(
      `select pg_class.oid::regclass::text as name, relkind as kind from pg_class left join pg_am on pg_am.oid = relam
       where relkind in ('r', 't') or relkind = 'i' and amname = 'btree'`,
    );
    const faults: string[] = [];
    for (const { name, kind } of relations.rows) {
      const check =
        kind === 'i'
          ? 'select bt_index_check($1::regclass, true)::text as fault'
          : 'select msg as fault from verify_heapam($1::regclass)';
      const { rows } = await database.query<{ fault: string }>(check, [name]).catch((error: Error) => ({
        rows: [{ fault: error.message }],
      }));
      faults.push(...rows.filter(({ fault }) => fault !== '').map(({ fault }) => `${name}: ${fault}`));
    }
    return faults;
  } finally {
    await database.close();
  }
}
