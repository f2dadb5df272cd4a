import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import type { Sealer } from '../db/secrets/seal';
import {
  failToken,
  LEASE_MS,
  putToken,
  takeToken,
  type Token,
  TOKEN_LIFETIME_MS,
} from '../db/secrets/tokens';
import { refusedTokenStatuses } from '../domain/webhooks/authentication';
import type { Outcome } from '../domain/webhooks/delivery';
import { type ClientCredentials, requestToken } from '../webhook/token';
import type { TokenRef } from './contract';
import type { OpenedWebhook } from './webhook-cache';

export type Credentials = ClientCredentials & { secretId: string };

export type TokenResult = { ok: true; token: Token } | { ok: false; detail: string };

/** Returns the token of these credentials, newer than `rejected`: the version an endpoint refused, or 0. */
export type Tokens = (credentials: Credentials, rejected: number, now: number) => Promise<TokenResult>;

const POLL_INTERVAL_MS = 250;

/** Enough for the lease of a dead holder to expire and for another to fetch the token. */
const MAX_WAIT_MS = 2 * LEASE_MS;

interface TokenDeps {
  db: Database;
  sealer: Sealer;
  agent: Dispatcher;
  /** How long this process uses its own copy of a token before it reads the database again, in ms. */
  cacheMs: number;
}

/**
 * The token of each credential, shared by all workers: used until an endpoint refuses it or its lifetime has passed
 * (B064, B065). Of all concurrent callers, in all processes, one makes the request.
 */
export function createTokens({ db, sealer, agent, cacheMs }: TokenDeps): Tokens {
  const cached = new LRUCache<string, Token>({ max: 1_000, ttl: Math.max(cacheMs, 1) });
  const inFlight = new Map<string, Promise<TokenResult>>();

  async function waitForToken(credentials: Credentials, rejected: number, now: number): Promise<TokenResult> {
    const { secretId } = credentials;
    const started = performance.now();
    for (;;) {
      const waitedMs = performance.now() - started;
      const state = await takeToken(db, sealer, secretId, { rejected, now, waitedMs });
      if (state.kind === 'token') return { ok: true, token: state.token };
      if (state.kind === 'lease') return fetchToken(credentials, now);
      if (state.failure !== null) return { ok: false, detail: state.failure };
      if (waitedMs > MAX_WAIT_MS) throw new Error('The lease on an OAuth token was not released in time.');
      await pause(POLL_INTERVAL_MS);
    }
  }

  async function fetchToken(credentials: Credentials, now: number): Promise<TokenResult> {
    const answer = await requestToken(agent, credentials);
    if (answer.ok)
      return { ok: true, token: await putToken(db, sealer, credentials.secretId, { ...answer, now }) };
    await failToken(db, credentials.secretId, answer.detail);
    return { ok: false, detail: answer.detail };
  }

  return async (credentials, rejected, now) => {
    const { secretId } = credentials;
    const token = cached.get(secretId);
    if (token && token.version > rejected && token.fetchedAt > now - TOKEN_LIFETIME_MS)
      return { ok: true, token };
    const key = `${secretId}/${rejected}`;
    const result =
      inFlight.get(key) ?? waitForToken(credentials, rejected, now).finally(() => inFlight.delete(key));
    inFlight.set(key, result);
    const answer = await result;
    if (answer.ok && cacheMs > 0) cached.set(secretId, answer.token);
    return answer;
  };
}

/** The access token that a request carries. */
export interface IssuedToken {
  accessToken: string;
  ref: TokenRef;
  /** In ms since the epoch; null when the token URL did not say. Only notifications depend on it (B064, B068). */
  expiresAt: number | null;
  /** The statuses with which the endpoint may refuse it. */
  refreshOn: number[];
}

/** The token for a request of this webhook; undefined without OAuth. `rejected`, `now`: as in `Tokens`. */
export async function issueToken(
  tokens: Tokens,
  webhook: OpenedWebhook,
  rejected: number,
  now: number,
): Promise<{ ok: true; issued: IssuedToken } | { ok: false; detail: string } | undefined> {
  const credentials = credentialsOf(webhook);
  if (!credentials) return undefined;
  const result = await tokens(credentials, rejected, now);
  if (!result.ok) return result;
  const { accessToken, version, fetchedAt, expiresIn } = result.token;
  const expiresAt = expiresIn === null ? null : fetchedAt + expiresIn * 1_000;
  const ref = { secretId: credentials.secretId, version };
  const refreshOn = refusedTokenStatuses(webhook.webhook.authentication);
  return { ok: true, issued: { accessToken, ref, expiresAt, refreshOn } };
}

function credentialsOf({ webhook, secret }: OpenedWebhook): Credentials | undefined {
  const { authentication, secretId } = webhook;
  if (authentication.type !== 'oauth2') return undefined;
  return { ...authentication, secretId: secretId!, clientSecret: secret! };
}

/** Whether the endpoint refused a token that had not expired yet (B068). */
export function isRefusedEarly({ expiresAt }: IssuedToken, { kind }: Outcome, now: number): boolean {
  return kind === 'unauthorized' && expiresAt !== null && now < expiresAt;
}
