import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import type { Sealer } from '../db/secrets/seal';
import { failToken, putToken, takeToken, type Token, TOKEN_LIFETIME_MS } from '../db/secrets/tokens';
import { requestToken } from '../webhook/token';

export interface Credentials {
  secretId: string;
  clientId: string;
  clientSecret: string;
  tokenUrl: string;
}

export type TokenResult = { ok: true; token: Token } | { ok: false; detail: string };

/** Gives the token of some credentials; `rejected` names the version an endpoint refused, 0 for none. */
export type Tokens = (credentials: Credentials, rejected: number, now: number) => Promise<TokenResult>;

const LOOK_AGAIN_MS = 250;

/** Two lease lengths: by then a holder that died has lost its lease, and another has had its turn. */
const LONGEST_WAIT_MS = 30_000;

interface TokenDeps {
  db: Database;
  sealer: Sealer;
  agent: Dispatcher;
  /** How long this process trusts its own copy of a token before it looks into the database again. */
  cacheMs: number;
}

/**
 * The token of each credential, shared by all workers: kept until an endpoint refuses it or ten days have
 * passed (B064, B065). However many ask at once, one of them, in one process, makes the request.
 */
export function createTokens({ db, sealer, agent, cacheMs }: TokenDeps): Tokens {
  const known = new LRUCache<string, Token>({ max: 1_000, ttl: Math.max(cacheMs, 1) });
  const asking = new Map<string, Promise<TokenResult>>();

  async function ask(credentials: Credentials, rejected: number, now: number): Promise<TokenResult> {
    const { secretId } = credentials;
    const began = performance.now();
    for (;;) {
      const waitedMs = performance.now() - began;
      const state = await takeToken(db, sealer, secretId, { rejected, now, waitedMs });
      if (state.kind === 'token') return { ok: true, token: state.token };
      if (state.kind === 'lease') return fetchToken(credentials, now);
      if (state.failure !== null) return { ok: false, detail: state.failure };
      if (waitedMs > LONGEST_WAIT_MS)
        throw new Error('The lease on an OAuth token was not given up in time.');
      await pause(LOOK_AGAIN_MS);
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
    const mine = known.get(secretId);
    if (mine && mine.version > rejected && mine.fetchedAt > now - TOKEN_LIFETIME_MS)
      return { ok: true, token: mine };
    const key = `${secretId}/${rejected}`;
    const result = asking.get(key) ?? ask(credentials, rejected, now).finally(() => asking.delete(key));
    asking.set(key, result);
    const answer = await result;
    if (answer.ok && cacheMs > 0) known.set(secretId, answer.token);
    return answer;
  };
}
