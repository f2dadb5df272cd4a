import type { Database } from '../db/connection/client';
import { type DeliveryContext, deliveryIdOf, openAttempt } from '../db/deliveries/deliveries';
import { hashOfCallbackUrl } from '../db/deliveries/callback-token';
import { openRequest, sealRequest } from '../db/deliveries/sealed-request';
import { enqueuing } from '../db/enqueue';
import { closeEntry } from '../db/entries/close';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import { hasDeclined } from '../db/users/consents';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { EntryEnd } from '../domain/entry';
import { CALLBACK_HEADER } from '../domain/webhooks/callback';
import { missingToken } from '../domain/webhooks/inkit';
import { freeHostFault, takesSecretElsewhere } from '../domain/webhooks/origin';
import { RenderFault } from '../template/template';
import { authorizationHeaders, authorizedBody, sentSecrets } from '../webhook/authenticate';
import { signatureHeaders } from './attempt-log';
import { captureAnswer, sendOptionsFor } from './capture';
import type { TileInput } from './claimant';
import type { FinalAnswer, SendAnswer } from './contract';
import { activityTime } from './failures';
import { type NothingToSend, type PreparedRequest, type Unsendable, unsendable } from './loaded-delivery';
import { renderTileRequest } from './render-tile-request';
import type { ResolveRequest, TileRequest } from './resolve-request';
import { outsideWindow } from './tiles/closed-window';
import type { WindowCheck } from './tiles/send-window';
import { type IssuedToken, issueToken, type Tokens } from './tokens';

export interface PrepareTileDeps {
  db: Database;
  sealer: Sealer;
  resolveRequest: ResolveRequest;
  tokens: Tokens;
  /** Looked at before every request: the user may have moved to another time zone meanwhile. */
  windowOf: WindowCheck;
  /** Makes the one-time address at which the endpoint of a delivery calls back. */
  callbackUrl: (deliveryId: string) => string;
  /** Passes an outbox item to the dispatcher. Never throws: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
}

/** Also the result of a token refresh. */
export const WEBHOOK_DELETED = unsendable('webhook_deleted', 'The webhook was deleted.');

/** Prepares the next request of a tile's delivery, or finds that there is none to send. */
export async function prepareTile(
  deps: PrepareTileDeps,
  input: TileInput,
  context: DeliveryContext,
): Promise<PreparedRequest | Unsendable | NothingToSend<SendAnswer>> {
  const tileRequest = await deps.resolveRequest(context, input.tileId);
  if (!tileRequest) return WEBHOOK_DELETED;
  if (await lacksConsent(deps, input, tileRequest)) {
    return { kind: 'nothingToSend', answer: await exitWithoutConsent(deps, input) };
  }
  const now = activityTime();
  const closed = await deps.windowOf(input, context, now);
  if (closed)
    return { kind: 'nothingToSend', answer: await outsideWindow(deps, input, context, closed, now) };
  const withoutToken = missingToken(tileRequest.opened.webhook);
  if (withoutToken !== undefined) return unsendable('token', withoutToken);
  const request = await frozenOrRendered(deps, input, context, tileRequest);
  if (request instanceof RenderFault) return unsendable(request.reason, request.message);
  const token = await issueToken(deps.tokens, tileRequest.opened, 0, activityTime());
  if (token && !token.ok) return unsendable('token', token.detail);
  return preparedRequest(deps, input, context, tileRequest, request, token?.issued);
}

/** Checked before every request: a user may decline between two of them. */
async function lacksConsent(
  { db }: PrepareTileDeps,
  { entryId }: TileInput,
  { inline }: TileRequest,
): Promise<boolean> {
  const consent = inline?.webhook.consent;
  return consent?.check === true && hasDeclined(db, entryId, consent.category);
}

/** Nothing is sent, and nothing has failed (B148). */
async function exitWithoutConsent(deps: PrepareTileDeps, input: TileInput): Promise<FinalAnswer> {
  const detail = 'The user declined the category that this webhook is for.';
  const end: EntryEnd = { status: 'exited', reason: 'consent', detail };
  await enqueuing(deps, (db) => closeEntry(db, input, end, activityTime()));
  return { kind: 'ended', end };
}

/** The request as first rendered; rendered now when this is the delivery's first attempt. */
async function frozenOrRendered(
  { sealer, callbackUrl }: PrepareTileDeps,
  input: TileInput,
  context: DeliveryContext,
  tileRequest: TileRequest,
): Promise<RenderedRequest | RenderFault> {
  const { webhook } = tileRequest.opened;
  const sealed = context.delivery?.request;
  const frozen = sealed && openRequest(sealer, deliveryIdOf(input), sealed);
  // The webhook may have moved to another host, with another secret, which must not be sent to the former one.
  if (frozen && !takesSecretElsewhere(frozen.url, webhook)) return frozen;
  const rendered = await renderTileRequest(tileRequest, context, sealer.hmacKey);
  if (rendered instanceof RenderFault) return rendered;
  const fault = freeHostFault(webhook.endpoint, webhook.authentication);
  if (fault !== undefined) return new RenderFault('invalid_url', fault);
  if (input.callback === undefined) return rendered;
  // A delivery has one address, whatever becomes of its request.
  const address = frozen?.headers[CALLBACK_HEADER] ?? callbackUrl(deliveryIdOf(input));
  return { ...rendered, headers: { ...rendered.headers, [CALLBACK_HEADER]: address } };
}

function preparedRequest(
  { db, sealer }: PrepareTileDeps,
  input: TileInput,
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
    needsBody: captureRule.kind !== 'nothing',
    token,
    sentSecrets: sentSecrets(request.headers, webhook.authentication, secret, token?.accessToken),
    openAttempt: (attempt, at) =>
      openAttempt(db, input, attempt, {
        journeyId: context.journeyId,
        webhookId: webhook.id,
        request: context.delivery ? null : sealRequest(sealer, deliveryId, request),
        ...(input.callback && { tokenHash: hashOfCallbackUrl(request.headers[CALLBACK_HEADER]!) }),
        at,
      }),
    capture: (outcome, answer) => captureAnswer(db, captureRule, context.profile, outcome, answer),
  };
}
