import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import {
  closeEventAttempt,
  closeEventDelivery,
  type EventDelivery,
  findEventDelivery,
  openEventAttempt,
} from '../db/event-webhooks/deliveries';
import { openRequest, sealRequest } from '../db/deliveries/sealed-request';
import type { Sealer } from '../db/secrets/seal';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { Reason } from '../domain/entry';
import { originOf } from '../domain/webhooks/origin';
import { WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import { SECRET_KEY_HEADER } from '../webhook/sign';
import { type CountAttempt, LOGGED_BYTES, signatureHeaders } from './attempt-log';
import type { DeliverEventInput, EventAnswer } from './contract';
import { runDelivery } from './delivery-machine';
import { renderEvent } from './event-body';
import { activityTime, gaveUp } from './failures';
import {
  type NothingToSend,
  type LoadedDelivery,
  type PreparedRequest,
  type Unsendable,
  unsendable,
} from './loaded-delivery';

export interface EventDeliveryDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: every outgoing request goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
}

const SUPERSEDED: EventAnswer = { kind: 'superseded' };

const SEND_OPTIONS = { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: LOGGED_BYTES };

/** The activity that sends an event to an event webhook (B151). It has no entry, no token and no template. */
export function createEventDelivery(deps: EventDeliveryDeps) {
  return {
    /** Sends at most one request of one event to one event webhook. */
    deliverEvent: (input: DeliverEventInput): Promise<EventAnswer> =>
      runDelivery(deps, input, () => load(deps, input)),
  };
}

async function load(
  deps: EventDeliveryDeps,
  { deliveryId, maxRequests }: DeliverEventInput,
): Promise<LoadedDelivery<EventAnswer> | NothingToSend<EventAnswer>> {
  const { db, sealer } = deps;
  const delivery = await findEventDelivery(db, sealer, deliveryId);
  if (!delivery) return { kind: 'nothingToSend', answer: SUPERSEDED };
  return {
    kind: 'delivery',
    id: deliveryId,
    progress: delivery,
    // There is no token to refresh and no entry to close.
    rules: { maxRequests, refreshesLeft: 0, whenDelivered: 'goOn', whenFailed: 'goOn' },
    prepare: async () => prepare(deps, delivery),
    closeAttempt: async (attempt, { result, end }, at) => {
      await closeEventAttempt(db, attempt, result, end, at);
      return true;
    },
    closeFailed: async (reason, detail) => {
      await closeEventDelivery(db, deliveryId, { status: 'failed', reason, detail }, activityTime());
      return true;
    },
    superseded: async () => SUPERSEDED,
    gaveUp: eventGaveUp,
  };
}

function prepare({ db, sealer }: EventDeliveryDeps, delivery: EventDelivery): PreparedRequest | Unsendable {
  const { deliveryId, webhook, keys } = delivery;
  if (webhook.deleted) return unsendable('webhook_deleted', 'The event webhook was deleted.');
  if (!webhook.enabled) return unsendable('operator', 'The event webhook was turned off.');
  if (keys.length === 0) throw new Error(`Event webhook ${webhook.id} is being changed or deleted.`);
  const request = frozenOrRendered(sealer, delivery);
  const headers = {
    ...request.headers,
    ...(webhook.sendSecretKey && { [SECRET_KEY_HEADER]: keys[0]!.secret }),
    ...signatureHeaders(deliveryId, request.body!, keys),
  };
  return {
    kind: 'request',
    request: { ...request, headers },
    options: SEND_OPTIONS,
    needsBody: false,
    sentSecrets: keys.map(({ secret }) => secret),
    openAttempt: (attempt, at) => {
      const sealed = delivery.request ? null : sealRequest(sealer, deliveryId, request);
      return openEventAttempt(db, attempt, sealed, at);
    },
  };
}

/** The request as first rendered; rendered now when this is the first attempt. */
function frozenOrRendered(
  sealer: Sealer,
  { deliveryId, request, webhook, event }: EventDelivery,
): RenderedRequest {
  const frozen = request && openRequest(sealer, deliveryId, request);
  // The key of the host that the event webhook moved to must not be sent to the former one.
  if (frozen && originOf(frozen.url) === originOf(webhook.targetUrl)) return frozen;
  return {
    method: 'POST',
    url: webhook.targetUrl,
    headers: { 'content-type': 'application/json' },
    body: renderEvent(event),
  };
}

/** The failure that reports a failed event delivery to the workflow. */
function eventGaveUp(reason: Reason, detail: string) {
  return gaveUp(`${detail} (${reason})`, { kind: 'failed', reason, detail });
}
