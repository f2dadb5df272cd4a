import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import type { Database } from '../../db/connection/client';
import { beginImport, removeImport, storeChunk } from '../../db/imports/files';
import { newJobId } from '../../db/jobs/jobs';
import { typesOf } from '../../db/users/profile-fields';
import { ApiError, badParams } from '../../domain/errors';
import { type ProfileFieldType, suitsFieldType } from '../../domain/users/profile';
import { type Column, columnsOf } from '../../transfer/csv';
import { typesIn } from '../../transfer/ndjson';
import { refuseSlowBody } from '../http/slow-bodies';
import { BEGINNING, type ImportFormat, type FilePosition, type Row, RowSplitter } from '../../transfer/rows';

/** Bytes of a file. */
export const LARGEST_FILE = 1_073_741_824;

const CHUNK_BYTES = 262_144;

/** How long a sender may send nothing. */
const IDLE_MS = 60_000;

/** How long the rest of a refused file is read, so that its sender gets the answer. */
const LET_GO_MS = 10_000;

/** A file that has come in whole. */
export interface Uploaded {
  id: string;
  head: Head;
  /** Rows after the head. */
  total: number;
  /** Of the whole file. */
  sha256: Buffer;
}

/** What a file says of itself, and where its first user is. */
export interface Head {
  columns: Column[];
  types: Record<string, ProfileFieldType>;
  begin: FilePosition;
}

/**
 * Stores a file as it comes in, never more than a few chunks of it in memory. Nothing of one that breaks off, or is
 * refused, stays behind. Throws `PayloadTooLarge`, and `BadParams` for a head that cannot be used.
 */
export async function receiveFile(db: Database, body: Readable, format: ImportFormat): Promise<Uploaded> {
  const id = newJobId();
  await beginImport(db, id);
  try {
    return { id, ...(await storeFile(db, id, body, format)) };
  } catch (error) {
    letGo(body);
    // With the database away this fails as well: then the cleaner removes it.
    await removeImport(db, id).catch(() => undefined);
    throw error;
  }
}

async function storeFile(
  db: Database,
  id: string,
  body: Readable,
  format: ImportFormat,
): Promise<Omit<Uploaded, 'id'>> {
  const splitter = new RowSplitter(format);
  let head: Head | undefined;
  let total = 0;
  let position = 0;
  const hash = createHash('sha256');
  const count = async (rows: Row[]) => {
    total += rows.length;
    if (head === undefined && rows.length > 0) head = await headOf(db, rows[0], format);
  };
  for await (const chunk of chunksOf(partsOf(body))) {
    if (!(await storeChunk(db, id, position, chunk))) throw brokenOff();
    position += chunk.length;
    hash.update(chunk);
    await count(splitter.push(chunk));
  }
  await count(splitter.end());
  head ??= await headOf(db, undefined, format);
  return { head, total: head.begin.offset > 0 ? total - 1 : total, sha256: hash.digest() };
}

/** Throws `BadParams` for a first row that is no head, or whose types are not those of the fields. */
async function headOf(db: Database, first: Row | undefined, format: ImportFormat): Promise<Head> {
  if (format === 'csv') {
    const columns = columnsOf(first);
    const typed = columns.flatMap((column) =>
      'field' in column && column.type !== undefined ? [[column.field, column.type] as const] : [],
    );
    const types = Object.fromEntries(typed);
    await refuseOtherTypes(db, types);
    return { columns, types, begin: first!.after };
  }
  if (first === undefined) throw badParams({ body: 'The file is empty. Send a line for each user.' });
  const types = typesIn(first);
  if (types === undefined) return { columns: [], types: {}, begin: BEGINNING };
  await refuseOtherTypes(db, types);
  return { columns: [], types, begin: first.after };
}

async function refuseOtherTypes(db: Database, declared: Record<string, ProfileFieldType>): Promise<void> {
  const faults = [...(await typesOf(db, Object.keys(declared)))]
    .filter(([name, type]) => !suitsFieldType(declared[name]!, type))
    .map(([name, type]) => [
      name,
      `The field holds values of type ${type} since its first use; the file says ${declared[name]}.`,
    ]);
  if (faults.length > 0) throw badParams(Object.fromEntries(faults) as Record<string, string>);
}

/**
 * The parts of the body as they come. Throws when the sender goes away, sends too much, or takes too long. They pass
 * through a stream of their own: a body that is destroyed takes the connection with it before the answer is sent.
 */
async function* partsOf(body: Readable): AsyncGenerator<Buffer> {
  const silence = `Nothing of the file came for ${IDLE_MS / 1_000} seconds, and nothing was imported.`;
  const idle = setTimeout(() => refuseSlowBody(body, silence), IDLE_MS);
  const parts = new PassThrough();
  const fail = (error?: Error) => parts.destroy(error instanceof ApiError ? error : brokenOff());
  body.once('error', fail).once('close', () => body.readableEnded || fail());
  body.pipe(parts);
  let size = 0;
  try {
    for await (const part of parts as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > LARGEST_FILE) throw tooLarge();
      yield part;
      idle.refresh();
    }
  } finally {
    clearTimeout(idle);
  }
}

/** The same bytes in chunks of one size, the last one aside. */
async function* chunksOf(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const part of parts) {
    pending.push(part);
    size += part.length;
    if (size < CHUNK_BYTES) continue;
    const bytes = Buffer.concat(pending);
    let from = 0;
    for (; bytes.length - from >= CHUNK_BYTES; from += CHUNK_BYTES) {
      yield bytes.subarray(from, from + CHUNK_BYTES);
    }
    pending = [bytes.subarray(from)];
    size = bytes.length - from;
  }
  if (size > 0) yield Buffer.concat(pending);
}

/** Takes the rest and forgets it: many senders read the answer only when they have sent all. */
function letGo(body: Readable): void {
  if (body.destroyed || body.readableEnded) return;
  const timer = setTimeout(() => body.destroy(), LET_GO_MS);
  body.once('close', () => clearTimeout(timer));
  body.resume();
}

export function tooLarge(): ApiError {
  return new ApiError('PayloadTooLarge', 'The file is larger than 1 GiB. Split it.');
}

export function brokenOff(): ApiError {
  return new ApiError('BadParams', 'The upload broke off, and nothing was imported. Send the file again.');
}
