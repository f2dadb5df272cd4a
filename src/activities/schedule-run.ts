import { log } from '@temporalio/activity';
import type { Database } from '../db/connection/client';
import { beginRun } from '../db/journeys/schedules';
import type { RunAnswer, RunInput } from './contract';
import { retriedByTemporal } from './failures';

/** What is done at the times of schedules. It may be repeated. */
export function createScheduleRun({ db }: { db: Database }) {
  return {
    /** Lets the users of a journey's list enter, in the background. */
    begin: (input: RunInput): Promise<RunAnswer> => retriedByTemporal(() => begin(db, input)),
  };
}

async function begin(db: Database, input: RunInput): Promise<RunAnswer> {
  const outcome = await beginRun(db, { ...input, scheduledAt: Date.parse(input.scheduledAt) });
  if (outcome.kind === 'skipped') {
    log.warn('a time of a schedule was left out', { ...input, reason: outcome.reason });
  }
  return outcome;
}
