import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { asJson, type Database, rowsOf } from '../connection/client';
import { inboxRequests } from '../schema';

/** The last requests that an inbox stores, for people to look at. */
const KEPT = 1_000;

export type InboxRequest = typeof inboxRequests.$inferSelect;

/**
 * Records a request and drops what an inbox has beyond its last thousand. Returns how many requests the inbox
 * has had since it was emptied, this one included (the dropped ones no longer count).
 */
export async function recordRequest(
  db: Database,
  request: { inbox: string; method: string; url: string; headers: Record<string, string>; body: Buffer },
): Promise<number> {
  const [row] = await rowsOf<{ had: number }>(
    db,
    sql`
    with dropped as (
      delete from inbox_requests where id in (
        select id from inbox_requests where inbox = ${request.inbox} order by id desc offset ${KEPT - 1})
    ),
    recorded as (
      insert into inbox_requests (inbox, method, url, headers, body)
      values (${request.inbox}, ${request.method}, ${request.url}, ${asJson(request.headers)}, ${request.body}::bytea)
    )
    select count(*) + 1 as had from inbox_requests where inbox = ${request.inbox}`,
  );
  return row!.had;
}

/** Newest first: the requests before `before`. */
export function listRequests(
  db: Database,
  inbox: string,
  { before, limit }: { before?: number; limit: number },
): Promise<InboxRequest[]> {
  return db
    .select()
    .from(inboxRequests)
    .where(
      and(eq(inboxRequests.inbox, inbox), before === undefined ? undefined : lt(inboxRequests.id, before)),
    )
    .orderBy(desc(inboxRequests.id))
    .limit(limit);
}

export async function emptyInbox(db: Database, inbox: string): Promise<void> {
  await db.delete(inboxRequests).where(eq(inboxRequests.inbox, inbox));
}
