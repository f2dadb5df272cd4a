import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { isJsonObject } from '../domain/lossless-json';
import type { StoredOAuth } from '../domain/webhooks/oauth';
import { urlEncode } from '../template/url-encode';
import { readText } from './answer/answer-text';
import { send, WEBHOOK_TIMEOUT_MS } from './send';

/** `expiresIn`: whole seconds from the fetch, null if the answer does not state it. */
export type TokenAnswer =
  { ok: true; accessToken: string; expiresIn: number | null } | { ok: false; detail: string };

export type ClientCredentials = Pick<
  StoredOAuth,
  'tokenUrl' | 'clientId' | 'scope' | 'parameters' | 'clientAuthentication'
> & { clientSecret: string };

const MAX_ANSWER_BYTES = 65_536;

/** The largest value of the database column, 68 years; anything longer is capped to it. */
const MAX_EXPIRES_IN_S = 2_147_483_647;

/** The only error codes that a detail repeats (RFC 6749, 5.2): anything else might echo credentials. */
const OAUTH_ERRORS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
];

/**
 * Requests an access token with client credentials (B058 to B062, B069). Anything but a 2xx with a JSON object that
 * has a usable `access_token` is a failure (B061); its detail is for an operator and contains no secret.
 */
export async function requestToken(agent: Dispatcher, credentials: ClientCredentials): Promise<TokenAnswer> {
  const answer = await send(
    agent,
    {
      method: 'POST',
      url: credentials.tokenUrl,
      headers: headersOf(credentials),
      body: formOf(credentials),
    },
    { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES },
  );
  if (answer.kind === 'failure') return { ok: false, detail: `Token request: ${answer.detail}` };
  const decoded = readText(answer);
  const json = 'text' in decoded ? parseObject(decoded.text) : undefined;
  if (answer.status < 200 || answer.status > 299) return refused(answer.status, json);
  if (answer.bodyFault) return { ok: false, detail: `Token request: ${answer.bodyFault.detail}` };
  if ('fault' in decoded) return { ok: false, detail: `Token request: ${decoded.fault}` };
  if (json === undefined) return { ok: false, detail: 'The token URL did not answer with a JSON object.' };
  return tokenIn(json);
}

function headersOf({ clientId, clientSecret, clientAuthentication }: ClientCredentials) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (clientAuthentication !== 'basic') return headers;
  // RFC 6749, 2.3.1: both are form-encoded first.
  const pair = `${urlEncode(clientId)}:${urlEncode(clientSecret)}`;
  return { ...headers, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function formOf({ clientId, clientSecret, ...credentials }: ClientCredentials): string {
  const { scope, parameters, clientAuthentication } = credentials;
  return new URLSearchParams({
    ...parameters,
    ...(clientAuthentication !== 'basic' && { client_id: clientId, client_secret: clientSecret }),
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
  }).toString();
}

function tokenIn(json: Record<string, unknown>): TokenAnswer {
  const token = json.access_token;
  if (typeof token !== 'string' || token === '') {
    return { ok: false, detail: 'The token URL answered without an access_token.' };
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return { ok: false, detail: 'The access_token has characters that are not allowed in a header.' };
  }
  return { ok: true, accessToken: token, expiresIn: secondsOf(json.expires_in) };
}

function refused(status: number, json: Record<string, unknown> | undefined): TokenAnswer {
  const known = OAUTH_ERRORS.find((error) => error === json?.error);
  const name = STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`;
  return {
    ok: false,
    detail: `The token URL answered ${status}${name}${known === undefined ? '' : ` (${known})`}.`,
  };
}

function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0) return null;
  return Math.min(seconds, MAX_EXPIRES_IN_S);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
