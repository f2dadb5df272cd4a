import { setImmediate } from 'node:timers/promises';
import type { DeliveryContext } from '../db/deliveries/deliveries';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { RenderFault } from '../template/template';
import { inlinePayload } from '../webhook/inline';
import { withIdentity } from '../webhook/query';
import { renderWebhook } from '../webhook/render';
import { activityTime } from './failures';
import type { TileRequest } from './resolve-request';

/**
 * Renders the request of a tile for one user. A timeout is tried a second time: the machine may have stood still, or
 * compiled the templates for the first time, and the user must not exit because of that.
 */
export async function renderTileRequest(
  tileRequest: TileRequest,
  context: DeliveryContext,
  hmacKey: string,
): Promise<RenderedRequest | RenderFault> {
  const rendered = tryToRender(tileRequest, context, hmacKey);
  if (!(rendered instanceof RenderFault && rendered.timedOut)) return rendered;
  // Let other work of this process run first.
  await setImmediate();
  return tryToRender(tileRequest, context, hmacKey);
}

function tryToRender(...parameters: Parameters<typeof render>): RenderedRequest | RenderFault {
  try {
    return render(...parameters);
  } catch (error) {
    if (error instanceof RenderFault) return error;
    throw error;
  }
}

function render(
  { opened, parameters, captureRule, inline }: TileRequest,
  delivery: DeliveryContext,
  hmacKey: string,
): RenderedRequest {
  const { email, userId, profileId, journeyId: workflowId } = delivery;
  const liveData = delivery.liveData ?? undefined;
  const events = delivery.events ?? undefined;
  const callbacks = delivery.callbacks ?? undefined;
  const now = activityTime();
  const context = { ...delivery, liveData, events, callbacks, workflowId, now, hmacKey };
  if (inline) {
    const { webhook, journeyName } = inline;
    const payload = inlinePayload(webhook, { ...context, profileId, journeyName });
    return renderWebhook(opened.webhook, context, parameters, payload);
  }
  const request = renderWebhook(opened.webhook, context, parameters);
  if (captureRule.kind !== 'profile') return request;
  return { ...request, url: withIdentity(request.url, { email, userId }) };
}
