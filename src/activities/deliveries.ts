import type { MetricMeter } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/client';
import {
  type AttemptKey,
  type AttemptResult,
  beginDelivery,
  closeAttempt,
  type DeliveryContext,
  deliveryIdOf,
  openAttempt,
  settleDelivery,
} from '../db/deliveries';
import { endOfEntry } from '../db/entries';
import type { Sealer } from '../db/seal';
import type { RenderedRequest } from '../domain/delivery';
import type { Reason } from '../domain/entry';
import { authorizationHeaders } from '../webhook/authenticate';
import { judge } from '../webhook/outcome';
import { renderWebhook } from '../webhook/render';
import { type Answer, send, WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import { RenderFault } from '../webhook/templates';
import type { DeliverInput, FinalAnswer, RefreshAnswer, TokenRef, UnrecordedAnswer } from './answers';
import { activityTime, answering, type Known } from './edge';
import { type Consequence, consequenceOf, failed, gaveUpOn, tell } from './settle';
import type { Credentials, Tokens } from './tokens';
import type { CallableWebhook, WebhookCache } from './webhooks';

export interface DeliveryDeps {
  db: Database;
  sealer: Sealer;
  agent: Dispatcher;
  webhooks: WebhookCache;
  tokens: Tokens;
  meter: MetricMeter;
}

/** What the delivery log keeps of a response; a webhook tile reads no more of it (B004). */
const KEPT_RESPONSE_BYTES = 16_384;

/** The access token of an OAuth webhook, and its name. */
interface IssuedToken {
  accessToken: string;
  ref: TokenRef;
}

/** The two activities of a webhook tile; design.md, rules 1 to 5, say why they are shaped so. */
export function createDeliveries(deps: DeliveryDeps) {
  const { db, sealer } = deps;
  const attempts = deps.meter.createCounter(
    'wayhook_attempts',
    undefined,
    'Requests sent, by outcome and reason',
  );
  const duration = deps.meter.createHistogram('wayhook_attempt_duration', 'int', 'ms', 'Time a request took');

  async function deliver(input: DeliverInput, known: Known): Promise<FinalAnswer> {
    const context = await beginDelivery(db, input, activityTime());
    if (!context) return notOurs(db, input);
    const past = context.delivery;
    if (past?.status === 'delivered') return { kind: 'delivered' };
    if (past?.status === 'failed') throw gaveUpOn(past.reason!, past.detail!);
    known.counted = past?.counted ?? 0;
    if (known.unrecorded) {
      const { outcome, token } = known.unrecorded;
      const consequence = await record(input, known, context, known.unrecorded);
      // An answer to be retried has had its pause while the database was away.
      if (outcome.kind !== 'retry' || consequence.settlement) return tell(outcome, consequence, token);
    }
    const callable = await deps.webhooks(input.webhookId);
    if (!callable) return fail(input, context, 'webhook_deleted', 'The webhook was deleted.');
    const request = requestOf(input, callable, context);
    if (request instanceof RenderFault) return fail(input, context, request.reason, request.message);
    const token = await tokenFor(callable);
    if (token && !token.ok) return fail(input, context, 'token', token.detail);
    return attempt(input, known, context, callable, request, token?.issued);
  }

  /** The request as it was first rendered; rendered now when this is the delivery's first attempt. */
  function requestOf(input: DeliverInput, { webhook }: CallableWebhook, context: DeliveryContext) {
    const frozen = context.delivery?.request;
    if (frozen) return JSON.parse(sealer.open(sealPurpose(deliveryIdOf(input)), frozen)) as RenderedRequest;
    try {
      return renderWebhook(webhook, {
        ...context,
        liveData: context.liveData ?? undefined,
        workflowId: context.journeyId,
        now: activityTime(),
      });
    } catch (error) {
      if (error instanceof RenderFault) return error;
      throw error;
    }
  }

  async function tokenFor(callable: CallableWebhook, rejected = 0) {
    const credentials = credentialsOf(callable);
    if (!credentials) return undefined;
    const result = await deps.tokens(credentials, rejected, activityTime());
    if (!result.ok) return result;
    const ref: TokenRef = { secretId: credentials.secretId, version: result.token.version };
    return { ok: true as const, issued: { accessToken: result.token.accessToken, ref } };
  }

  /** Opens the attempt's row, sends, judges and closes the row: a crash between leaves an honest open row. */
  async function attempt(
    input: DeliverInput,
    known: Known,
    context: DeliveryContext,
    { webhook, secret }: CallableWebhook,
    request: RenderedRequest,
    token: IssuedToken | undefined,
  ): Promise<FinalAnswer> {
    const deliveryId = deliveryIdOf(input);
    const key = { ...attemptKey(input, context), number: (context.delivery?.lastNumber ?? 0) + 1 };
    const headers = {
      ...request.headers,
      ...authorizationHeaders(webhook.authentication, secret, token?.accessToken),
      'webhook-id': deliveryId,
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    };
    await openAttempt(db, input, key, {
      journeyId: context.journeyId,
      webhookId: webhook.id,
      request: context.delivery ? null : sealer.seal(sealPurpose(deliveryId), JSON.stringify(request)),
      at: activityTime(),
    });
    const answer = await send(
      deps.agent,
      { ...request, headers },
      { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: KEPT_RESPONSE_BYTES, onLimit: 'truncate' },
    );
    const outcome = judge(answer, { oauth: token !== undefined });
    const durationMs = Math.round(answer.durationMs);
    attempts.add(1, { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : 'none' });
    duration.record(durationMs, { outcome: outcome.kind });
    const status = answer.kind === 'response' ? answer.status : null;
    known.unrecorded = { number: key.number, outcome, status, durationMs, token: token?.ref };
    known.retryInMs = consequenceOf(input, known.counted, outcome).nextInMs;
    return tell(outcome, await record(input, known, context, known.unrecorded, answer), token?.ref);
  }

  /** Writes an answer down, with all that follows from it. From then on our own failures know of it. */
  async function record(
    input: DeliverInput,
    known: Known,
    context: DeliveryContext,
    answered: UnrecordedAnswer,
    answer?: Answer,
  ): Promise<Consequence> {
    const at = activityTime();
    const consequence = consequenceOf(input, known.counted, answered.outcome);
    const { nextInMs, settlement } = consequence;
    const result: AttemptResult = {
      ...answered,
      nextAttemptAt: nextInMs === undefined ? null : at + nextInMs,
      responseHeaders: answer?.kind === 'response' ? answer.headers : null,
      responseBody: answer?.kind === 'response' ? textOf(answer.body) : null,
    };
    const key = { ...attemptKey(input, context), number: answered.number };
    await closeAttempt(db, input, key, result, settlement, at);
    known.counted = consequence.counted;
    known.unrecorded = known.retryInMs = undefined;
    return consequence;
  }

  /** Ends a delivery that cannot be sent at all. */
  async function fail(
    input: DeliverInput,
    context: DeliveryContext,
    reason: Reason,
    detail: string,
  ): Promise<never> {
    const made = { journeyId: context.journeyId, webhookId: input.webhookId };
    await settleDelivery(db, input, made, failed(input, reason, detail), activityTime());
    throw gaveUpOn(reason, detail);
  }

  async function refresh(input: DeliverInput, known: Known, refused: TokenRef): Promise<RefreshAnswer> {
    const context = await beginDelivery(db, input, activityTime());
    if (!context) return notOurs(db, input);
    known.counted = context.delivery?.counted ?? 0;
    const callable = await deps.webhooks(input.webhookId);
    if (!callable) return fail(input, context, 'webhook_deleted', 'The webhook was deleted.');
    // With another credential, nothing is known against its token.
    const rejected = callable.webhook.secretId === refused.secretId ? refused.version : 0;
    const token = await tokenFor(callable, rejected);
    if (token && !token.ok) return fail(input, context, 'token', token.detail);
    return { kind: 'refreshed' };
  }

  return {
    /** Sends one request, at most, of one delivery: rendered once, judged, written down. */
    deliver: (input: DeliverInput): Promise<FinalAnswer> =>
      answering({ counted: input.counted, unrecorded: input.unrecorded }, (known) => deliver(input, known)),
    /** Gets a fresh token for a delivery whose token was refused; without one the delivery has failed (B029). */
    refreshToken: (input: DeliverInput, refused: TokenRef): Promise<RefreshAnswer> =>
      answering({ counted: input.counted }, (known) => refresh(input, known, refused)),
  };
}

/** Why there is nothing to do: an earlier execution ended the entry, or another run has it. */
async function notOurs(db: Database, input: DeliverInput): Promise<FinalAnswer> {
  const end = await endOfEntry(db, input);
  return end ? { kind: 'ended', end } : { kind: 'superseded' };
}

function attemptKey(input: DeliverInput, { delivery }: DeliveryContext): Omit<AttemptKey, 'number'> {
  return { deliveryId: deliveryIdOf(input), generation: delivery?.generation ?? 1 };
}

/** A response as text; Postgres keeps no NUL in one. */
function textOf(body: Buffer): string {
  return body.toString('utf8').replaceAll('\0', '\uFFFD');
}

/** The purpose a delivery's frozen request is sealed for. */
export function sealPurpose(deliveryId: string): string {
  return `request/${deliveryId}`;
}

function credentialsOf({ webhook, secret }: CallableWebhook): Credentials | undefined {
  const { authentication, secretId } = webhook;
  if (authentication.type !== 'oauth2') return undefined;
  const { clientId, tokenUrl } = authentication;
  return { secretId: secretId!, clientId, clientSecret: secret!, tokenUrl };
}
