import { eq } from 'drizzle-orm';
import type { Database } from './connection/client';
import { keyValues } from './schema';

/** How far a background task has come; undefined before its first time. */
export async function readValue(db: Database, name: string): Promise<string | undefined> {
  const [row] = await db.select({ value: keyValues.value }).from(keyValues).where(eq(keyValues.name, name));
  return row?.value;
}

export async function writeValue(db: Database, name: string, value: string): Promise<void> {
  await db
    .insert(keyValues)
    .values({ name, value })
    .onConflictDoUpdate({ target: keyValues.name, set: { value } });
}
