import { setTimeout as pause } from 'node:timers/promises';
import { openPostgres } from '../../src/db/connection/client';
import { acceptEntry } from '../../src/db/entries/accept';
import { newEntryId } from '../../src/db/entries/insert';
import { transact } from '../../src/db/enqueue';

/*
 * Runs in a process of its own: accepts entries of one journey at a pace, on the Postgres at `url`, until it is asked to
 * stop. Then it sends how long each took, in ms.
 */

/** As long as the commit of a disk that syncs. */
const COMMIT_MS = 5;

/** More than are under way at any pace that the database keeps up with. */
const CONNECTIONS = 40;

/** Most entries are of different users, who do not wait for each other. */
const USERS = 5_000;

async function main(url: string, journeyId: number, perSecond: number): Promise<void> {
  const { db } = openPostgres(url, CONNECTIONS);
  const times: number[] = [];
  let stopped = false;
  process.once('message', () => (stopped = true));
  const accept = async (order: number) => {
    const began = performance.now();
    const entryId = newEntryId();
    const identity = { email: `user-${order % USERS}@example.com` };
    await transact({ db, enqueue: () => undefined }, async (tx) => {
      await acceptEntry(tx, { entryId, journeyId, identity, triggerData: {} });
      await pause(COMMIT_MS);
    });
    times.push(performance.now() - began);
  };
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  for (let order = 0; !stopped;) {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    while (order < due && underWay.size < CONNECTIONS) {
      const one = accept(order++).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await pause(1);
  }
  await Promise.all(underWay);
  // It ends with the benchmark.
  process.on('disconnect', () => process.exit());
  process.send!({ times, seconds: (performance.now() - began) / 1_000 });
}

void main(process.argv[2]!, Number(process.argv[3]), Number(process.argv[4]));
