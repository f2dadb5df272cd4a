import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import {
  closeEventAttempt,
  type EventDelivery,
  findEventDelivery,
  openEventAttempt,
  closeEventDelivery,
} from '../db/event-webhooks/deliveries';
import { openRequest, sealRequest } from '../db/deliveries/sealed-request';
import type { Sealer } from '../db/secrets/seal';
import { readSecretKeys } from '../db/secrets/signing-secrets';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { Reason } from '../domain/entry';
import { classify } from '../webhook/outcome';
import { send, WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import { SECRET_KEY_HEADER } from '../webhook/sign';
import type { DeliverEventInput, EventAnswer, UnsavedResult } from './contract';
import { activityTime, throwingOurFault, gaveUp, type AttemptState, retryable } from './failures';
import { renderEvent } from './event-body';
import { type CountAttempt, LOGGED_BYTES, responseLog, signatureHeaders, redactLog } from './attempt-log';
import { withRequestCount, type Decision, decide, type DeliveryRules, pauseAfter } from './decide';

export interface EventDeliveryDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: everything that leaves goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
}

/** One execution of an event's activity: what it was told, what it knows by now, what it read. */
interface Execution {
  input: DeliverEventInput;
  known: AttemptState;
  delivery: EventDelivery;
}

type Answered = EventAnswer & { kind: 'delivered' | 'superseded' };

const SEND_OPTIONS = { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: LOGGED_BYTES, onLimit: 'truncate' } as const;

/** The activity that sends an event to an event webhook (B151): like a tile's, without entry, token or template. */
export function createEventDelivery({ db, sealer, agent, count }: EventDeliveryDeps) {
  async function deliver(input: DeliverEventInput, known: AttemptState): Promise<Answered> {
    const delivery = await findEventDelivery(db, input.deliveryId);
    if (!delivery) return { kind: 'superseded' };
    if (delivery.status === 'delivered') return { kind: 'delivered' };
    if (delivery.status === 'failed') throw gaveUpOn(delivery.reason!, delivery.detail!);
    known.counted = delivery.counted;
    // The server repeats an execution with the same input: by then the answer may be written down.
    if (!delivery.openNumbers.includes(known.unrecorded?.number ?? 0)) known.unrecorded = undefined;
    const execution = { input, known, delivery };
    if (known.unrecorded) {
      const consequence = await record(execution, known.unrecorded);
      // An answer to be retried has had its pause while the database was away.
      if (consequence.kind !== 'retry') return tell(consequence);
    }
    if (known.counted >= input.maxRequests) {
      const detail = withRequestCount('No answer was a success.', known.counted);
      return fail(input, delivery.lastReason!, detail);
    }
    if (delivery.webhook.deleted) return fail(input, 'webhook_deleted', 'The event webhook was deleted.');
    if (!delivery.webhook.enabled) return fail(input, 'operator', 'The event webhook was turned off.');
    return attempt(execution);
  }

  /** Opens the attempt's row, sends, judges and closes the row: a crash between leaves an honest open row. */
  async function attempt(execution: Execution): Promise<Answered> {
    const { input, known, delivery } = execution;
    const { deliveryId, webhook } = delivery;
    const keys = await readSecretKeys(db, sealer, webhook.id);
    if (keys.length === 0) throw new Error(`Event webhook ${webhook.id} is being deleted.`);
    const request = requestOf(delivery);
    const number = delivery.lastNumber + 1;
    const sealed = delivery.request ? null : sealRequest(sealer, deliveryId, request);
    const opened = await openEventAttempt(db, keyOf(delivery, number), sealed, activityTime());
    if (!opened) return { kind: 'superseded' };
    const headers = {
      ...request.headers,
      ...(webhook.sendSecretKey && { [SECRET_KEY_HEADER]: keys[0]!.secret }),
      ...signatureHeaders(deliveryId, request.body!, keys),
    };
    const answer = await send(agent, { ...request, headers }, SEND_OPTIONS);
    const outcome = classify(answer, { oauth: false });
    const { durationMs } = answer;
    count(outcome, durationMs);
    const status = answer.kind === 'response' ? answer.status : null;
    known.unrecorded = { number, outcome, status, durationMs };
    known.retryInMs = pauseAfter(decide(limitsOf(input), known.counted, outcome));
    return tell(await record(execution, known.unrecorded, redactLog(responseLog(answer), keys)));
  }

  /** Writes an answer down. From then on our own failures know of it. */
  async function record(
    { input, known, delivery }: Execution,
    answered: UnsavedResult,
    log = responseLog(undefined),
  ): Promise<Decision> {
    const at = activityTime();
    const consequence = decide(limitsOf(input), known.counted, answered.outcome);
    const settlement = consequence.kind === 'settled' ? consequence.settlement : undefined;
    const pauseMs = pauseAfter(consequence);
    const nextAttemptAt = pauseMs === undefined ? null : at + pauseMs;
    const result = { ...answered, ...log, nextAttemptAt };
    await closeEventAttempt(db, keyOf(delivery, answered.number), result, settlement, at);
    known.counted = consequence.counted;
    known.unrecorded = known.retryInMs = undefined;
    return consequence;
  }

  /** The request as it was first rendered; rendered now when this is the first attempt. */
  function requestOf({ deliveryId, request, webhook, event }: EventDelivery): RenderedRequest {
    if (request) return openRequest(sealer, deliveryId, request);
    return {
      method: 'POST',
      url: webhook.targetUrl,
      headers: { 'content-type': 'application/json' },
      body: renderEvent(event),
    };
  }

  /** Ends a delivery that cannot be sent, or not once more. */
  async function fail({ deliveryId }: DeliverEventInput, reason: Reason, detail: string): Promise<never> {
    await closeEventDelivery(db, deliveryId, { status: 'failed', reason, detail }, activityTime());
    throw gaveUpOn(reason, detail);
  }

  return {
    /** Sends one request, at most, of one event to one event webhook: rendered once, judged, written down. */
    deliverEvent: (input: DeliverEventInput): Promise<EventAnswer> =>
      throwingOurFault({ counted: input.counted, unrecorded: input.unrecorded }, (known) =>
        deliver(input, known),
      ),
  };
}

/** There is no token to refresh and no entry to close. */
function limitsOf({ maxRequests }: DeliverEventInput): DeliveryRules {
  return { maxRequests, refreshesLeft: 0, whenDelivered: 'goOn', whenFailed: 'goOn' };
}

function keyOf({ deliveryId, generation }: EventDelivery, number: number) {
  return { deliveryId, generation, number };
}

/** Tells the workflow, as `settle` does for tiles. */
function tell(consequence: Decision): Answered {
  if (consequence.kind === 'retry') throw retryable(consequence.detail, consequence.nextDelayMs);
  if (consequence.kind === 'refresh') throw new Error('An event webhook has no token to refresh.');
  const { status, reason, detail } = consequence.settlement;
  if (status === 'failed') throw gaveUpOn(reason!, detail!);
  return { kind: 'delivered' };
}

function gaveUpOn(reason: Reason, detail: string) {
  return gaveUp(`${detail} (${reason})`, { kind: 'failed', reason, detail });
}
