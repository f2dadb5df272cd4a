import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { DEFAULT_RATE } from '../domain/journeys/rate-limit';
import { innermost, type Log } from '../background/log';
import { repeat } from '../background/repeat';
import { rejectWhenDown } from '../temporal/calls';
import { limitFairnessKeys } from '../temporal/task-queues';
import type { Running } from './process';

/** How soon the limit is set again, should somebody have taken it off. */
const EVERY_MS = 60_000;

/** How soon it is tried again when it could not be set; then longer, up to `EVERY_MS`. */
const AGAIN_MS = 1_000;

export interface LimitedWorkerParts {
  connection: NativeConnection;
  namespace: string;
  queue: string;
  log: Log;
  create: () => Promise<Worker>;
  /** See `TemporalOptions`. */
  temporalDown?: AbortSignal;
}

/**
 * Runs the worker of the limited queue, and keeps the queue's limit set. Until it is set the first time, nothing
 * is taken from the queue: users wait at a tile with a rate limit rather than pass it unlimited.
 */
export function startLimitedWorker(parts: LimitedWorkerParts): Running {
  const stopping = new AbortController();
  const ended = run(parts, stopping.signal);
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function run(parts: LimitedWorkerParts, stopping: AbortSignal): Promise<void> {
  const stopped = once(stopping, 'abort');
  for (let againMs = AGAIN_MS; !stopping.aborted && !(await limit(parts)); againMs *= 2) {
    // A stop ends the pause early.
    await pause(Math.min(againMs, EVERY_MS), undefined, { signal: stopping }).catch(() => {});
  }
  if (stopping.aborted) return;
  const worker = await parts.create();
  const keeping = repeat(EVERY_MS, async () => void (await limit(parts)));
  try {
    await worker.runUntil(stopped);
  } finally {
    await keeping.stop();
  }
}

async function limit({
  connection,
  namespace,
  queue,
  log,
  temporalDown,
}: LimitedWorkerParts): Promise<boolean> {
  try {
    await rejectWhenDown(temporalDown, () => limitFairnessKeys(connection, namespace, queue, DEFAULT_RATE));
    return true;
  } catch (error) {
    log.warn(
      { queue, error: innermost(error) },
      'Temporal does not take the rate limit of this queue; it is tried again within a minute',
    );
    return false;
  }
}
