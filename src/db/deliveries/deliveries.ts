import { createHash } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { DeliveryStatus } from '../../domain/webhooks/delivery';
import type { Reason } from '../../domain/entry';
import type { Profile } from '../../domain/users/profile';
import { asTime, type Database, rowsOf } from '../connection/client';
import { claimEntrySql, type Owner } from '../entries/entries';

/** One visit of one tile by one entry: what a delivery belongs to. */
export interface TileVisit extends Owner {
  tileId: string;
  /** From 1; a cycle comes to a tile more than once. */
  visit: number;
}

/**
 * The delivery's id, which is its `webhook-id` too: it follows from the entry and the tile visit, so that a
 * crash, a reset or a redrive speaks of the same delivery.
 */
export function deliveryIdOf({ entryId, tileId, visit }: TileVisit): string {
  return `dlv_${createHash('sha256').update(`${entryId}/${tileId}/${visit}`).digest('hex').slice(0, 32)}`;
}

/** What came so far of a delivery, of a tile's or of an event's. */
export interface DeliveryState {
  status: DeliveryStatus;
  reason: Reason | null;
  detail: string | null;
  generation: number;
  request: Buffer | null;
  /** Attempts that closed with an answer to be retried, in this generation. */
  counted: number;
  /** Why the last of them was to be retried. */
  lastReason: Reason | null;
  /** Attempts whose answer is not written down. */
  openNumbers: number[];
  /** The number of the last attempt, in this generation; 0 when there is none. */
  lastNumber: number;
}

/** All that a delivery needs to know before it renders, and what came of it so far. */
export interface DeliveryContext {
  journeyId: number;
  version: number;
  triggerData: Record<string, unknown>;
  liveData: Record<string, unknown> | null;
  email: string | null;
  userId: string | null;
  /** Our own name for the user, which no update changes. */
  profileId: string;
  profile: Profile;
  /** Absent before the first attempt. */
  delivery: DeliveryState | null;
}

/**
 * Claims the entry for its run, notes its tile, and reads everything a delivery is made of, in one round trip.
 * Undefined when the entry is closed or belongs to another run: then nothing may be sent.
 */
export async function beginDelivery(
  db: Database,
  visit: TileVisit,
  at: number,
): Promise<DeliveryContext | undefined> {
  const [row] = await rowsOf<ContextRow>(
    db,
    sql`
    with mine as (${claimEntrySql(visit, visit.tileId, at)})
    select mine.journey_id, mine.version, mine.trigger_data, mine.live_data,
      users.id as user, users.email, users.user_id, users.data_fields,
      made.status, made.reason, made.detail, made.generation, made.request,
      past.counted, past.last_number, past.last_reason, past.open_numbers
    from mine
    join users on users.id = mine.user_id
    left join deliveries made on made.id = ${deliveryIdOf(visit)}
    ${joinAttemptsSoFar(sql`made`)}`,
  );
  return row && contextOf(row);
}

/** SQL that joins `past`, what was sent so far of the delivery that `made` names. */
export function joinAttemptsSoFar(made: SQL): SQL {
  return sql`
    left join lateral (
      select count(*) filter (where outcome = 'retry') as counted, coalesce(max(number), 0) as last_number,
        (array_agg(reason order by number desc) filter (where outcome = 'retry'))[1] as last_reason,
        coalesce(json_agg(number) filter (where outcome is null), '[]') as open_numbers
      from attempts where delivery_id = ${made}.id and attempts.generation = ${made}.generation
    ) past on true`;
}

interface ContextRow {
  journey_id: number;
  version: number;
  trigger_data: Record<string, unknown>;
  live_data: Record<string, unknown> | null;
  user: number;
  email: string | null;
  user_id: string | null;
  data_fields: Profile;
  status: DeliveryStatus | null;
  reason: Reason | null;
  detail: string | null;
  generation: number;
  request: Uint8Array | null;
  counted: number;
  last_number: number;
  last_reason: Reason | null;
  open_numbers: number[];
}

function contextOf(row: ContextRow): DeliveryContext {
  return {
    journeyId: row.journey_id,
    version: row.version,
    triggerData: row.trigger_data,
    liveData: row.live_data,
    email: row.email,
    userId: row.user_id,
    profileId: `usr_${row.user}`,
    profile: row.data_fields,
    delivery: row.status && {
      status: row.status,
      reason: row.reason,
      detail: row.detail,
      generation: row.generation,
      request: row.request && Buffer.from(row.request),
      counted: row.counted,
      lastNumber: row.last_number,
      lastReason: row.last_reason,
      openNumbers: row.open_numbers,
    },
  };
}

export interface AttemptKey {
  deliveryId: string;
  generation: number;
  number: number;
}

/**
 * Opens an attempt's row, and the delivery's with the sealed request at the first one. False when the entry was
 * closed since the delivery began: then nothing is kept, and nothing may be sent.
 */
export async function openAttempt(
  db: Database,
  visit: TileVisit,
  attempt: AttemptKey,
  made: { journeyId: number; webhookId: number | null; request: Buffer | null; at: number },
): Promise<boolean> {
  const opened = await rowsOf(
    db,
    sql`
    with mine as (${openEntry(visit)}),
    made as (
      insert into deliveries
        (id, entry_id, journey_id, tile_id, visit, webhook_id, generation, status, request, created_at)
      select ${attempt.deliveryId}, ${visit.entryId}, ${made.journeyId}::int, ${visit.tileId}, ${visit.visit}::int,
        ${made.webhookId}::int, ${attempt.generation}::int, 'pending', ${made.request}::bytea, ${asTime(made.at)}
      from mine
      on conflict do nothing
    )
    insert into attempts (delivery_id, generation, number, started_at)
    select ${attempt.deliveryId}, ${attempt.generation}::int, ${attempt.number}::int, ${asTime(made.at)} from mine
    returning 1`,
  );
  return opened.length > 0;
}

/** SQL that locks the entry while it is open and this run's: nobody closes or erases it until the statement ends. */
function openEntry({ entryId, firstRunId }: Owner): SQL {
  return sql`
    select id from entries where id = ${entryId} and ended_at is null and first_run_id = ${firstRunId}
    for no key update`;
}
