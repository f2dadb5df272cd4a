import { randomUUID } from 'node:crypto';
import type { ConnectionLike } from '@temporalio/client';
import { DEFAULT_RATE } from '../domain/journeys/rate-limit';
import { isRefusal, partitionsOf } from './client';
import { openProbeQueue, type ProbeQueue } from './probe-queue';

/** Whether Temporal enforces rate limits; if not, why and what to do, in sentences. */
export type Verdict = { enforced: true } | { enforced: false; reason: string };

export interface ProbeOptions {
  connection: ConnectionLike;
  namespace: string;
  /** The queue of the activities that are limited. */
  queue: string;
}

/** A fault must show as often as this: a machine in trouble may mix the order up once. */
const ROUNDS = 2;

/**
 * Tries whether Temporal limits fairness keys, lets none of them hold up another, and keeps the queue in one
 * partition: it sets and takes all that otherwise without a word. Takes about four seconds, on a slow machine
 * longer. Throws when Temporal is away.
 */
export async function probeRateLimits(options: ProbeOptions): Promise<Verdict> {
  const fault = await findFault(options).catch((error: unknown) => {
    if (isRefusal(error)) return 'The Temporal server does not let Wayhook set and look up rate limits.';
    throw error;
  });
  return fault === undefined
    ? { enforced: true }
    : { enforced: false, reason: `${fault} See “What the Temporal server needs” in docs/rate-limits.md.` };
}

async function findFault({ connection, namespace, queue }: ProbeOptions): Promise<string | undefined> {
  const { length: partitions } = await partitionsOf(connection, namespace, queue);
  if (partitions !== 1) {
    return (
      `Temporal keeps the task queue ${queue} in ${partitions} partitions, and each would count by itself. ` +
      'Set matching.numTaskqueueReadPartitions and matching.numTaskqueueWritePartitions to 1 for it.'
    );
  }
  let fault: string | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    fault = faultOf(await observe(connection, namespace));
    if (fault === undefined) break;
  }
  return fault;
}

/** What Temporal handed out: keys in their order, and in how many seconds. */
interface Observation {
  partitions: number;
  taken: string[];
  seconds: number;
}

/** A key whose activities come every ten seconds, and two whose all come at once: a backlog, and latecomers. */
const SLOW = { key: 'slow', weight: 0.1 / DEFAULT_RATE, activities: 4 };
const LONG = { key: 'long', weight: 500 / DEFAULT_RATE, activities: 15 };
const LATE = { key: 'late', weight: 500 / DEFAULT_RATE, activities: 4 };

async function observe(connection: ConnectionLike, namespace: string): Promise<Observation> {
  const name = `wayhook-rate-limit-probe-${randomUUID()}`;
  // Its own queue is spread as the server spreads any queue; then each partition gets its share.
  const partitions = await partitionsOf(connection, namespace, name);
  const spread = (load: typeof SLOW) => ({ ...load, activities: load.activities * partitions.length });
  const batches = [[spread(SLOW), spread(LONG)], [spread(LATE)]];
  const queue = await openProbeQueue({
    connection,
    namespace,
    name,
    partitions,
    rate: DEFAULT_RATE,
    batches,
  });
  try {
    const began = Date.now();
    const taken = await takeAll(queue, partitions.length);
    return { partitions: partitions.length, taken, seconds: (Date.now() - began) / 1_000 };
  } finally {
    await queue.close();
  }
}

/** A server that takes longer is as good as away. */
const LONGEST_MS = 30_000;

/** Takes until all have come that may come at once, and then none for a while. */
async function takeAll(queue: ProbeQueue, partitions: number): Promise<string[]> {
  const taken: string[] = [];
  const atOnce = (LONG.activities + LATE.activities) * partitions;
  const deadline = Date.now() + LONGEST_MS;
  const take = async (): Promise<void> => {
    for (;;) {
      const key = await queue.take();
      if (key !== undefined) taken.push(key);
      else if (fastOf(taken).length === atOnce) return;
      if (Date.now() > deadline) throw new Error(`Temporal handed out only ${taken.length} activities.`);
    }
  };
  await Promise.all(Array.from({ length: 2 * partitions }, take));
  return taken;
}

function faultOf({ partitions, taken, seconds }: Observation): string | undefined {
  const fast = fastOf(taken);
  const slow = taken.length - fast.length;
  if (slow > partitions + seconds * SLOW.weight * DEFAULT_RATE) {
    return `Temporal does not limit fairness keys: ${slow} activities came where one was due. Use a server of 1.32 or newer.`;
  }
  const places = fast.flatMap((key, place) => (key === LATE.key ? [place] : []));
  const middle = places.reduce((sum, place) => sum + place, 0) / places.length;
  // With fairness latecomers take turns with the backlog from the start, without it they come behind it.
  return middle > fast.length / 2
    ? 'With Temporal as it is, a long queue at one tile holds up the others. Set matching.enableFairness to true.'
    : undefined;
}

function fastOf(taken: string[]): string[] {
  return taken.filter((key) => key !== SLOW.key);
}
