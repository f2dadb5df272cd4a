import { workflowInfo } from '@temporalio/workflow';
import type { RunAnswer } from '../activities/contract';
import { failed } from './failure';
import { housekeeping } from './housekeeping';
import type { ScheduleStart } from './messages';
import { readScheduleStart } from './start';

/** One run of a journey's schedule: starts the job that enters the users of its list. */
export async function schedule(argument: ScheduleStart): Promise<RunAnswer> {
  const start = readScheduleStart(argument);
  if ('refused' in start) throw failed(start.refused, 'invalid_start');
  const { journeyId, version } = start;
  const { searchAttributes, startTime } = workflowInfo();
  // Temporal sets the scheduled time on a workflow that a schedule starts; `startTime` may be later.
  const scheduled = searchAttributes.TemporalScheduledStartTime?.[0] as Date | undefined;
  return housekeeping.begin({ journeyId, version, scheduledAt: (scheduled ?? startTime).toISOString() });
}
