import { upsertSearchAttributes } from '@temporalio/workflow';
import { deliverEvent } from './activities';
import { failed } from './failure';
import type { EventDeliveryStart } from './messages';

/** How the delivery ended. `superseded`: it is closed, or its user was erased, and there is nothing to tell. */
export interface EventDeliveryResult {
  status: 'delivered' | 'superseded';
}

/** One event on its way to one event webhook. A delivery that fails for good fails the workflow, with its reason. */
export async function eventDelivery({
  deliveryId,
  maxRequests,
}: EventDeliveryStart): Promise<EventDeliveryResult> {
  const answer = await deliverEvent({ deliveryId, maxRequests, counted: 0 });
  if (answer.kind !== 'failed') return { status: answer.kind };
  upsertSearchAttributes({ WayhookReason: [answer.reason] });
  throw failed(answer.detail, answer.reason);
}
