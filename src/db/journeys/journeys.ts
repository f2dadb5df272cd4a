import { and, asc, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { type EntrySource, triggerKeyOfSource } from '../../domain/journeys/entry-source';
import type { JourneyDefinition, JourneyStatus } from '../../domain/journeys/journey';
import type { Plan } from '../../domain/journeys/plan';
import { type Database, rowsOf } from '../connection/client';
import { journeys, journeyVersions } from '../schema';
import { withExplicitId } from '../connection/explicit-id';
import { replaceDraftUses, insertUses } from '../webhooks/uses';

export type JourneyRow = typeof journeys.$inferSelect;
export type JourneyVersionRow = typeof journeyVersions.$inferSelect;

/** Creates a draft. Undefined when another journey has the requested id. */
export async function insertJourney(
  db: Database,
  { definition, secrets }: Pick<JourneyRow, 'definition' | 'secrets'>,
  id?: number,
): Promise<JourneyRow | undefined> {
  const values = { name: definition.name, definition, secrets };
  return db.transaction(async (tx) => {
    const insert = tx
      .insert(journeys)
      .values({ id, ...values })
      .onConflictDoNothing()
      .returning();
    const [row] = id === undefined ? await insert : await withExplicitId(tx, 'journeys', () => insert);
    if (row !== undefined) await replaceDraftUses(tx, row.id, definition);
    return row;
  });
}

export async function findJourney(db: Database, id: number): Promise<JourneyRow | undefined> {
  const [row] = await db.select().from(journeys).where(eq(journeys.id, id));
  return row;
}

/**
 * The same, with its row locked until the transaction ends. Transactions that accept entries lock it in key share: this
 * waits for them, and later ones see the change.
 */
export async function lockJourney(db: Database, id: number): Promise<JourneyRow | undefined> {
  const [row] = await db.select().from(journeys).where(eq(journeys.id, id)).for('update');
  return row;
}

/** A journey that others send users to. */
export interface Target {
  id: number;
  status: JourneyStatus;
  entry: EntrySource;
}

/** Those of these journeys that there are; `entry` is that of the published version, else of the draft. */
export async function findTargets(db: Database, ids: number[]): Promise<Target[]> {
  if (ids.length === 0) return [];
  return rowsOf<Target>(
    db,
    sql`
    select journeys.id, status, coalesce(frozen.definition, journeys.definition) -> 'entry' as entry
    from journeys left join journey_versions frozen on journey_id = journeys.id and version = published_version
    where journeys.id in ${[...new Set(ids)]}`,
  );
}

/** Changes these columns and `updatedAt`. The transaction has locked the journey's row. */
export async function updateJourney(
  db: Database,
  id: number,
  changes: Partial<Omit<JourneyRow, 'id' | 'createdAt' | 'updatedAt'>>,
): Promise<JourneyRow> {
  if (changes.definition !== undefined) await replaceDraftUses(db, id, changes.definition);
  const [row] = await db
    .update(journeys)
    .set({ ...changes, updatedAt: sql`now()` })
    .where(eq(journeys.id, id))
    .returning();
  return row!;
}

/** Freezes the next version, which takes entries from then on. The transaction has locked the journey's row. */
export async function freezeVersion(
  db: Database,
  { id, secrets }: Pick<JourneyRow, 'id' | 'secrets'>,
  definition: JourneyDefinition,
  plan: Plan,
): Promise<JourneyRow> {
  const [{ last }] = (await db
    .select({ last: sql<number>`coalesce(max(${journeyVersions.version}), 0)` })
    .from(journeyVersions)
    .where(eq(journeyVersions.journeyId, id))) as [{ last: number }];
  const version = last + 1;
  await db.insert(journeyVersions).values({ journeyId: id, version, definition, plan, secrets });
  await insertUses(db, id, version, definition);
  const { entry, lifetimeLimit = null, simultaneousLimit = null, suppressionListIds } = definition;
  const limits = { lifetimeLimit, simultaneousLimit, suppressionListIds };
  const published = { status: 'published', publishedVersion: version } as const;
  return updateJourney(db, id, { ...published, entryKey: triggerKeyOfSource(entry), ...limits });
}

export type JourneySort = 'id' | 'name' | 'createdAt' | 'updatedAt';

/** One page of journeys and how many there are in all. */
export async function listJourneys(
  db: Database,
  requested: {
    statuses: JourneyStatus[];
    sort: JourneySort;
    descending: boolean;
    offset: number;
    limit: number;
  },
): Promise<{ rows: JourneyRow[]; total: number }> {
  const filter = inArray(journeys.status, requested.statuses);
  const direction = requested.descending ? desc : asc;
  const rows = await db
    .select()
    .from(journeys)
    .where(filter)
    .orderBy(direction(journeys[requested.sort]), direction(journeys.id))
    .offset(requested.offset)
    .limit(requested.limit);
  const [{ total }] = (await db.select({ total: count() }).from(journeys).where(filter)) as [
    { total: number },
  ];
  return { rows, total };
}

/** Newest first: the versions below `before`. */
export function listJourneyVersions(
  db: Database,
  id: number,
  { before, limit }: { before?: number; limit: number },
): Promise<JourneyVersionRow[]> {
  return db
    .select()
    .from(journeyVersions)
    .where(
      and(
        eq(journeyVersions.journeyId, id),
        before === undefined ? undefined : lt(journeyVersions.version, before),
      ),
    )
    .orderBy(desc(journeyVersions.version))
    .limit(limit);
}

export async function findJourneyVersion(
  db: Database,
  id: number,
  version: number,
): Promise<JourneyVersionRow | undefined> {
  const [row] = await db
    .select()
    .from(journeyVersions)
    .where(and(eq(journeyVersions.journeyId, id), eq(journeyVersions.version, version)));
  return row;
}

/** Those of these secrets that no version of the journey uses, by name or as the replacement of one. */
export async function secretsWithoutVersion(
  db: Database,
  id: number,
  secretIds: string[],
): Promise<string[]> {
  if (secretIds.length === 0) return [];
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
    select coalesce(secrets.replaced_by, secrets.id) as id
    from journey_versions, json_each_text(journey_versions.secrets) named
    join secrets on secrets.id = named.value
    where journey_id = ${id}
    union select named.value from journey_versions, json_each_text(journey_versions.secrets) named
    where journey_id = ${id}`,
  );
  const read = new Set(rows.map((row) => row.id));
  return secretIds.filter((secretId) => !read.has(secretId));
}
