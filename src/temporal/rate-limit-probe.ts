import { randomUUID } from 'node:crypto';
import type { ConnectionLike } from '@temporalio/client';
import { DEFAULT_RATE } from '../domain/journeys/rate-limit';
import { isRefusal } from './outage';
import { openProbeQueue, type ProbeQueue } from './probe-queue';
import { partitionsOf } from './task-queues';

/** Whether Temporal enforces rate limits; if not, why and what to do, as sentences. */
export type Verdict = { enforced: true } | { enforced: false; reason: string };

export interface ProbeOptions {
  connection: ConnectionLike;
  namespace: string;
  /** The queue of the rate-limited activities. */
  queue: string;
}

/** A fault counts only if each of these rounds finds one: a busy machine may disturb the order once. */
const ROUNDS = 2;

/**
 * Checks by trying that Temporal limits fairness keys, lets none of them starve another, and has one partition for the
 * queue: a server without these accepts the same configuration without an error. Takes about four seconds, longer on a
 * slow machine. Throws when Temporal is down.
 */
export async function probeRateLimits(options: ProbeOptions): Promise<Verdict> {
  const fault = await findFault(options).catch((error: unknown) => {
    if (isRefusal(error)) return 'The Temporal server does not allow Wayhook to set and read rate limits.';
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
      `The task queue ${queue} has ${partitions} partitions in Temporal, and each would count separately. ` +
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

/** The keys in the order in which Temporal returned them, and in how many seconds. */
interface Observation {
  partitions: number;
  keys: string[];
  seconds: number;
}

/** A key limited to one activity every ten seconds, and two that are not limited in practice: a backlog, and latecomers. */
const SLOW = { key: 'slow', weight: 0.1 / DEFAULT_RATE, activities: 4 };
const LONG = { key: 'long', weight: 500 / DEFAULT_RATE, activities: 15 };
const LATE = { key: 'late', weight: 500 / DEFAULT_RATE, activities: 4 };

async function observe(connection: ConnectionLike, namespace: string): Promise<Observation> {
  const name = `wayhook-rate-limit-probe-${randomUUID()}`;
  // The probe's queue has the server's default number of partitions; each gets its share.
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
    const keys = await pollAll(queue, partitions.length);
    return { partitions: partitions.length, keys, seconds: (Date.now() - began) / 1_000 };
  } finally {
    await queue.close();
  }
}

/** A server that takes longer counts as down. */
const LONGEST_MS = 30_000;

/** Polls until all unlimited activities have arrived, and then a poll is empty. */
async function pollAll(queue: ProbeQueue, partitions: number): Promise<string[]> {
  const keys: string[] = [];
  const atOnce = (LONG.activities + LATE.activities) * partitions;
  const deadline = Date.now() + LONGEST_MS;
  const pollRepeatedly = async (): Promise<void> => {
    for (;;) {
      const key = await queue.poll();
      if (key !== undefined) keys.push(key);
      else if (fastOf(keys).length === atOnce) return;
      if (Date.now() > deadline)
        throw new Error(`The rate limit probe received only ${keys.length} activities from Temporal.`);
    }
  };
  await Promise.all(Array.from({ length: 2 * partitions }, pollRepeatedly));
  return keys;
}

function faultOf({ partitions, keys, seconds }: Observation): string | undefined {
  const fast = fastOf(keys);
  const slow = keys.length - fast.length;
  if (slow > partitions + seconds * SLOW.weight * DEFAULT_RATE) {
    return `Temporal does not limit fairness keys: ${slow} activities ran where one was due. Use server 1.32 or newer.`;
  }
  const places = fast.flatMap((key, place) => (key === LATE.key ? [place] : []));
  const middle = places.reduce((sum, place) => sum + place, 0) / places.length;
  // With fairness, latecomers alternate with the backlog from the start; without it, they come after it.
  return middle > fast.length / 2
    ? 'Temporal is not set up for fairness: a long queue at one tile holds up the others. Set matching.enableFairness to true.'
    : undefined;
}

function fastOf(keys: string[]): string[] {
  return keys.filter((key) => key !== SLOW.key);
}
