import { and, asc, count, desc, eq, getTableColumns, gt, inArray, lt, sql } from 'drizzle-orm';
import { type EntrySource, triggerKeyOfSource } from '../../domain/journeys/entry-source';
import { exitKeysOf } from '../../domain/journeys/exit-rules';
import type { JourneyDefinition, JourneyStatus } from '../../domain/journeys/journey';
import type { Plan } from '../../domain/journeys/plan';
import { rulesOf } from '../../domain/journeys/reentry';
import { type Database, rowsOf } from '../connection/client';
import { journeys, journeyVersions } from '../schema';
import { aloneInTurn } from '../connection/queued-lock';
import { withExplicitId } from '../connection/explicit-id';
import { replaceDraftUses, insertUses } from '../webhooks/uses';

export type JourneyRow = typeof journeys.$inferSelect;
export type JourneyVersionRow = typeof journeyVersions.$inferSelect;

/** Creates a draft. Undefined when another journey has the requested id. */
export async function insertJourney(
  db: Database,
  { definition, secrets, creator }: Pick<JourneyRow, 'definition' | 'secrets' | 'creator'>,
  id?: number,
): Promise<JourneyRow | undefined> {
  const values = { name: definition.name, definition, secrets, creator };
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
 * The same, locked until the transaction ends. Transactions that accept entries share the lock: this waits for those
 * before it, and those behind it see the change.
 */
export async function lockJourney(db: Database, id: number): Promise<JourneyRow | undefined> {
  const [row] = await db
    .select()
    .from(journeys)
    .where(and(eq(journeys.id, id), aloneInTurn('journeys', id)))
    .for('no key update');
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

/** Changes these columns, `updatedAt` and the revision. The transaction has locked the journey's row. */
export async function updateJourney(
  db: Database,
  id: number,
  changes: Partial<Omit<JourneyRow, 'id' | 'createdAt' | 'updatedAt' | 'revision'>>,
): Promise<JourneyRow> {
  if (changes.definition !== undefined) await replaceDraftUses(db, id, changes.definition);
  const [row] = await db
    .update(journeys)
    .set({ ...changes, updatedAt: sql`now()`, revision: sql`${journeys.revision} + 1` })
    .where(eq(journeys.id, id))
    .returning();
  return row!;
}

/** The others are copies of drafts, for test runs. */
const wasPublished = gt(journeyVersions.version, 0);

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
    .where(and(eq(journeyVersions.journeyId, id), wasPublished))) as [{ last: number }];
  const version = last + 1;
  await insertVersion(db, { journeyId: id, version, definition, plan, secrets });
  const { entry, lifetimeLimit = null, simultaneousLimit = null, suppressionListIds } = definition;
  const reentry = definition.reentry ? rulesOf(definition.reentry) : null;
  const limits = { lifetimeLimit, simultaneousLimit, suppressionListIds, reentry };
  const published = { status: 'published', publishedVersion: version } as const;
  const begins = { entryKey: triggerKeyOfSource(entry), conditional: entry.where !== undefined };
  const exitKeys = exitKeysOf(definition.exitRules);
  return updateJourney(db, id, { ...published, ...begins, ...limits, exitKeys });
}

/** Inserts a version, published or for test runs. */
export async function insertVersion(
  db: Database,
  frozen: Pick<JourneyVersionRow, 'journeyId' | 'version' | 'definition' | 'plan' | 'secrets'>,
): Promise<void> {
  const exitKeys = exitKeysOf(frozen.definition.exitRules);
  await db.insert(journeyVersions).values({ ...frozen, exitKeys });
  await insertUses(db, frozen.journeyId, frozen.version, frozen.definition);
}

export type JourneySort = 'id' | 'name' | 'createdAt' | 'updatedAt';

const isPublishedVersion = and(
  eq(journeyVersions.journeyId, journeys.id),
  eq(journeyVersions.version, journeys.publishedVersion),
);

const shownName = sql`coalesce(${journeyVersions.definition} ->> 'name', ${journeys.name})`;

/** A journey, and the version that takes entries, if one was published. */
export interface ListedRow {
  row: JourneyRow;
  published: Pick<JourneyVersionRow, 'definition' | 'secrets'> | null;
  /** How many are under way, but in test runs. */
  users: number;
}

const usersUnderWay = sql<number>`(
  select count(*)::int from entries where entries.journey_id = ${journeys.id} and ended_at is null and not test)`;

/** One page of journeys and how many there are in all. */
export async function listJourneys(
  db: Database,
  requested: {
    statuses: JourneyStatus[];
    /** Part of the name, in any case. */
    name?: string;
    sort: JourneySort;
    descending: boolean;
    offset: number;
    limit: number;
  },
): Promise<{ rows: ListedRow[]; total: number }> {
  const { name } = requested;
  const filter = and(
    inArray(journeys.status, requested.statuses),
    name === undefined ? undefined : sql`strpos(lower(${shownName}), lower(${name})) > 0`,
  );
  const direction = requested.descending ? desc : asc;
  const rows = await db
    .select({
      row: getTableColumns(journeys),
      published: { definition: journeyVersions.definition, secrets: journeyVersions.secrets },
      users: usersUnderWay,
    })
    .from(journeys)
    .leftJoin(journeyVersions, isPublishedVersion)
    .where(filter)
    .orderBy(
      direction(requested.sort === 'name' ? shownName : journeys[requested.sort]),
      direction(journeys.id),
    )
    .offset(requested.offset)
    .limit(requested.limit);
  const [{ total }] = (await db
    .select({ total: count() })
    .from(journeys)
    .leftJoin(journeyVersions, isPublishedVersion)
    .where(filter)) as [{ total: number }];
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
        wasPublished,
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
