import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { DEFAULT_RATE } from '../domain/journeys/rate-limit';
import { type Log, tryTo } from '../background/log';
import { repeat } from '../background/repeat';
import { rejectWhenDown } from '../temporal/calls';
import { limitFairnessKeys } from '../temporal/task-queues';
import type { Running } from './process';

/** How often the limit is set again, in case someone has removed it. */
const EVERY_MS = 60_000;

/** The first pause after a failure to set it; each doubles, up to `EVERY_MS`. */
const FIRST_PAUSE_MS = 1_000;

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
 * Runs the worker of the limited queue, and sets the queue's limit again and again. The worker starts once the limit is
 * set: until then users wait at a tile with a rate limit rather than pass it unlimited.
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
  const { log, queue } = parts;
  const retried = { log, what: 'set the rate limit of this task queue in Temporal', fields: { queue } };
  const limit = () => setLimit(parts);
  for (let pauseMs = FIRST_PAUSE_MS; !stopping.aborted && !(await tryTo(retried, limit)); pauseMs *= 2) {
    // A stop ends the pause early.
    await pause(Math.min(pauseMs, EVERY_MS), undefined, { signal: stopping }).catch(() => {});
  }
  if (stopping.aborted) return;
  const worker = await parts.create();
  const limiting = repeat({ everyMs: EVERY_MS, ...retried }, limit);
  try {
    await worker.runUntil(stopped);
  } finally {
    await limiting.stop();
  }
}

function setLimit({ connection, namespace, queue, temporalDown }: LimitedWorkerParts): Promise<void> {
  return rejectWhenDown(temporalDown, () => limitFairnessKeys(connection, namespace, queue, DEFAULT_RATE));
}
