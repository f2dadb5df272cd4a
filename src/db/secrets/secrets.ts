import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { secrets } from '../schema';
import type { Sealer } from './seal';

/** Stores a secret and returns its id. A secret never changes: a new value is a new row with a new id. */
export async function insertSecret(db: Database, sealer: Sealer, plain: string): Promise<string> {
  const id = `sec_${randomUUID()}`;
  await db.insert(secrets).values({ id, sealed: sealer.seal(id, plain) });
  return id;
}

/** Stores the value of a secret once more, with an id of its own: what was fetched with the other is not used with it. */
export async function copySecret(db: Database, sealer: Sealer, id: string): Promise<string> {
  return insertSecret(db, sealer, (await readSecret(db, sealer, id))!);
}

/** The secret's value, or undefined when it has been replaced or deleted. */
export async function readSecret(db: Database, sealer: Sealer, id: string): Promise<string | undefined> {
  const [row] = await db.select({ sealed: secrets.sealed }).from(secrets).where(eq(secrets.id, id));
  return row && sealer.open(id, row.sealed);
}

/** A secret's value and its id, or those of the secret that replaced it. Undefined when it was deleted. */
export async function readLatestSecret(
  db: Database,
  sealer: Sealer,
  id: string,
): Promise<{ id: string; value: string } | undefined> {
  const [row] = await rowsOf<{ id: string; sealed: Uint8Array }>(
    db,
    sql`
    select latest.id, latest.sealed from secrets
    join secrets latest on latest.id = coalesce(secrets.replaced_by, secrets.id)
    where secrets.id = ${id}`,
  );
  return row && { id: row.id, value: sealer.open(row.id, Buffer.from(row.sealed)) };
}

/** Replaces a secret: its id leads to the replacement from then on, and its own value is deleted. */
export async function replaceSecret(db: Database, id: string, replacement: string): Promise<void> {
  await db.execute(sql`
    update secrets set replaced_by = ${replacement}, sealed = ''
    where id = ${id} or replaced_by = ${id}`);
}

export async function deleteSecret(db: Database, id: string): Promise<void> {
  await db.delete(secrets).where(eq(secrets.id, id));
}
