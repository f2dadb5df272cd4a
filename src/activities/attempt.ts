import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import {
  type AttemptKey,
  type DeliveryContext,
  deliveryIdOf,
  openAttempt,
} from '../db/deliveries/deliveries';
import { closeAttempt } from '../db/deliveries/close';
import type { Waiting } from '../db/outbox';
import { mismatchedFields } from '../db/users/profile-fields';
import { sealRequest } from '../db/deliveries/sealed-request';
import type { Sealer } from '../db/secrets/seal';
import { mergeEntryProfile } from '../db/entries/profile';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import { authorizationHeaders, authorizedBody } from '../webhook/authenticate';
import { judge } from '../webhook/outcome';
import { type Answer, send, type SendOptions, WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import type { DeliverInput, FinalAnswer, TokenRef, UnrecordedAnswer } from './contract';
import type { Call, Keeps } from './resolve-request';
import { activityTime, type Known } from './failures';
import { keep, type Kept, unfit } from './capture';
import { type Count, LOGGED_BYTES, logged, signed } from './attempt-log';
import { type Consequence, consequenceOf, pauseAfter, tell } from './decide';

export interface AttemptDeps {
  db: Database;
  sealer: Sealer;
  /** The guarded agent: everything that leaves goes through it. */
  agent: Dispatcher;
  count: Count;
  /** Takes what event webhooks have to be sent. Never throws: the outbox has it in any case. */
  offer: (waiting: Waiting) => void;
}

/** One execution of a delivery's activity: what it was told, what it knows by now, what it read. */
export interface Execution {
  input: DeliverInput;
  known: Known;
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

function limitsOf({ kind }: Keeps): SendOptions {
  const timeoutMs = WEBHOOK_TIMEOUT_MS;
  return kind === 'nothing'
    ? { timeoutMs, maxBytes: LOGGED_BYTES, onLimit: 'truncate' }
    : { timeoutMs, maxBytes: MOST_KEPT_BYTES, onLimit: 'fail' };
}

/** Sending one request and writing down what came of it. */
export function createAttempts({ db, sealer, agent, count, offer }: AttemptDeps) {
  /**
   * Opens the attempt's row, sends, judges and closes the row: a crash between leaves an honest open row.
   * Undefined when the entry was closed meanwhile: nothing is sent.
   */
  async function attempt(
    execution: Execution,
    { callable: { webhook, secret, signing }, keeps }: Call,
    request: RenderedRequest,
    token: IssuedToken | undefined,
  ): Promise<FinalAnswer | undefined> {
    const { input, known, context } = execution;
    const key = attemptKey(execution, (context.delivery?.lastNumber ?? 0) + 1);
    const body = authorizedBody(request.body, webhook.authentication, secret);
    const headers = {
      ...request.headers,
      ...authorizationHeaders(webhook.authentication, secret, token?.accessToken),
      ...signed(key.deliveryId, body ?? '', signing),
    };
    const opened = await openAttempt(db, input, key, {
      journeyId: context.journeyId,
      webhookId: webhook.id,
      request: context.delivery ? null : sealRequest(sealer, key.deliveryId, request),
      at: activityTime(),
    });
    if (!opened) return undefined;
    const answer = await send(agent, { ...request, headers, body }, limitsOf(keeps));
    const judged = judge(answer, { oauth: token !== undefined });
    const { outcome, kept } = await fitting(keep(keeps, judged, answer));
    const { durationMs } = answer;
    count(outcome, durationMs);
    const status = answer.kind === 'response' ? answer.status : null;
    const refusedEarly = outcome.kind === 'unauthorized' && isGood(token!);
    const answered = { number: key.number, outcome, status, durationMs, token: token?.ref, refusedEarly };
    // What is kept of an answer does not go through history: if it is not written down now, it is asked for again.
    if (kept === undefined) known.unrecorded = answered;
    known.retryInMs = pauseAfter(consequenceOf(input, known.counted, outcome));
    return tell(await record(execution, answered, answer, kept), token?.ref);
  }

  /** A profile is written whole or not at all. */
  async function fitting(taken: ReturnType<typeof keep>): Promise<ReturnType<typeof keep>> {
    if (taken.kept === undefined || !('profile' in taken.kept)) return taken;
    const fields = await mismatchedFields(db, taken.kept.profile);
    return fields.length > 0 ? { outcome: unfit(fields) } : taken;
  }

  /** Writes an answer down, with all that follows from it. From then on our own failures know of it. */
  async function record(
    execution: Execution,
    answered: UnrecordedAnswer,
    answer?: Answer,
    kept?: Kept,
  ): Promise<Consequence> {
    const { input, known, context } = execution;
    const call = { ...input, journeyId: context.journeyId };
    const at = activityTime();
    const consequence = consequenceOf(input, known.counted, answered.outcome);
    const settlement = consequence.kind === 'settled' ? consequence.settlement : undefined;
    const pauseMs = pauseAfter(consequence);
    const result = {
      ...answered,
      refusedEarly: answered.refusedEarly ?? false,
      nextAttemptAt: pauseMs === undefined ? null : at + pauseMs,
      ...logged(answer),
      liveData:
        kept && 'liveData' in kept ? withLatest(execution.context.liveData, kept.liveData) : undefined,
    };
    const key = attemptKey(execution, answered.number);
    if (kept && 'profile' in kept) {
      const waiting = await db.transaction(async (tx) => [
        ...(await mergeEntryProfile(tx, input.entryId, kept.profile)),
        ...(await closeAttempt(tx, call, key, result, settlement, at)),
      ]);
      waiting.forEach(offer);
    } else {
      (await closeAttempt(db, call, key, result, settlement, at)).forEach(offer);
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
