import { upsertSearchAttributes } from '@temporalio/workflow';
import { deliverEvent } from './deliver';
import { failed } from './failure';
import type { EventDeliveryStart } from './messages';
import { readEventStart } from './start';

/** How the delivery ended. `superseded`: it was closed before, or its user was erased, so there is nothing to send. */
export interface EventDeliveryResult {
  status: 'delivered' | 'superseded';
}

/** Delivers one event to one event webhook. A delivery that fails for good fails the workflow, with its reason. */
export async function eventDelivery(argument: EventDeliveryStart): Promise<EventDeliveryResult> {
  const start = readEventStart(argument);
  if ('refused' in start) throw failed(start.refused, 'invalid_start');
  const { deliveryId, maxRequests } = start;
  const answer = await deliverEvent({ deliveryId, maxRequests, counted: 0 });
  if (answer.kind !== 'failed') return { status: answer.kind };
  upsertSearchAttributes({ WayhookReason: [answer.reason] });
  throw failed(answer.detail, answer.reason);
}
