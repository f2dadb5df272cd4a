import type { Dispatcher } from 'undici';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { Reason } from '../domain/entry';
import type { StoredAuthentication } from '../domain/webhooks/authentication';
import { authorizationHeaders } from './authenticate';
import { readJsonAnswer } from './json-answer';
import { classify } from './outcome';
import { type HttpResponse, send, WEBHOOK_TIMEOUT_MS } from './send';
import { requestToken } from './token';

/** What came of calling a webhook once. */
export interface TestCall {
  /** What the endpoint answered, if it did. */
  answer?: HttpResponse;
  /** The answer's JSON, if fields can be taken from it. */
  json?: object;
  /** Why no user could go on after this; absent when the call did what it is for. */
  error?: { reason: Reason; message: string };
  /** What was sent to let us in, and must not be shown. */
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
 * Calls an endpoint once, as a delivery does (B107), and reads up to 1 MiB of its answer. An OAuth token is asked
 * for, used this once and kept nowhere. Whatever the endpoints do is told in the trial.
 */
export async function runTestCall(
  agent: Dispatcher,
  request: RenderedRequest,
  { authentication, secret, needsJson }: TestCallOptions,
): Promise<TestCall> {
  const secrets = secret === null ? [] : [secret];
  const token = await tokenFor(agent, authentication, secret);
  if (token !== undefined && !token.ok) return { error: { reason: 'token', message: token.detail }, secrets };
  const authorization = authorizationHeaders(authentication, secret, token?.accessToken);
  secrets.push(...Object.values(authorization).map((value) => value.replace(/^(Basic|Bearer) /, '')));
  const answer = await send(
    agent,
    { ...request, headers: { ...request.headers, ...authorization } },
    { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES, onLimit: 'fail' },
  );
  const outcome = classify(answer, { oauth: token !== undefined });
  const error =
    outcome.kind === 'delivered' ? undefined : { reason: outcome.reason, message: outcome.detail };
  if (answer.kind === 'failure') return { error, secrets };
  const json = readJsonAnswer(answer.body);
  return { answer, json, error: error ?? (needsJson && json === undefined ? NOT_JSON : undefined), secrets };
}

const NOT_JSON: TestCall['error'] = {
  reason: 'not_json',
  message:
    'The answer is no JSON object or array, or one that cannot be kept: nested deeper than 32 levels, with a field called __proto__ or a NUL character.',
};

async function tokenFor(agent: Dispatcher, authentication: StoredAuthentication, secret: string | null) {
  if (authentication.type !== 'oauth2') return undefined;
  const { clientId, tokenUrl } = authentication;
  return requestToken(agent, { clientId, tokenUrl, clientSecret: secret! });
}
