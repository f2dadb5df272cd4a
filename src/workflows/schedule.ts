import { workflowInfo } from '@temporalio/workflow';
import type { RunAnswer } from '../activities/contract';
import { housekeeping } from './activities';
import type { ScheduleStart } from './messages';

/** One time of a journey's schedule: lets the users of its list enter, in the background. */
export async function schedule({ journeyId, version }: ScheduleStart): Promise<RunAnswer> {
  const { searchAttributes, startTime } = workflowInfo();
  // Where it is late, the time that was meant. Temporal sets it for what a schedule starts.
  const meant = searchAttributes.TemporalScheduledStartTime?.[0] as Date | undefined;
  return housekeeping.begin({ journeyId, version, scheduledAt: (meant ?? startTime).toISOString() });
}
