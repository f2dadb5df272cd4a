import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { asTime, type Database, rowsOf } from '../connection/client';
import type { Sealer } from './seal';

/** Ten days, whatever `expires_in` says (B064, B065). */
export const TOKEN_LIFETIME_MS = 10 * 86_400_000;

/** Longer than a token request may take, so that a lease outlives it but not a lost process for long. */
export const LEASE_MS = 12_000;

export interface Token {
  /** Counts the tokens of one credential; a refused token is named by it. */
  version: number;
  accessToken: string;
  fetchedAt: number;
  expiresIn: number | null;
}

export type TokenState =
  | { kind: 'token'; token: Token }
  /** This caller has the lease: it fetches the next token. */
  | { kind: 'lease'; version: number }
  /** Another has the lease, or has failed while this caller waited; then `failure` says how. */
  | { kind: 'wait'; failure: string | null };

interface TokenRow {
  version: number;
  sealed: Uint8Array | null;
  fetched_at: string | null;
  expires_in: number | null;
  leased: boolean;
  failure: string | null;
}

/**
 * The stored token if it is newer than `rejected` and not older than ten days; else the lease to fetch one,
 * if nobody has it. One statement decides, so that of all processes one gets the lease. `now` is the time of
 * the delivery; `waitedMs` is how long this caller has been asking: a failure in that time answers it too.
 */
export async function takeToken(
  db: Database,
  sealer: Sealer,
  secretId: string,
  { rejected, now, waitedMs }: { rejected: number; now: number; waitedMs: number },
): Promise<TokenState> {
  const asker = randomUUID();
  const until = sql`clock_timestamp() + ${`${LEASE_MS} milliseconds`}::interval`;
  const usable = sql`(known.sealed is not null and known.version > ${rejected}::int
    and known.fetched_at > ${asTime(now - TOKEN_LIFETIME_MS)})`;
  const failed = sql`coalesce(known.failed_at >= clock_timestamp() - ${`${waitedMs} milliseconds`}::interval, false)`;
  const free = sql`not (${usable} or ${failed} or coalesce(known.lease_until > clock_timestamp(), false))`;
  const [row] = await rowsOf<TokenRow>(
    db,
    sql`
    insert into oauth_tokens as known (secret_id, lease_owner, lease_until)
    values (${secretId}, ${asker}, ${until})
    on conflict (secret_id) do update set
      lease_owner = case when ${free} then ${asker} else known.lease_owner end,
      lease_until = case when ${free} then ${until} else known.lease_until end
    returning version, fetched_at, expires_in, coalesce(lease_owner = ${asker}, false) as leased,
      case when ${usable} then sealed end as sealed,
      case when ${failed} then failure end as failure`,
  );
  if (row!.leased) return { kind: 'lease', version: row!.version };
  if (row!.sealed) return { kind: 'token', token: tokenOf(row!, sealer, secretId) };
  return { kind: 'wait', failure: row!.failure };
}

function tokenOf(row: TokenRow, sealer: Sealer, secretId: string): Token {
  return {
    version: row.version,
    accessToken: sealer.open(purposeOf(secretId), Buffer.from(row.sealed!)),
    fetchedAt: new Date(row.fetched_at!).getTime(),
    expiresIn: row.expires_in,
  };
}

/** Stores the token that the lease's holder fetched, ends the lease, and returns the token with its version. */
export async function putToken(
  db: Database,
  sealer: Sealer,
  secretId: string,
  fetched: { accessToken: string; expiresIn: number | null; now: number },
): Promise<Token> {
  const sealed = sealer.seal(purposeOf(secretId), fetched.accessToken);
  const [row] = await rowsOf<{ version: number }>(
    db,
    sql`update oauth_tokens set version = version + 1, sealed = ${sealed}::bytea,
          fetched_at = ${asTime(fetched.now)}, expires_in = ${fetched.expiresIn}::int,
          lease_owner = null, lease_until = null, failed_at = null, failure = null
        where secret_id = ${secretId} returning version`,
  );
  return {
    version: row?.version ?? 0,
    accessToken: fetched.accessToken,
    fetchedAt: fetched.now,
    expiresIn: fetched.expiresIn,
  };
}

/** Ends the lease without a token; `failure` is the answer for all who wait for it. */
export async function failToken(db: Database, secretId: string, failure: string): Promise<void> {
  await db.execute(
    sql`update oauth_tokens set lease_owner = null, lease_until = null, failed_at = clock_timestamp(), failure = ${failure}
        where secret_id = ${secretId}`,
  );
}

function purposeOf(secretId: string): string {
  return `token/${secretId}`;
}
