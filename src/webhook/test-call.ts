import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { Reason } from '../domain/entry';
import { refusedTokenStatuses, type StoredAuthentication } from '../domain/webhooks/authentication';
import { authorizationHeaders, sentSecrets } from './authenticate';
import { readJsonAnswer } from './answer/json-answer';
import { classify } from './outcome';
import { type HttpResponse, send, WEBHOOK_TIMEOUT_MS } from './send';
import { requestToken } from './token';

/** The result of calling a webhook once. */
export interface TestCall {
  /** The endpoint's answer, if there was one. */
  answer?: HttpResponse;
  /** The answer's JSON, if fields can be taken from it. */
  json?: object;
  /** Why a delivery would fail with this result; absent when the call succeeded. */
  error?: { reason: Reason; message: string };
  /** The credentials that were sent, which must not be shown. */
  secrets: string[];
}

export interface TestCallOptions {
  authentication: StoredAuthentication;
  secret: string | null;
  /** Whether an answer without JSON is a failure (B104). */
  needsJson: boolean;
}

const MAX_ANSWER_BYTES = 1_048_576;

/**
 * Calls an endpoint once, as a delivery does (B107), and reads up to 1 MiB of its answer. An OAuth token is requested
 * for this call only and not stored. Failures of the endpoint or the token URL are part of the result, not thrown.
 */
export async function runTestCall(
  agent: Dispatcher,
  request: RenderedRequest,
  { authentication, secret, needsJson }: TestCallOptions,
): Promise<TestCall> {
  const token = await tokenFor(agent, authentication, secret);
  if (token !== undefined && !token.ok) {
    return { error: { reason: 'token', message: token.detail }, secrets: [] };
  }
  const authorization = authorizationHeaders(authentication, secret, token?.accessToken);
  const secrets = sentSecrets(request.headers, authentication, secret, token?.accessToken);
  const answer = await send(
    agent,
    { ...request, headers: { ...request.headers, ...authorization } },
    { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES },
  );
  const outcome = classify(answer, { refreshOn: refusedTokenStatuses(authentication), needsBody: needsJson });
  const error =
    outcome.kind === 'delivered' ? undefined : { reason: outcome.reason, message: outcome.detail };
  if (answer.kind === 'failure') return { error, secrets };
  const json = readJsonAnswer(answer);
  if ('value' in json) return { answer, json: json.value, error, secrets };
  const notJson = needsJson ? { reason: 'not_json' as const, message: json.fault } : undefined;
  return { answer, error: error ?? notJson, secrets };
}

async function tokenFor(agent: Dispatcher, authentication: StoredAuthentication, secret: string | null) {
  if (authentication.type !== 'oauth2') return undefined;
  return requestToken(agent, { ...authentication, clientSecret: secret! });
}
