import { type SQL, sql } from 'drizzle-orm';
import { type Callback, CALLBACK_ARMS, type CallbackStatus } from '../../domain/webhooks/callback';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import type { Slot } from '../connection/prepared';
import type { EnqueuingDatabase } from '../enqueue';
import { enqueueSql } from '../outbox';
import { IS_OPEN, type Owner } from '../entries/entries';
import type { Names } from '../users/lock';
import { WAIT_ID, waitIdOf } from '../waits/wait-id';

/*
 * Callbacks: the endpoint of a request calls the address that the request carried. One row has all that decides who was
 * first, a call or the end of the wait; each change of it looks at the row as it is once it is locked.
 */

/** One visit at the tile whose request carried an address. */
interface AwaitingVisit extends Owner {
  tileId: string;
  visit: number;
}

/** SQL that stores the address of a new delivery: a row of `delivery`, with its id, entry, tile and visit. */
export function insertCallbackSql(delivery: SQL, tokenHash: Slot<Buffer>): SQL {
  return sql`
      insert into callbacks (id, delivery_id, entry_id, tile_id, token_hash)
      select ${WAIT_ID}, id, entry_id, tile_id, ${tokenHash}::bytea from ${delivery}`;
}

/** SQL for the end of a delivery: the user waits for a call, for so long, or for none. */
export function endCallbackSql(
  deliveryId: string,
  awaitsMs: number | undefined,
  at: number,
  ifTrue: SQL,
): SQL {
  const change =
    awaitsMs === undefined
      ? sql`left_at = case when called_at is null then ${asTime(at)} end`
      : sql`due_at = coalesce(due_at, ${asTime(at + awaitsMs)})`;
  return sql`update callbacks set ${change} where delivery_id = ${deliveryId} and left_at is null and ${ifTrue}`;
}

/** json: what endpoints sent when they called back, by tile, of the entry with this id. */
export function callbacksOf(entryId: SQL): SQL {
  return sql`(
        select json_object_agg(tile_id, data) from (
          select distinct on (tile_id) tile_id, data from callbacks
          where entry_id = ${entryId} and data is not null order by tile_id, called_at desc) latest)`;
}

export interface CallbackState {
  /** Whether the endpoint has said that it will call. */
  awaited: boolean;
  /** Null until it has called. */
  status: CallbackStatus | null;
}

export async function readCallback(db: Database, deliveryId: string): Promise<CallbackState> {
  const [row] = await rowsOf<CallbackState>(
    db,
    sql`select due_at is not null as awaited, status from callbacks where delivery_id = ${deliveryId}`,
  );
  return row ?? { awaited: false, status: null };
}

/**
 * Ends the wait of a visit whose time is up, unless the endpoint has called: then its call counts. Null without a call.
 */
export async function leaveCallback(
  db: Database,
  { firstRunId, ...visit }: AwaitingVisit,
  at: number,
): Promise<CallbackStatus | null> {
  const [row] = await rowsOf<{ status: CallbackStatus | null }>(
    db,
    sql`
    update callbacks set left_at = case when called_at is null then coalesce(left_at, ${asTime(at)}) end
    from entries
    where callbacks.id = ${waitIdOf(visit)} and entries.id = callbacks.entry_id and first_run_id = ${firstRunId}
    returning callbacks.status`,
  );
  return row?.status ?? null;
}

/** The delivery that a token belongs to, and the webhook whose secrets sign its call. */
export async function findCallback(
  db: Database,
  tokenHash: Buffer,
): Promise<{ deliveryId: string; webhookId: number | null } | undefined> {
  const [row] = await rowsOf<{ deliveryId: string; webhookId: number | null }>(
    db,
    sql`
    select delivery_id as "deliveryId", webhook_id as "webhookId"
    from callbacks join deliveries on deliveries.id = delivery_id where token_hash = ${tokenHash}::bytea`,
  );
  return row;
}

/** The names of the user to whom a tile's delivery belongs. */
export async function userOfDelivery(db: Database, deliveryId: string): Promise<Names | undefined> {
  const [row] = await rowsOf<{ email: string | null; userId: string | null }>(
    db,
    sql`
    select email, users.user_id as "userId" from deliveries
    join entries on entries.id = entry_id join users on users.id = entries.user_id
    where deliveries.id = ${deliveryId}`,
  );
  return row && { email: row.email ?? undefined, userId: row.userId ?? undefined };
}

/** What became of a call: `used`, it was called before; `late`, the user waits no more. */
export type CallOutcome = 'taken' | 'used' | 'late';

/**
 * Takes the first call of a delivery, and enqueues the signal that ends the wait. Before the answer to the request is
 * stored nobody waits: whoever stores it finds the call.
 */
export async function takeCallback(
  db: EnqueuingDatabase,
  deliveryId: string,
  { status, data }: Callback,
  at: number,
): Promise<CallOutcome> {
  const [taken] = await rowsOf<{ id: string; waits: boolean; workflowId: string }>(
    db,
    sql`
    with taken as (
      update callbacks set
        called_at = ${asTime(at)}, status = ${status}, data = ${data === undefined ? sql`null` : asJson(data)}
      from entries
      where delivery_id = ${deliveryId} and called_at is null and left_at is null
        and (due_at is null or due_at > ${asTime(at)}) and entries.id = callbacks.entry_id and ${IS_OPEN}
      returning callbacks.id, due_at is not null as waits, workflow_id
    ),
    woken as (${enqueueSql('wake', sql`taken where waits`, 'thisProcess')})
    select id, waits, workflow_id as "workflowId" from taken`,
  );
  if (taken === undefined) {
    // A statement of its own: the one above does not see what it waited for.
    const { status: earlier } = await readCallback(db, deliveryId);
    return earlier === null ? 'late' : 'used';
  }
  const { id: waitId, waits, workflowId } = taken;
  if (waits) db.enqueued.push({ waitId, workflowId, arm: 1 + CALLBACK_ARMS.indexOf(status) });
  return 'taken';
}
