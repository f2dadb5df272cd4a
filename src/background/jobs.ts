import { setImmediate as othersTurn } from 'node:timers/promises';
import {
  advanceJob,
  countFailure,
  endJob,
  type LockedJob,
  lockNextJob,
  type PageResult,
  postponeJob,
} from '../db/jobs/jobs';
import { isOutage } from '../db/connection/outage';
import { type EnqueueDeps, type EnqueuingDatabase, transact } from '../db/enqueue';
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

/** Does the next page of a job, in the transaction that has locked it; `failed` says why the job cannot go on. */
export type Page = (tx: EnqueuingDatabase, job: LockedJob) => Promise<PageResult | { failed: string }>;

export interface JobsDeps extends EnqueueDeps {
  log: Log;
  /** How each kind does a page. A kind that is missing is left to a process that knows it. */
  kinds: Record<string, Page>;
}

const SWEEP_MS = 5_000;

/** A job waits while so many of its rows are in the outbox, so that single triggers do not queue behind them. */
const MOST_WAITING = 500;
const LOOK_AGAIN_MS = 250;

/** Consecutive failures of one page that end its job; outages are not counted. */
const MOST_FAILURES = 5;

const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Does the pages of open jobs, one at a time, the longest due first. A page is one transaction, which also advances the
 * job: a process that dies in the middle of a page loses nothing and repeats nothing, and any process does the next.
 * `stop` lets the current page finish.
 */
export function startJobs(deps: JobsDeps): Repeating {
  let stopped = false;
  const takeTurn = createPageRunner(deps);
  const sweeping = repeat({ everyMs: SWEEP_MS, log: deps.log, what: 'run jobs' }, async () => {
    let pauseMs = 0;
    while (!stopped && pauseMs === 0) {
      pauseMs = await takeTurn();
      // The embedded database answers without any wait: page after page would let no request in between.
      await othersTurn();
    }
    return pauseMs;
  });
  return {
    nudge: sweeping.nudge,
    stop() {
      stopped = true;
      return sweeping.stop();
    },
  };
}

/** Each call does one page, if one is due. Returns for how many ms there is nothing to do; 0 after a page. */
export function createPageRunner(deps: JobsDeps): () => Promise<number> {
  const { db, log } = deps;
  let outages = 0;
  const enqueue: JobsDeps['enqueue'] = (item) => deps.enqueue({ ...item, ofJob: true });

  return async function takeTurn() {
    let job: LockedJob | undefined;
    try {
      const pauseMs = await transact({ db, enqueue }, async (tx) => {
        job = await lockNextJob(tx, Object.keys(deps.kinds), MOST_WAITING);
        return job === undefined ? SWEEP_MS : doPage(deps, tx, job);
      });
      if (pauseMs === 0) outages = 0;
      return pauseMs;
    } catch (error) {
      log.warn({ id: job?.id, error: innermost(error) }, 'a page of a job failed and will be retried');
      if (job === undefined) return SWEEP_MS;
      outages = isOutage(error) ? outages + 1 : 0;
      return postpone(job.id).catch(() => SWEEP_MS);
    }
  };

  /** Lets other jobs go first. */
  async function postpone(id: string): Promise<number> {
    if (outages === 0) await countFailure(db, id, MOST_FAILURES, GAVE_UP);
    else await postponeJob(db, id, Math.min(SHORTEST_PAUSE_MS * 2 ** outages, LONGEST_PAUSE_MS));
    return 0;
  }
}

const GAVE_UP = `A page failed ${MOST_FAILURES} times in a row. The server’s log says why, under this job’s id.`;

/** Returns for how many ms there is nothing to do; 0 after a page. */
async function doPage({ kinds }: JobsDeps, tx: EnqueuingDatabase, job: LockedJob): Promise<number> {
  if (job.waiting >= MOST_WAITING) return LOOK_AGAIN_MS;
  if (job.dueInMs > 0) return Math.ceil(job.dueInMs);
  const page = await kinds[job.kind]!(tx, job);
  if ('failed' in page) await endJob(tx, job.id, page.failed);
  else await advanceJob(tx, job, page);
  return 0;
}
