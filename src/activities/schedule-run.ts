import { log } from '@temporalio/activity';
import type { Database } from '../db/connection/client';
import { beginRun } from '../db/journeys/schedules';
import type { RunAnswer, RunInput } from './contract';
import { retriedByTemporal } from './failures';

/** The activity of a schedule. It is idempotent. */
export function createScheduleRun({ db }: { db: Database }) {
  return {
    /** Starts the job that enters the users of a journey's list. */
    begin: (input: RunInput): Promise<RunAnswer> => retriedByTemporal(() => begin(db, input)),
  };
}

async function begin(db: Database, input: RunInput): Promise<RunAnswer> {
  const outcome = await beginRun(db, { ...input, scheduledAt: Date.parse(input.scheduledAt) });
  if (outcome.kind === 'skipped') {
    log.warn('a scheduled run was skipped', { ...input, reason: outcome.reason });
  }
  return outcome;
}
