import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import {
  type AttemptKey,
  type DeliveryContext,
  deliveryIdOf,
  openAttempt,
} from '../db/deliveries/deliveries';
import { closeAttempt } from '../db/deliveries/close';
import type { OutboxItem } from '../db/outbox';
import { mismatchedFields } from '../db/users/profile-fields';
import { sealRequest } from '../db/deliveries/sealed-request';
import type { Sealer } from '../db/secrets/seal';
import { mergeEntryProfile } from '../db/entries/profile';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { authorizationHeaders, authorizedBody } from '../webhook/authenticate';
import { classify } from '../webhook/outcome';
import { type Answer, send, type SendOptions, WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import type { DeliverInput, FinalAnswer, TokenRef, UnsavedResult } from './contract';
import type { TileRequest, CaptureRule } from './resolve-request';
import { activityTime, type AttemptState } from './failures';
import { capture, type Captured, mismatchedTypes } from './capture';
import { type CountAttempt, LOGGED_BYTES, responseLog, signatureHeaders } from './attempt-log';
import { type Decision, decide, pauseAfter, answerOrThrow } from './decide';

export interface AttemptDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: everything that leaves goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
  /** Takes what event webhooks have to be sent. Never throws: the outbox has it in any case. */
  enqueue: (item: OutboxItem) => void;
}

/** One execution of a delivery's activity: what it was told, what it knows by now, what it read. */
export interface Execution {
  input: DeliverInput;
  known: AttemptState;
  context: DeliveryContext;
}

/** The access token of an OAuth webhook, and its name. */
export interface IssuedToken {
  accessToken: string;
  ref: TokenRef;
  /** In ms since the epoch; null when it was not said. Only notifications go by it (B064, B068). */
  expiresAt: number | null;
}

/** The longest answer of which anything is kept; of a longer one nothing is. */
const MOST_KEPT_BYTES = 1_048_576;

function limitsOf({ kind }: CaptureRule): SendOptions {
  const timeoutMs = WEBHOOK_TIMEOUT_MS;
  return kind === 'nothing'
    ? { timeoutMs, maxBytes: LOGGED_BYTES, onLimit: 'truncate' }
    : { timeoutMs, maxBytes: MOST_KEPT_BYTES, onLimit: 'fail' };
}

/** Sending one request and writing down what came of it. */
export function createAttempt({ db, sealer, agent, count, enqueue }: AttemptDeps) {
  /**
   * Opens the attempt's row, sends, judges and closes the row: a crash between leaves an honest open row.
   * Undefined when the entry was closed meanwhile: nothing is sent.
   */
  async function attempt(
    execution: Execution,
    { opened: { webhook, secret, signing }, captures }: TileRequest,
    request: RenderedRequest,
    token: IssuedToken | undefined,
  ): Promise<FinalAnswer | undefined> {
    const { input, known, context } = execution;
    const key = attemptKey(execution, (context.delivery?.lastNumber ?? 0) + 1);
    const body = authorizedBody(request.body, webhook.authentication, secret);
    const headers = {
      ...request.headers,
      ...authorizationHeaders(webhook.authentication, secret, token?.accessToken),
      ...signatureHeaders(key.deliveryId, body ?? '', signing),
    };
    const opened = await openAttempt(db, input, key, {
      journeyId: context.journeyId,
      webhookId: webhook.id,
      request: context.delivery ? null : sealRequest(sealer, key.deliveryId, request),
      at: activityTime(),
    });
    if (!opened) return undefined;
    const answer = await send(agent, { ...request, headers, body }, limitsOf(captures));
    const judged = classify(answer, { oauth: token !== undefined });
    const { outcome, kept } = await fitting(capture(captures, judged, answer));
    const { durationMs } = answer;
    count(outcome, durationMs);
    const status = answer.kind === 'response' ? answer.status : null;
    const refusedEarly = outcome.kind === 'unauthorized' && isGood(token!);
    const answered = { number: key.number, outcome, status, durationMs, token: token?.ref, refusedEarly };
    // What is kept of an answer does not go through history: if it is not written down now, it is asked for again.
    if (kept === undefined) known.unrecorded = answered;
    known.retryInMs = pauseAfter(decide(input, known.counted, outcome));
    return answerOrThrow(await record(execution, answered, answer, kept), token?.ref);
  }

  /** A profile is written whole or not at all. */
  async function fitting(taken: ReturnType<typeof capture>): Promise<ReturnType<typeof capture>> {
    if (taken.kept === undefined || !('profile' in taken.kept)) return taken;
    const fields = await mismatchedFields(db, taken.kept.profile);
    return fields.length > 0 ? { outcome: mismatchedTypes(fields) } : taken;
  }

  /** Writes an answer down, with all that follows from it. From then on our own failures know of it. */
  async function record(
    execution: Execution,
    answered: UnsavedResult,
    answer?: Answer,
    kept?: Captured,
  ): Promise<Decision> {
    const { input, known, context } = execution;
    const call = { ...input, journeyId: context.journeyId };
    const at = activityTime();
    const consequence = decide(input, known.counted, answered.outcome);
    const settlement = consequence.kind === 'settled' ? consequence.settlement : undefined;
    const pauseMs = pauseAfter(consequence);
    const result = {
      ...answered,
      refusedEarly: answered.refusedEarly ?? false,
      nextAttemptAt: pauseMs === undefined ? null : at + pauseMs,
      ...responseLog(answer),
      liveData:
        kept && 'liveData' in kept ? withLatest(execution.context.liveData, kept.liveData) : undefined,
    };
    const key = attemptKey(execution, answered.number);
    if (kept && 'profile' in kept) {
      const items = await db.transaction(async (tx) => [
        ...(await mergeEntryProfile(tx, input.entryId, kept.profile)),
        ...(await closeAttempt(tx, call, key, result, settlement, at)),
      ]);
      items.forEach(enqueue);
    } else {
      (await closeAttempt(db, call, key, result, settlement, at)).forEach(enqueue);
    }
    known.counted = consequence.counted;
    known.unrecorded = known.retryInMs = undefined;
    return consequence;
  }

  return { attempt, record };
}

function attemptKey({ input, context }: Execution, number: number): AttemptKey {
  return { deliveryId: deliveryIdOf(input), generation: context.delivery?.generation ?? 1, number };
}

/** Whether a token should still be taken, by the `expires_in` that it came with. */
function isGood({ expiresAt }: IssuedToken): boolean {
  return expiresAt !== null && activityTime() < expiresAt;
}

/** The latest tile comes last: its values can be read without its name. */
function withLatest(
  liveData: Record<string, unknown> | null,
  { name, values }: { name: string; values: unknown },
): Record<string, unknown> {
  const { [name]: _before, ...others } = liveData ?? {};
  return { ...others, [name]: values };
}
