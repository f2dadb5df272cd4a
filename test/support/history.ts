import { temporal } from '@temporalio/proto';

type Events = temporal.api.history.v1.IHistoryEvent[] | null | undefined;

/**
 * The kinds of events that a history would have on a calm machine whose server skips no time: without skips, and
 * without workflow tasks that came too late to a busy worker or were prolonged while it was at a local activity.
 */
export function calmEvents(events: Events): string[] {
  const kinds = (events ?? []).map(({ eventType }) =>
    temporal.api.enums.v1.EventType[eventType!]!.replace(/^EVENT_TYPE_/, ''),
  );
  return kinds
    .filter((kind) => !kind.includes('TIME_SKIPPING'))
    .join(' ')
    .replace(/WORKFLOW_TASK_SCHEDULED (WORKFLOW_TASK_STARTED )?WORKFLOW_TASK_TIMED_OUT /g, '')
    .replace(/WORKFLOW_TASK_COMPLETED WORKFLOW_TASK_SCHEDULED WORKFLOW_TASK_STARTED /g, '')
    .split(' ');
}
