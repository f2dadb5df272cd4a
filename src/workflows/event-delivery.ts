import { upsertSearchAttributes } from '@temporalio/workflow';
import { deliverEvent } from './activities';
import { failed } from './failure';
import type { EventStart } from './messages';

/** How the delivery ended. `superseded`: it is closed, or its user was erased, and there is nothing to tell. */
export interface EventResult {
  status: 'delivered' | 'superseded';
}

/** One event on its way to one event webhook. A delivery that fails for good fails the workflow, with its reason. */
export async function event({ deliveryId, maxRequests }: EventStart): Promise<EventResult> {
  const answer = await deliverEvent({ deliveryId, maxRequests, counted: 0 });
  if (answer.kind !== 'failed') return { status: answer.kind };
  upsertSearchAttributes({ WayhookReason: [answer.reason] });
  throw failed(answer.detail, answer.reason);
}
