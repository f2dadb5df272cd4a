import { type SQL, sql } from 'drizzle-orm';
import { writeJson } from '../../domain/lossless-json';
import type { AttemptOutcome, Outcome } from '../../domain/webhooks/delivery';
import type { Reason } from '../../domain/entry';
import type { Slots } from '../connection/prepared';
import type { AttemptKey } from './deliveries';

/** The result of an attempt, as its row stores it. */
export interface AttemptResult {
  outcome: Outcome;
  status: number | null;
  durationMs: number;
  nextAttemptAt: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

/** A result as the columns of its row. */
export interface ResultColumns {
  durationMs: number;
  status: number | null;
  outcome: AttemptOutcome;
  reason: Reason | null;
  detail: string | null;
  /** ISO. */
  nextAttemptAt: string | null;
  /** JSON. */
  responseHeaders: string | null;
  responseBody: string | null;
}

export const RESULT_COLUMNS = [
  ...(['durationMs', 'status', 'outcome', 'reason', 'detail'] as const),
  ...(['nextAttemptAt', 'responseHeaders', 'responseBody'] as const),
];

export function columnsOf(result: AttemptResult): ResultColumns {
  const { outcome, durationMs, status, nextAttemptAt, responseHeaders, responseBody } = result;
  return {
    ...{ durationMs, status, responseBody },
    outcome: outcome.kind,
    reason: outcome.kind === 'delivered' ? null : outcome.reason,
    detail: outcome.detail ?? null,
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
    responseHeaders: responseHeaders === null ? null : writeJson(responseHeaders),
  };
}

/**
 * SQL that closes an attempt's row. An erasure blanks the stored answer; a blank is not overwritten. Whichever statement
 * comes second waits for the row and sees what the first one wrote.
 */
export function closeAttemptSql(
  attempt: Slots<AttemptKey>,
  result: Slots<ResultColumns>,
  ifTrue = sql`true`,
): SQL {
  return sql`
    update attempts set
      duration_ms = ${result.durationMs}::int, status = ${result.status}::int,
      outcome = ${result.outcome}, reason = ${result.reason}::text, detail = ${result.detail}::text,
      next_attempt_at = ${result.nextAttemptAt}::timestamptz,
      response_headers = coalesce(response_headers, ${result.responseHeaders}::json),
      response_body = coalesce(response_body, ${result.responseBody}::text)
    where delivery_id = ${attempt.deliveryId} and generation = ${attempt.generation}
      and number = ${attempt.number} and outcome is null and ${ifTrue}
    returning 1`;
}
