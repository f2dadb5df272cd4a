import { upsertSearchAttributes } from '@temporalio/workflow';
import { deliverEvent } from './deliver';
import { failed } from './failure';
import type { EventDeliveryStart } from './messages';

/** How the delivery ended. `superseded`: it was closed before, or its user was erased, so there is nothing to send. */
export interface EventDeliveryResult {
  status: 'delivered' | 'superseded';
}

/** Delivers one event to one event webhook. A delivery that fails for good fails the workflow, with its reason. */
export async function eventDelivery({
  deliveryId,
  maxRequests,
}: EventDeliveryStart): Promise<EventDeliveryResult> {
  const answer = await deliverEvent({ deliveryId, maxRequests, counted: 0 });
  if (answer.kind !== 'failed') return { status: answer.kind };
  upsertSearchAttributes({ WayhookReason: [answer.reason] });
  throw failed(answer.detail, answer.reason);
}
