import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Refusal } from '../../domain/entry';
import { keyTextOf } from '../../domain/journeys/reentry';
import { asJson, type Database, rowsOf } from '../connection/client';

export interface MaybeLimited {
  id: number;
  /** Whether it has an entry limit, re-entry rules or a suppression list. */
  limited: boolean;
  /** The field of the trigger data whose value is the key of an entry. */
  keyField: string | null;
}

/** SQL of whether a row of `journeys` has an entry limit, re-entry rules or a suppression list. */
export const IS_LIMITED = sql`
        (lifetime_limit is not null or simultaneous_limit is not null or suppression_list_ids <> '{}' or reentry is not null)`;

/** SQL of the columns of `MaybeLimited` beside the id. */
export const ENTRY_LIMITS = sql`${IS_LIMITED} as limited, reentry ->> 'key' as "keyField"`;

/** A user who is about to enter a journey. */
export interface Entering {
  userId: number;
  journeyId: number;
  reentryKey: string;
}

/** Why a user may not enter; or that they may, once their open entries are superseded. */
export type EntryLimit = Exclude<Refusal, 'where'> | 'restart';

/** What the limits of a journey say to a user; undefined if they may enter. */
export type EntryLimitOf = (entering: Entering) => EntryLimit | undefined;

/** Which of these users may not enter now, or not without more. Exact while the users' rows are locked. */
export async function entryLimitsOf(tx: Database, entering: Entering[]): Promise<EntryLimitOf> {
  const rows = entering.length === 0 ? [] : await readLimits(tx, entering);
  const limits = new Map(rows.map(({ userId, journeyId, answer }) => [`${userId}/${journeyId}`, answer]));
  return ({ userId, journeyId }) => limits.get(`${userId}/${journeyId}`);
}

function readLimits(
  tx: Database,
  entering: Entering[],
): Promise<(Omit<Entering, 'reentryKey'> & { answer: EntryLimit })[]> {
  const asked = entering.map(({ userId, journeyId, reentryKey }) => ({ userId, journeyId, reentryKey }));
  return rowsOf(
    tx,
    sql`
    select "userId", "journeyId", answer
    from json_to_recordset(${asJson(asked)}) as entering ("userId" bigint, "journeyId" int, "reentryKey" text),
      entry_limit("userId", "journeyId", "reentryKey") as answer
    where answer is not null`,
  );
}

/** Of entries without a key. */
export const NO_KEY = '';

/**
 * The key of an entry with this trigger data, as it is stored: a hash, because what the field has may be personal. It
 * differs for other journeys and other fields.
 */
export function entryKeyOf(
  journeyId: number,
  keyField: string | null,
  triggerData: Record<string, unknown>,
): string {
  const text = keyField === null ? undefined : keyTextOf(keyField, triggerData);
  if (text === undefined) return NO_KEY;
  return createHash('sha256').update(`${journeyId}/${keyField} ${text}`).digest('hex').slice(0, 32);
}
