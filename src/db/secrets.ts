import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from './client';
import { secrets } from './schema';
import type { Sealer } from './seal';

/** Stores a secret and returns its id. A secret never changes: a new value is a new row with a new id. */
export async function insertSecret(db: Database, sealer: Sealer, plain: string): Promise<string> {
  const id = `sec_${randomUUID()}`;
  await db.insert(secrets).values({ id, sealed: sealer.seal(id, plain) });
  return id;
}

/** The secret's value, or undefined when it has been replaced or deleted. */
export async function readSecret(db: Database, sealer: Sealer, id: string): Promise<string | undefined> {
  const [row] = await db.select({ sealed: secrets.sealed }).from(secrets).where(eq(secrets.id, id));
  return row && sealer.open(id, row.sealed);
}

export async function deleteSecret(db: Database, id: string): Promise<void> {
  await db.delete(secrets).where(eq(secrets.id, id));
}
