import type { Database } from '../db/connection/client';
import { type DeliveryContext, deliveryIdOf, openAttempt } from '../db/deliveries/deliveries';
import { openRequest, sealRequest } from '../db/deliveries/sealed-request';
import { enqueuing } from '../db/enqueue';
import { closeEntry } from '../db/entries/close';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import { hasDeclined } from '../db/users/consents';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { EntryEnd } from '../domain/entry';
import { RenderFault } from '../template/template';
import { authorizationHeaders, authorizedBody } from '../webhook/authenticate';
import { signatureHeaders } from './attempt-log';
import { captureAnswer, sendOptionsFor } from './capture';
import type { DeliverInput, FinalAnswer } from './contract';
import { activityTime } from './failures';
import { type NothingToSend, type PreparedRequest, type Unsendable, unsendable } from './loaded-delivery';
import { renderTileRequest } from './render-tile-request';
import type { ResolveRequest, TileRequest } from './resolve-request';
import { type IssuedToken, issueToken, type Tokens } from './tokens';

export interface PrepareTileDeps {
  db: Database;
  sealer: Sealer;
  resolveRequest: ResolveRequest;
  tokens: Tokens;
  /** Passes an outbox item to the dispatcher. Never throws: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
}

/** Also the result of a token refresh. */
export const WEBHOOK_DELETED = unsendable('webhook_deleted', 'The webhook was deleted.');

/** Prepares the next request of a tile's delivery, or finds that there is none to send. */
export async function prepareTile(
  deps: PrepareTileDeps,
  input: DeliverInput,
  context: DeliveryContext,
): Promise<PreparedRequest | Unsendable | NothingToSend<FinalAnswer>> {
  const tileRequest = await deps.resolveRequest(context, input.tileId);
  if (!tileRequest) return WEBHOOK_DELETED;
  if (await lacksConsent(deps, input, tileRequest)) {
    return { kind: 'nothingToSend', answer: await exitWithoutConsent(deps, input) };
  }
  const request = await frozenOrRendered(deps, input, context, tileRequest);
  if (request instanceof RenderFault) return unsendable(request.reason, request.message);
  const token = await issueToken(deps.tokens, tileRequest.opened, 0, activityTime());
  if (token && !token.ok) return unsendable('token', token.detail);
  return preparedRequest(deps, input, context, tileRequest, request, token?.issued);
}

/** Checked before every request: a user may decline between two of them. */
async function lacksConsent(
  { db }: PrepareTileDeps,
  { entryId }: DeliverInput,
  { inline }: TileRequest,
): Promise<boolean> {
  const consent = inline?.webhook.consent;
  return consent?.check === true && hasDeclined(db, entryId, consent.category);
}

/** Nothing is sent, and nothing has failed (B148). */
async function exitWithoutConsent(deps: PrepareTileDeps, input: DeliverInput): Promise<FinalAnswer> {
  const detail = 'The user declined the category that this webhook is for.';
  const end: EntryEnd = { status: 'exited', reason: 'consent', detail };
  await enqueuing(deps, (db) => closeEntry(db, input, end, activityTime()));
  return { kind: 'ended', end };
}

/** The request as first rendered; rendered now when this is the delivery's first attempt. */
async function frozenOrRendered(
  { sealer }: PrepareTileDeps,
  input: DeliverInput,
  context: DeliveryContext,
  tileRequest: TileRequest,
): Promise<RenderedRequest | RenderFault> {
  const frozen = context.delivery?.request;
  if (frozen) return openRequest(sealer, deliveryIdOf(input), frozen);
  return renderTileRequest(tileRequest, context, sealer.hmacKey);
}

function preparedRequest(
  { db, sealer }: PrepareTileDeps,
  input: DeliverInput,
  context: DeliveryContext,
  { opened: { webhook, secret, signing }, captureRule }: TileRequest,
  request: RenderedRequest,
  token: IssuedToken | undefined,
): PreparedRequest {
  const deliveryId = deliveryIdOf(input);
  const body = authorizedBody(request.body, webhook.authentication, secret);
  const headers = {
    ...request.headers,
    ...authorizationHeaders(webhook.authentication, secret, token?.accessToken),
    ...signatureHeaders(deliveryId, body ?? '', signing),
  };
  return {
    kind: 'request',
    request: { ...request, headers, body },
    options: sendOptionsFor(captureRule),
    token,
    sentSecrets: [],
    openAttempt: (attempt, at) =>
      openAttempt(db, input, attempt, {
        journeyId: context.journeyId,
        webhookId: webhook.id,
        request: context.delivery ? null : sealRequest(sealer, deliveryId, request),
        at,
      }),
    capture: (outcome, answer) => captureAnswer(db, captureRule, outcome, answer),
  };
}
