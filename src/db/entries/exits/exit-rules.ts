import { sql } from 'drizzle-orm';
import {
  detailOfExit,
  exitNeedsOf,
  type ExitRule,
  ruleMet,
  type SentEvent,
} from '../../../domain/journeys/exit-rules';
import { type JudgedEntry, type JudgedUser, rootsOfEntry } from '../../../domain/journeys/roots';
import { giveWay } from '../../../domain/turns';
import { asJson, type Database, inMs, rowsOf } from '../../connection/client';
import { callbacksOf } from '../../deliveries/callbacks';
import type { EnqueuingDatabase } from '../../enqueue';
import { loadFacts } from '../../users/facts';
import { JUDGED } from '../../users/judged';
import { type Claimant, claimEntrySql } from '../entries';
import { exitEntries, type Leaving } from './exit';

/** How an entry ends whose user meets an exit rule. */
export const BY_RULE = { status: 'exited', reason: 'exit_rule' } as const;

/**
 * Ends the open entries whose exit rules a change of a user meets, whose row the transaction has locked. The keys say
 * what has changed; `user` is as they are now.
 */
export async function exitByRules(
  tx: EnqueuingDatabase,
  user: JudgedUser & { id: number },
  keys: string[],
  event?: SentEvent,
): Promise<void> {
  // In a statement of its own: one that waited for the lock would not see what was committed meanwhile.
  let page = await readRuled(tx, user.id, keys, '');
  while (page.length > 0) {
    const rulesOf = await readRules(tx, page);
    const rules = [...rulesOf.values()].flat();
    const facts = await loadFacts(tx, user.id, exitNeedsOf(rules), page[0]!.now);
    const leaving: Leaving[] = [];
    for (const entry of page) {
      await giveWay();
      const rule = ruleMet(rulesOf.get(versionKey(entry)) ?? [], rootsOfEntry(user, entry), facts, event);
      if (rule !== undefined) leaving.push({ entryId: entry.entryId, detail: detailOfExit(rule) });
    }
    await exitEntries(tx, leaving, BY_RULE);
    page = await readRuled(tx, user.id, keys, page.at(-1)!.entryId);
  }
}

/** A version of a journey. */
interface OfVersion {
  journeyId: number;
  version: number;
}

/** An open entry whose rules are to be judged. */
interface RuledEntry extends OfVersion, JudgedEntry {
  entryId: string;
  /** The time that it is, in ms since the epoch. */
  now: number;
}

/** Entries in memory at a time, and bytes of what they hold. */
const MOST_ENTRIES = 200;
const MOST_BYTES = 2_097_152;

function readRuled(tx: Database, userId: number, keys: string[], after: string): Promise<RuledEntry[]> {
  return rowsOf<RuledEntry>(
    tx,
    sql`
    with page as materialized (
      select entries.*, octet_length(trigger_data::text) + coalesce(octet_length(live_data::text), 0)
        + coalesce(octet_length(events::text), 0) as size
      from entries join journey_versions using (journey_id, version)
      where user_id = ${userId} and ended_at is null and exit_keys && ${sql.param(keys)}::text[] and id > ${after}
      order by id limit ${MOST_ENTRIES}
    ),
    sized as (select *, sum(size) over (order by id) - size as before from page)
    select id as "entryId", journey_id as "journeyId", version, trigger_data as "triggerData",
      live_data as "liveData", events, ${callbacksOf(sql`sized.id`)} as callbacks, ${inMs(sql`now()`)} as now
    from sized where before < ${MOST_BYTES}::int order by id`,
  );
}

/** The exit rules of these versions, each read once. */
async function readRules(tx: Database, versions: OfVersion[]): Promise<Map<string, ExitRule[]>> {
  const distinct = [
    ...new Map(
      versions.map(({ journeyId, version }) => [`${journeyId}/${version}`, { journeyId, version }]),
    ).values(),
  ];
  const rows = await rowsOf<OfVersion & { rules: ExitRule[] }>(
    tx,
    sql`
    select journey_id as "journeyId", version, definition -> 'exitRules' as rules
    from journey_versions join json_to_recordset(${asJson(distinct)}) as wanted ("journeyId" int, version int)
      using (version) where journey_id = "journeyId"`,
  );
  return new Map(rows.map((row) => [versionKey(row), row.rules]));
}

function versionKey({ journeyId, version }: OfVersion): string {
  return `${journeyId}/${version}`;
}

/** An entry that was claimed, and what its exit rules are judged by. */
export interface JudgedAtTile extends OfVersion {
  user: JudgedUser & { id: number };
  entry: JudgedEntry;
}

/**
 * Claims the entry for its run, records its tile and reads what its exit rules are judged by. Undefined when the entry
 * is closed, belongs to another run, or has no user any more.
 */
export async function claimJudged(
  db: Database,
  claimant: Claimant,
  tileId: string,
  at: number,
): Promise<JudgedAtTile | undefined> {
  const [judged] = await rowsOf<JudgedAtTile>(
    db,
    sql`
    with claimed as (${claimEntrySql(claimant, tileId, at)})
    select journey_id as "journeyId", version, ${JUDGED}
    from claimed join users on users.id = claimed.user_id`,
  );
  return judged;
}
