import { and, eq, isNotNull, lt, or, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './connection/client';
import { idempotencyKeys } from './schema';

/** An idempotency key of one caller on one route. */
export interface IdempotencyKey {
  /** The id of an API key, or `person 7`. */
  caller: string;
  route: string;
  key: string;
}

/** A request that came with a key. */
export interface KeyedRequest extends IdempotencyKey {
  /** Tells it from other requests with the same key. */
  fingerprint: Buffer;
}

/** How a request was answered. */
export interface KeptAnswer {
  status: number;
  sealed: Buffer;
}

export interface FoundKey {
  fingerprint: Buffer;
  /** Undefined while the request is under way. */
  answer: KeptAnswer | undefined;
}

/** What the key was used for within the last 24 hours. */
export async function findKey(db: Database, key: IdempotencyKey): Promise<FoundKey | undefined> {
  const { fingerprint, status, answer } = idempotencyKeys;
  const [row] = await db
    .select({ fingerprint, status, answer })
    .from(idempotencyKeys)
    .where(and(rowOf(key), sql`not (${isFree})`));
  if (row === undefined) return undefined;
  const kept = row.status === null ? undefined : { status: row.status, sealed: row.answer! };
  return { fingerprint: row.fingerprint, answer: kept };
}

/** Takes the key until the transaction ends. False when another transaction has it. */
export async function lockKey(tx: Database, { caller, route, key }: IdempotencyKey): Promise<boolean> {
  const name = `${caller} ${route} ${key}`;
  const [row] = await rowsOf<{ locked: boolean }>(
    tx,
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as locked`,
  );
  return row!.locked;
}

/** Stores an answer in the transaction that did what it answers. False when the key has been used. */
export function insertAnswer(tx: Database, request: KeyedRequest, answer: KeptAnswer): Promise<boolean> {
  return insertIfFree(tx, {
    ...request,
    ...{ status: answer.status, answer: answer.sealed, reservedBy: null, reservedUntil: null },
  });
}

/** Reserves the key for a request that is not one transaction. False when the key has been used. */
export function reserveKey(
  db: Database,
  request: KeyedRequest,
  reservation: { by: string; forMs: number },
): Promise<boolean> {
  const reservedUntil = sql`now() + ${`${reservation.forMs} milliseconds`}::interval`;
  return insertIfFree(db, {
    ...request,
    ...{ status: null, answer: null, reservedBy: reservation.by, reservedUntil },
  });
}

/** Stores the answer to a request that reserved its key, unless the reservation ran out and another has it. */
export async function storeAnswer(
  db: Database,
  key: IdempotencyKey,
  reservedBy: string,
  { status, sealed }: KeptAnswer,
): Promise<void> {
  await db
    .update(idempotencyKeys)
    .set({ status, answer: sealed, reservedBy: null, reservedUntil: null })
    .where(and(rowOf(key), eq(idempotencyKeys.reservedBy, reservedBy)));
}

/** Frees a reserved key. */
export async function releaseKey(db: Database, key: IdempotencyKey, reservedBy: string): Promise<void> {
  await db.delete(idempotencyKeys).where(and(rowOf(key), eq(idempotencyKeys.reservedBy, reservedBy)));
}

/** Deletes every key that was used more than 24 hours ago. */
export async function deleteExpiredKeys(db: Database): Promise<void> {
  await db.delete(idempotencyKeys).where(isExpired);
}

async function insertIfFree(
  db: Database,
  { caller, route, key, ...values }: IdempotencyKey & Record<string, unknown>,
): Promise<boolean> {
  const use = { ...values, createdAt: sql`now()` } as unknown as typeof idempotencyKeys.$inferInsert;
  const inserted = await db
    .insert(idempotencyKeys)
    .values({ ...use, caller, route, key })
    .onConflictDoUpdate({
      target: [idempotencyKeys.caller, idempotencyKeys.route, idempotencyKeys.key],
      set: use,
      setWhere: isFree,
    })
    .returning({ key: idempotencyKeys.key });
  return inserted.length > 0;
}

const isExpired = lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`);

/** Of a key that may be used anew: its time is over, or the process that reserved it is gone. */
const isFree = or(
  isExpired,
  and(isNotNull(idempotencyKeys.reservedUntil), lt(idempotencyKeys.reservedUntil, sql`now()`)),
)!;

function rowOf({ caller, route, key }: IdempotencyKey) {
  return and(
    eq(idempotencyKeys.caller, caller),
    eq(idempotencyKeys.route, route),
    eq(idempotencyKeys.key, key),
  );
}
