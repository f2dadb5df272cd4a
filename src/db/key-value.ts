import { eq } from 'drizzle-orm';
import type { Database } from './connection/client';
import { progress } from './schema';

/** How far a background task has come; undefined before its first time. */
export async function readProgress(db: Database, name: string): Promise<string | undefined> {
  const [row] = await db.select({ value: progress.value }).from(progress).where(eq(progress.name, name));
  return row?.value;
}

export async function writeProgress(db: Database, name: string, value: string): Promise<void> {
  await db
    .insert(progress)
    .values({ name, value })
    .onConflictDoUpdate({ target: progress.name, set: { value } });
}
