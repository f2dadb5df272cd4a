import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';
import { insertJob, type NewJob } from '../jobs/jobs';

/* The files of imports: stored as they are uploaded, read page by page by their jobs, and deleted at their end. */

export async function beginImport(db: Database, id: string): Promise<void> {
  await db.execute(sql`insert into imports (id) values (${id})`);
}

/** Stores the next part of a file. False when the import was deleted, because nothing was uploaded for too long. */
export async function storeChunk(
  db: Database,
  id: string,
  position: number,
  bytes: Buffer,
): Promise<boolean> {
  const stored = await rowsOf(
    db,
    sql`
    with touched as (update imports set touched_at = now() where id = ${id} returning id)
    insert into import_chunks (import_id, position, bytes)
    select id, ${position}::bigint, ${bytes}::bytea from touched returning 1`,
  );
  return stored.length > 0;
}

/** Inserts the job of a file that was uploaded completely. False when the import was deleted. */
export function acceptImport(db: Database, job: NewJob): Promise<boolean> {
  return db.transaction(async (tx) => {
    const touched = await rowsOf(
      tx,
      sql`update imports set touched_at = now() where id = ${job.id} returning 1`,
    );
    return touched.length > 0 && (await insertJob(tx, job));
  });
}

/** More than the rows of most pages need. */
const READ_BYTES = 65_536;

/** The part of a file that starts at `offset`, in bytes; undefined at its end. */
export async function readChunk(tx: Database, id: string, offset: number): Promise<Buffer | undefined> {
  const [chunk] = await rowsOf<{ bytes: Uint8Array }>(
    tx,
    sql`
    select substring(bytes from (${offset}::bigint - position + 1)::int for ${READ_BYTES}) as bytes
    from import_chunks where import_id = ${id} and position <= ${offset}::bigint
    order by position desc limit 1`,
  );
  return chunk === undefined || chunk.bytes.length === 0 ? undefined : Buffer.from(chunk.bytes);
}

/** Removes an import and its file. */
export async function removeImport(db: Database, id: string): Promise<void> {
  await db.execute(sql`delete from imports where id = ${id}`);
}

/** Hours without a new part after which an upload counts as broken off. */
const HOURS = 1;

/** Removes files that no open job needs: of uploads that a crash interrupted, and of failed jobs. */
export async function removeLeftImports(db: Database): Promise<void> {
  await db.execute(sql`
    delete from imports where touched_at < now() - ${`${HOURS} hours`}::interval
      and not exists (select 1 from jobs where jobs.id = imports.id and ended_at is null)`);
}
