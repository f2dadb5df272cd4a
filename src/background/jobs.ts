import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Database } from '../db/connection/client';
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
import type { OutboxItem } from '../db/outbox';
import { innermost, type Log } from './log';
import { repeat, type Repeating } from './repeat';

/** Does the next page of a job within the transaction that holds it; or says, in words, why the job cannot go on. */
export type Page = (tx: Database, job: LockedJob) => Promise<PageResult | { failed: string }>;

export interface JobsDeps {
  db: Database;
  log: Log;
  /** Takes what a page accepted, once it is stored. Never throws: the outbox has it in any case. */
  enqueue: (item: OutboxItem) => void;
  /** How each kind does a page. A kind that is not here is left to a process that knows it. */
  kinds: Record<string, Page>;
}

const SWEEP_MS = 5_000;

/** A job waits while so much of what it made lies in the outbox: who triggers one user does not stand behind it. */
const MOST_WAITING = 500;
const LOOK_AGAIN_MS = 250;

/** Failures of one page in a row that end its job; outages are not counted. */
const MOST_FAILURES = 5;

const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Does the pages of open jobs, one at a time, the longest due first. A page is one transaction, which also moves the
 * job on: a process that dies in the middle of one loses nothing and does nothing twice, and any process takes the next.
 * `stop` lets the page under way finish.
 */
export function startJobs(deps: JobsDeps): Repeating {
  let stopped = false;
  const takeTurn = createPageRunner(deps);
  const sweeping = repeat({ everyMs: SWEEP_MS, log: deps.log, what: 'run jobs' }, async () => {
    let pauseMs = 0;
    while (!stopped && pauseMs === 0) {
      pauseMs = await takeTurn();
      // The embedded database answers without waiting for anything: page after page would let no request in between.
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

/** Each call does one page, if one is due. Its answer: for how many milliseconds there is nothing to do; 0 after a page. */
export function createPageRunner(deps: JobsDeps): () => Promise<number> {
  const { db, log } = deps;
  let outages = 0;

  return async function takeTurn() {
    let held: LockedJob | undefined;
    try {
      const turn = await db.transaction(async (tx) => {
        held = await lockNextJob(tx, Object.keys(deps.kinds), MOST_WAITING);
        return held === undefined ? SWEEP_MS : doPage(deps, tx, held);
      });
      if (typeof turn === 'number') return turn;
      outages = 0;
      turn.forEach(deps.enqueue);
      return 0;
    } catch (error) {
      log.warn({ id: held?.id, error: innermost(error) }, 'a page of a job failed; it is tried again');
      if (held === undefined) return SWEEP_MS;
      outages = isOutage(error) ? outages + 1 : 0;
      return putOff(held.id).catch(() => SWEEP_MS);
    }
  };

  /** So that other jobs come first. */
  async function putOff(id: string): Promise<number> {
    if (outages === 0) await countFailure(db, id, MOST_FAILURES, GAVE_UP);
    else await postponeJob(db, id, Math.min(SHORTEST_PAUSE_MS * 2 ** outages, LONGEST_PAUSE_MS));
    return 0;
  }
}

const GAVE_UP = `A page failed ${MOST_FAILURES} times in a row. The server’s log says why, under this job’s id.`;

/** What the page accepted, or how long there is nothing to do. */
async function doPage({ kinds }: JobsDeps, tx: Database, job: LockedJob): Promise<OutboxItem[] | number> {
  if (job.waiting >= MOST_WAITING) return LOOK_AGAIN_MS;
  if (job.dueInMs > 0) return Math.ceil(job.dueInMs);
  const page = await kinds[job.kind]!(tx, job);
  if ('failed' in page) {
    await endJob(tx, job.id, page.failed);
    return [];
  }
  await advanceJob(tx, job, page);
  return page.items.map((item) => ({ ...item, ofJob: true as const }));
}
