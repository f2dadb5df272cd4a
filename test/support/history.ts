import { temporal } from '@temporalio/proto';

type Events = temporal.api.history.v1.IHistoryEvent[] | null | undefined;

/**
 * The event types that a history would have on an idle machine without time skipping: time skips are left out, and so are
 * workflow tasks that timed out on a busy worker or were extended during a local activity.
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
