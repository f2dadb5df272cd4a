import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { EntryStatus, Reason, Skip } from '../../domain/entry';
import type { Database } from '../connection/client';
import { deliveries, entries, users } from '../schema';
import { emailIs } from '../users/lock';

/** An entry with its user's names (none once the user was erased) and the ids of its deliveries, in the order they began. */
export type EntryView = Awaited<ReturnType<typeof selectEntries>>[number];

/** What a tile did that sends users to another journey. */
interface SendingView {
  tileId: string;
  journeyId: number;
  entryId: string | null;
  skipped: Skip | null;
}

function selectEntries(db: Database) {
  return db
    .select({
      id: entries.id,
      journeyId: entries.journeyId,
      journeyName: sql<string>`(select name from journeys where journeys.id = ${entries.journeyId})`,
      version: sql<number | null>`nullif(greatest(${entries.version}, 0), 0)`,
      test: entries.test,
      email: users.email,
      userId: users.userId,
      status: entries.status,
      tileId: entries.tileId,
      reason: entries.reason,
      detail: entries.detail,
      startedAt: entries.startedAt,
      endedAt: entries.endedAt,
      workflowId: entries.workflowId,
      firstRunId: entries.firstRunId,
      deliveries: sql<string[]>`(
        select coalesce(json_agg(own.id order by own.created_at, own.id), '[]')
        from deliveries own where own.entry_id = ${entries.id})`,
      sentBy: sql<
        string | null
      >`(select came.entry_id from hand_offs came where came.sent_to = ${entries.id})`,
      sentTo: sql<SendingView[]>`(
        select coalesce(json_agg(json_build_object(
          'tileId', tile_id, 'journeyId', journey_id, 'entryId', sent_to, 'skipped', skipped
        ) order by created_at), '[]')
        from hand_offs sent where sent.entry_id = ${entries.id})`,
    })
    .from(entries)
    .leftJoin(users, eq(users.id, entries.userId))
    .$dynamic();
}

export interface EntryFilter {
  journeyId?: number;
  /** With a delivery of this webhook. */
  webhookId?: number;
  email?: string;
  userId?: string;
  status?: EntryStatus;
  /** Where the entry is, or where it ended. */
  tileId?: string;
  /** Only test runs, or none. */
  test?: boolean;
  /** Why it ended. */
  reason?: Reason;
}

/** Newest first: the entries before `before`. */
export async function listEntries(
  db: Database,
  { journeyId, webhookId, email, userId, status, tileId, test, reason }: EntryFilter,
  { before, limit }: { before?: string; limit: number },
): Promise<EntryView[]> {
  return selectEntries(db)
    .where(
      and(
        journeyId === undefined ? undefined : eq(entries.journeyId, journeyId),
        webhookId === undefined ? undefined : inArray(entries.id, calledBy(db, webhookId)),
        email === undefined ? undefined : emailIs(email),
        userId === undefined ? undefined : eq(users.userId, userId),
        status === undefined ? undefined : eq(entries.status, status),
        tileId === undefined ? undefined : eq(entries.tileId, tileId),
        test === undefined ? undefined : eq(entries.test, test),
        reason === undefined ? undefined : eq(entries.reason, reason),
        before === undefined ? undefined : lt(entries.id, before),
      ),
    )
    .orderBy(desc(entries.id))
    .limit(limit);
}

/** The entries for which a webhook was called, as a part of another query. */
function calledBy(db: Database, webhookId: number) {
  return db.select({ id: deliveries.entryId }).from(deliveries).where(eq(deliveries.webhookId, webhookId));
}

export async function findEntry(db: Database, id: string): Promise<EntryView | undefined> {
  const [row] = await selectEntries(db).where(eq(entries.id, id));
  return row;
}

/** What templates read of an entry, beside the profile. */
export async function findEntryData(db: Database, id: string) {
  const [row] = await db
    .select({
      journeyId: entries.journeyId,
      email: users.email,
      userId: users.userId,
      triggerData: entries.triggerData,
      liveData: entries.liveData,
    })
    .from(entries)
    .leftJoin(users, eq(users.id, entries.userId))
    .where(eq(entries.id, id));
  return row;
}
