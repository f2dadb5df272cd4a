import { sql } from 'drizzle-orm';
import type { Skip } from '../../domain/entry';
import { type Database, rowsOf } from '../connection/client';
import { sharedInTurn } from '../connection/queued-lock';
import { type Claimant, claimEntrySql, type Owner } from './entries';
import { ENTRY_LIMITS, type MaybeLimited } from './entry-limits';
import { type MaybeConditional, WHERE } from './where';

/** One visit of a tile that sends the user to another journey. */
export interface HandOff extends Owner {
  tileId: string;
  visit: number;
  journeyId: number;
  /** Whether the entry ends with this tile. */
  then: 'goOn' | 'complete';
}

/** The entry that was started, or why none was. */
export type HandOffResult = { sentTo: string; skipped: null } | { sentTo: null; skipped: Skip };

/** What decides whether the user is sent. */
export interface Standing extends Omit<MaybeLimited, 'id'>, MaybeConditional {
  triggerData: Record<string, unknown>;
  /** Whether the entry is a test run. */
  test: boolean;
  sentTo: string | null;
  skipped: Skip | null;
  chain: string;
  /** How often the chain has sent its user on within 24 hours. */
  sent: number;
  /** Null where the journey takes no entries. */
  version: number | null;
}

/** Claims the entry; undefined when it is closed or another run owns it. */
export async function claimStanding(
  tx: Database,
  sending: HandOff & Claimant,
  at: number,
): Promise<Standing | undefined> {
  const { tileId, visit, journeyId } = sending;
  const [standing] = await rowsOf<Standing>(
    tx,
    sql`
    with claimed as (${claimEntrySql(sending, tileId, at)}),
    sender as (
      select claimed.id, trigger_data, test, coalesce(came.chain, claimed.id) as chain
      from claimed left join hand_offs came on came.sent_to = claimed.id
    ),
    journey as (
      select published_version, ${ENTRY_LIMITS}, ${WHERE} as "where"
      from ${sharedInTurn('journeys', sql`select ${journeyId}::int`)} shared join journeys using (id)
      where status = 'published' for share of journeys
    )
    select trigger_data as "triggerData", test, done.sent_to as "sentTo", done.skipped, sender.chain,
      (select count(*) from hand_offs past
       where past.chain = sender.chain and past.created_at > now() - interval '24 hours' and past.sent_to is not null
      ) as sent,
      published_version as version, limited, "keyField", "where"
    from sender
    left join hand_offs done on done.entry_id = sender.id and done.tile_id = ${tileId} and done.visit = ${visit}::int
    left join journey on true`,
  );
  return standing;
}

export async function insertHandOff(
  tx: Database,
  { entryId, tileId, visit, journeyId }: HandOff,
  chain: string,
  { sentTo, skipped }: HandOffResult,
): Promise<void> {
  await tx.execute(sql`
    insert into hand_offs (entry_id, tile_id, visit, journey_id, chain, sent_to, skipped)
    values (${entryId}, ${tileId}, ${visit}::int, ${journeyId}::int, ${chain}, ${sentTo}::text, ${skipped}::text)`);
}
