import { type SQL, sql } from 'drizzle-orm';

/* The id of what a visit waits by, a row of `waits` or of `callbacks`: workflows know it too, and expect its signal. */

export function waitIdOf({
  entryId,
  tileId,
  visit,
}: {
  entryId: string;
  tileId: string;
  visit: number;
}): string {
  return `${entryId}/${tileId}/${visit}`;
}

/** SQL of the same, of a row with an entry, a tile and a visit. */
export const WAIT_ID: SQL = sql`entry_id || '/' || tile_id || '/' || visit`;
