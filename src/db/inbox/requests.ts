import { and, desc, eq, getTableColumns, lt, sql } from 'drizzle-orm';
import { asJson, type Database, rowsOf } from '../connection/client';
import { inboxRequests } from '../schema';

/** What all inboxes together store, for people to look at. Beyond it the oldest requests go first. */
export const MOST_STORED = { inboxes: 100, perInbox: 1_000, requests: 5_000, bytes: 67_108_864 };

/** Bytes of a body that a list shows. */
export const LISTED_BODY_BYTES = 2_048;

export interface InboxRequest extends Omit<typeof inboxRequests.$inferSelect, 'inbox'> {
  /** How many bytes the whole body has. */
  bodyBytes: number;
}

export interface NewInboxRequest {
  inbox: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** Records a request. Returns how many the inbox has stored, this one included; it counts no further than `countTo`. */
export async function recordRequest(
  db: Database,
  { inbox, method, url, headers, body }: NewInboxRequest,
  countTo: number,
): Promise<number> {
  const [row] = await rowsOf<{ had: number }>(
    db,
    sql`
    with recorded as (
      insert into inbox_requests (inbox, method, url, headers, body)
      values (${inbox}, ${method}, ${url}, ${asJson(headers)}, ${body}::bytea)
    )
    select count(*) + 1 as had
    from (select 1 from inbox_requests where inbox = ${inbox} limit ${countTo - 1}) as before`,
  );
  return row!.had;
}

/** Deletes what is beyond `MOST_STORED`: the oldest requests, and the inboxes that got nothing for longest. */
export async function deleteSurplusRequests(db: Database): Promise<void> {
  const { inboxes, perInbox, requests, bytes } = MOST_STORED;
  await db.execute(sql`
    with stored as (
      select id, inbox, max(id) over (partition by inbox) as newest,
        octet_length(body) + octet_length(headers::text) + octet_length(url) as bytes
      from inbox_requests
    ),
    placed as (
      select id,
        dense_rank() over (order by newest desc) as inbox_place,
        row_number() over (partition by inbox order by id desc) as place,
        row_number() over (order by id desc) as overall_place,
        sum(bytes) over (order by id desc) as bytes
      from stored
    ),
    surplus as materialized (
      select id from inbox_requests where id in (
        select id from placed
        where inbox_place > ${inboxes} or place > ${perInbox} or overall_place > ${requests} or bytes > ${bytes}
      )
      for update skip locked
    )
    delete from inbox_requests using surplus where inbox_requests.id = surplus.id`);
}

const { inbox: _inbox, body, ...columns } = getTableColumns(inboxRequests);
const bodyBytes = sql<number>`octet_length(${body})`;

/** Newest first: the requests before `before`, with the beginnings of their bodies. */
export function listRequests(
  db: Database,
  inbox: string,
  { before, limit }: { before?: number; limit: number },
): Promise<InboxRequest[]> {
  const beginning = sql<Buffer>`substring(${body} for ${LISTED_BODY_BYTES})`.mapWith(body);
  return db
    .select({ ...columns, bodyBytes, body: beginning })
    .from(inboxRequests)
    .where(
      and(eq(inboxRequests.inbox, inbox), before === undefined ? undefined : lt(inboxRequests.id, before)),
    )
    .orderBy(desc(inboxRequests.id))
    .limit(limit);
}

/** An inbox that has requests. */
export interface InboxView {
  name: string;
  requests: number;
  lastAt: Date;
}

/** The inbox with the latest request first. */
export function listInboxes(db: Database): Promise<InboxView[]> {
  const { inbox, id, receivedAt } = inboxRequests;
  return db
    .select({
      name: inbox,
      requests: sql<number>`count(*)::int`,
      lastAt: sql<Date>`max(${receivedAt})`.mapWith(receivedAt),
    })
    .from(inboxRequests)
    .groupBy(inbox)
    .orderBy(desc(sql`max(${id})`));
}

/** A request with its whole body. */
export async function findRequest(
  db: Database,
  inbox: string,
  id: number,
): Promise<InboxRequest | undefined> {
  const [row] = await db
    .select({ ...columns, bodyBytes, body })
    .from(inboxRequests)
    .where(and(eq(inboxRequests.inbox, inbox), eq(inboxRequests.id, id)));
  return row;
}

export async function emptyInbox(db: Database, inbox: string): Promise<void> {
  await db.delete(inboxRequests).where(eq(inboxRequests.inbox, inbox));
}
