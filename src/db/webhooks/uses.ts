import { and, eq, type SQL, sql, type SQLWrapper } from 'drizzle-orm';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { DRAFT } from '../../domain/journeys/version';
import { LOCKING_TILE, webhookUsesOf } from '../../domain/webhooks/uses';
import { type Database, rowsOf } from '../connection/client';
import { webhookUses } from '../schema';

/** Records which webhooks a draft names, in place of those that it named before. */
export async function replaceDraftUses(
  db: Database,
  journeyId: number,
  definition: JourneyDefinition,
): Promise<void> {
  await db
    .delete(webhookUses)
    .where(and(eq(webhookUses.journeyId, journeyId), eq(webhookUses.version, DRAFT)));
  await insertUses(db, journeyId, DRAFT, definition);
}

/** Records which webhooks a new version names. */
export async function insertUses(
  db: Database,
  journeyId: number,
  version: number,
  { tiles }: JourneyDefinition,
): Promise<void> {
  const uses = webhookUsesOf(tiles).map(({ tileId, tileType, webhookId }) => ({
    ...{ journeyId, version, tileId, tileType, webhookId },
  }));
  if (uses.length > 0) await db.insert(webhookUses).values(uses);
}

const USES = sql`webhook_uses uses join journeys on journeys.id = uses.journey_id`;

const IS_PUBLISHED = sql`uses.version = journeys.published_version`;

/**
 * Whether an entry may still reach a tile: of the published version, of the draft once it is published, or
 * of an older version that entries are under way on. The subqueries are such that Postgres looks each row up,
 * also in the embedded database, which knows nothing of how large its tables are.
 */
const IS_IN_USE = sql`(
  select ${IS_PUBLISHED} or (uses.version = ${DRAFT}::int and journeys.status <> 'archived')
    or (select true from entries where entries.journey_id = uses.journey_id
      and entries.version = uses.version and entries.ended_at is null limit 1)
  from journeys where journeys.id = uses.journey_id)`;

/** SQL for the ids of the webhooks that a journey relies on, as an array. */
export function usedByJourney(journeyId: number): SQL {
  return sql`array(
    select uses.webhook_id from webhook_uses uses where uses.journey_id = ${journeyId}::int and ${IS_IN_USE})`;
}

/** SQL for how many tiles rely on a webhook. */
export function tilesRelyingOn(webhookId: SQLWrapper): SQL<number> {
  return sql`(
    select count(distinct (uses.journey_id, uses.tile_id)) from webhook_uses uses
    where uses.webhook_id = ${webhookId} and ${IS_IN_USE})`;
}

/** A tile that relies on a webhook. */
export interface UsageRow {
  journeyId: number;
  journeyName: string;
  /** The published version, else the newest that entries are under way on; null where only the draft has it. */
  version: number | null;
  tileId: string;
  tileType: string;
  published: boolean;
  /** Entries that are at this tile, whatever their version. */
  activeEntries: number;
}

/** The tiles that rely on a webhook, each once, those of published versions first (B120, B125). */
export async function usageOf(db: Database, webhookId: number): Promise<UsageRow[]> {
  return rowsOf<UsageRow>(
    db,
    sql`
    select uses.journey_id as "journeyId", journeys.name as "journeyName",
      coalesce(max(uses.version) filter (where ${IS_PUBLISHED}), nullif(greatest(max(uses.version), ${DRAFT}::int), ${DRAFT}::int)) as version,
      uses.tile_id as "tileId", (array_agg(uses.tile_type order by uses.version desc))[1] as "tileType",
      coalesce(bool_or(${IS_PUBLISHED}), false) as published, sum(here.entries)::int as "activeEntries"
    from ${USES}
    cross join lateral (
      select count(*) as entries from entries
      where entries.journey_id = uses.journey_id and entries.version = uses.version
        and entries.tile_id = uses.tile_id and entries.ended_at is null
    ) here
    where uses.webhook_id = ${webhookId}::int and ${IS_IN_USE}
    group by uses.journey_id, journeys.name, uses.tile_id
    order by published desc, uses.journey_id, uses.tile_id`,
  );
}

/** A tile of a published version that locks its webhook against changes. */
export interface LockingTile {
  webhookId: number;
  journeyId: number;
  journeyName: string;
  version: number;
  tileId: string;
}

/**
 * The tiles that lock these webhooks against editing and deleting (B127). The transaction has locked the webhooks' rows,
 * as publishing does: else a version could be published meanwhile.
 */
export async function lockingTiles(db: Database, webhookIds: number[]): Promise<LockingTile[]> {
  if (webhookIds.length === 0) return [];
  return rowsOf<LockingTile>(
    db,
    sql`select uses.webhook_id as "webhookId", uses.journey_id as "journeyId", journeys.name as "journeyName",
          uses.version, uses.tile_id as "tileId"
        from ${USES}
        where uses.webhook_id in ${webhookIds} and uses.tile_type = ${LOCKING_TILE} and ${IS_PUBLISHED}
        order by uses.journey_id, uses.tile_id`,
  );
}
