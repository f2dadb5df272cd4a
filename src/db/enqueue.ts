import type { Database } from './connection/client';
import type { OutboxItem } from './outbox';

/**
 * A database that collects what is enqueued through it. Only the functions of this file make one, and they hand what it
 * collected to the dispatcher after the commit, so that no caller can forget to.
 */
export type EnqueuingDatabase = Database & { readonly enqueued: OutboxItem[] };

export interface EnqueueDeps {
  db: Database;
  /** Hands an item to this process's dispatcher. Never throws: the outbox has the item in any case. */
  enqueue: (item: OutboxItem) => void;
}

/** Runs a transaction. What it enqueued is handed to the dispatcher once it is committed. */
export function transact<Result>(
  { db, enqueue }: EnqueueDeps,
  work: (tx: EnqueuingDatabase) => Promise<Result>,
): Promise<Result> {
  return handOver(enqueue, (items) => db.transaction((tx) => work(collecting(tx, items))));
}

/** The same without a transaction of its own: for a single statement. */
export function enqueuing<Result>(
  { db, enqueue }: EnqueueDeps,
  work: (db: EnqueuingDatabase) => Promise<Result>,
): Promise<Result> {
  return handOver(enqueue, (items) => work(collecting(db, items)));
}

/** Runs a savepoint of a transaction. If it is rolled back, so is what it enqueued. */
export function savepoint<Result>(
  tx: EnqueuingDatabase,
  work: (tx: EnqueuingDatabase) => Promise<Result>,
): Promise<Result> {
  return transact({ db: tx, enqueue: (item) => void tx.enqueued.push(item) }, work);
}

async function handOver<Result>(
  enqueue: EnqueueDeps['enqueue'],
  run: (items: OutboxItem[]) => Promise<Result>,
): Promise<Result> {
  const items: OutboxItem[] = [];
  const result = await run(items);
  items.forEach((item) => enqueue(item));
  return result;
}

function collecting(db: Database, enqueued: OutboxItem[]): EnqueuingDatabase {
  return Object.assign(Object.create(db) as Database, { enqueued });
}
