import { setImmediate } from 'node:timers/promises';
import { beginDelivery, type DeliveryContext, deliveryIdOf } from '../db/deliveries/deliveries';
import { closeDelivery } from '../db/deliveries/close';
import { hasDeclined } from '../db/users/consents';
import { closeEntry, endOfEntry } from '../db/entries/close';
import { openRequest } from '../db/deliveries/sealed-request';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { EntryEnd, Reason } from '../domain/entry';
import { RenderFault } from '../template/template';
import type { DeliverInput, FinalAnswer, RefreshAnswer, TokenRef } from './contract';
import { type AttemptDeps, createAttempt, type Execution, type IssuedToken } from './attempt';
import { type TileRequest, type ResolveRequest, renderTileRequest } from './resolve-request';
import { activityTime, throwingOurFault, type AttemptState } from './failures';
import { withRequestCount, deliveryFailed, deliveryGaveUp, answerOrThrow } from './decide';
import type { Credentials, Tokens } from './tokens';
import type { OpenedWebhook } from './webhook-cache';

export interface DeliveryDeps extends AttemptDeps {
  resolveRequest: ResolveRequest;
  tokens: Tokens;
}

/** The two activities of a tile that calls an endpoint. Answers are told by `settle`, faults of ours by `edge`. */
export function createDeliver(deps: DeliveryDeps) {
  const { db, sealer, resolveRequest, enqueue } = deps;
  const { attempt, record } = createAttempt(deps);

  async function deliver(input: DeliverInput, known: AttemptState): Promise<FinalAnswer> {
    const context = await beginDelivery(db, input, activityTime());
    if (!context) return notOurs(input);
    const execution = { input, known, context };
    const past = context.delivery;
    if (past?.status === 'delivered') return { kind: 'delivered' };
    if (past?.status === 'failed') throw deliveryGaveUp(past.reason!, past.detail!);
    known.counted = past?.counted ?? 0;
    // The server repeats an execution with the same input: by then the answer may be written down.
    if (!past?.openNumbers.includes(known.unrecorded?.number ?? 0)) known.unrecorded = undefined;
    if (known.unrecorded) {
      const { token } = known.unrecorded;
      const consequence = await record(execution, known.unrecorded);
      // An answer to be retried has had its pause while the database was away.
      if (consequence.kind !== 'retry') return answerOrThrow(consequence, token);
    }
    if (known.counted >= input.maxRequests) return spent(execution);
    const call = await resolveRequest(context, input.tileId);
    if (!call) return fail(execution, 'webhook_deleted', 'The webhook was deleted.');
    if (await isKeptBack(input, call)) return exitWithoutConsent(input);
    const request = await requestOf(execution, call);
    if (request instanceof RenderFault) return fail(execution, request.reason, request.message);
    const token = await tokenFor(call.opened);
    if (token && !token.ok) return fail(execution, 'token', token.detail);
    return (await attempt(execution, call, request, token?.issued)) ?? notOurs(input);
  }

  async function refresh(
    input: DeliverInput,
    known: AttemptState,
    refused: TokenRef,
  ): Promise<RefreshAnswer> {
    const context = await beginDelivery(db, input, activityTime());
    if (!context) return notOurs(input);
    const execution = { input, known, context };
    known.counted = context.delivery?.counted ?? 0;
    const call = await resolveRequest(context, input.tileId);
    if (!call) return fail(execution, 'webhook_deleted', 'The webhook was deleted.');
    const { opened } = call;
    // With another credential, nothing is known against its token.
    const rejected = opened.webhook.secretId === refused.secretId ? refused.version : 0;
    const token = await tokenFor(opened, rejected);
    if (token && !token.ok) return fail(execution, 'token', token.detail);
    return { kind: 'refreshed' };
  }

  /** Asked before every request: a user may decline between two of them. */
  async function isKeptBack({ entryId }: DeliverInput, { inline }: TileRequest): Promise<boolean> {
    const consent = inline?.webhook.consent;
    return consent?.check === true && hasDeclined(db, entryId, consent.category);
  }

  /** Nothing is sent, and nothing has gone wrong (B148). */
  async function exitWithoutConsent(input: DeliverInput): Promise<FinalAnswer> {
    const detail = 'The user declined the category that this webhook is for.';
    const end: EntryEnd = { status: 'exited', reason: 'consent', detail };
    (await closeEntry(db, input, end, activityTime())).forEach(enqueue);
    return { kind: 'ended', end };
  }

  /** The request as it was first rendered; rendered now when this is the delivery's first attempt. */
  async function requestOf(
    { input, context }: Execution,
    call: TileRequest,
  ): Promise<RenderedRequest | RenderFault> {
    const frozen = context.delivery?.request;
    if (frozen) return openRequest(sealer, deliveryIdOf(input), frozen);
    const rendered = tryToRender(call, context);
    if (!(rendered instanceof RenderFault && rendered.timedOut)) return rendered;
    // Nobody exits because a machine stood still, or compiled the templates for the first time. Others go first.
    await setImmediate();
    return tryToRender(call, context);
  }

  function tryToRender(call: TileRequest, context: DeliveryContext): RenderedRequest | RenderFault {
    try {
      return renderTileRequest(call, context, sealer.hmacKey);
    } catch (error) {
      if (error instanceof RenderFault) return error;
      throw error;
    }
  }

  /** The token to send with an OAuth webhook; undefined for the other kinds. */
  async function tokenFor(
    opened: OpenedWebhook,
    rejected = 0,
  ): Promise<{ ok: true; issued: IssuedToken } | { ok: false; detail: string } | undefined> {
    const credentials = credentialsOf(opened);
    if (!credentials) return undefined;
    const result = await deps.tokens(credentials, rejected, activityTime());
    if (!result.ok) return result;
    const { accessToken, version, fetchedAt, expiresIn } = result.token;
    const expiresAt = expiresIn === null ? null : fetchedAt + expiresIn * 1_000;
    return { ok: true, issued: { accessToken, ref: { secretId: credentials.secretId, version }, expiresAt } };
  }

  /** Ends a delivery that cannot be sent, or not once more. */
  async function fail({ input, context }: Execution, reason: Reason, detail: string): Promise<never> {
    const call = { ...input, journeyId: context.journeyId };
    (await closeDelivery(db, call, deliveryFailed(input, reason, detail), activityTime())).forEach(enqueue);
    throw deliveryGaveUp(reason, detail);
  }

  /** Two executions at once, one of them taken for lost, may each have spent what they thought was the last but one. */
  function spent(execution: Execution): Promise<never> {
    const { lastReason, counted } = execution.context.delivery!;
    return fail(execution, lastReason!, withRequestCount('No answer let the user go on.', counted));
  }

  /** Why there is nothing to do: an earlier execution ended the entry, or another run has it. */
  async function notOurs(input: DeliverInput): Promise<FinalAnswer> {
    const end = await endOfEntry(db, input);
    return end ? { kind: 'ended', end } : { kind: 'superseded' };
  }

  return {
    /** Sends one request, at most, of one delivery: rendered once, judged, written down. */
    deliver: (input: DeliverInput): Promise<FinalAnswer> =>
      throwingOurFault({ counted: input.counted, unrecorded: input.unrecorded }, (known) =>
        deliver(input, known),
      ),
    /** Gets a fresh token for a delivery whose token was refused; without one the delivery has failed (B029). */
    refreshToken: (input: DeliverInput, refused: TokenRef): Promise<RefreshAnswer> =>
      throwingOurFault({ counted: input.counted }, (known) => refresh(input, known, refused)),
  };
}

function credentialsOf({ webhook, secret }: OpenedWebhook): Credentials | undefined {
  const { authentication, secretId } = webhook;
  if (authentication.type !== 'oauth2') return undefined;
  const { clientId, tokenUrl } = authentication;
  return { secretId: secretId!, clientId, clientSecret: secret!, tokenUrl };
}
