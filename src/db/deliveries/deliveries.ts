import { createHash } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { DeliveryStatus } from '../../domain/webhooks/delivery';
import type { Reason } from '../../domain/entry';
import type { Profile } from '../../domain/users/profile';
import { asTime, type Database, inMs } from '../connection/client';
import { prepared, slotsOf } from '../connection/prepared';
import { type Claimant, claimEntrySql, IS_OPEN, type Owner } from '../entries/entries';
import { callbacksOf, insertCallbackSql } from './callbacks';

/** One visit of one tile by one entry: what a delivery belongs to. */
export interface TileVisit extends Owner {
  tileId: string;
  /** From 1; in a cycle an entry visits a tile more than once. */
  visit: number;
}

/**
 * The delivery's id, which is also its `webhook-id`. It derives from the entry and the tile visit, so that it stays the
 * same after a crash, a reset or a redrive.
 */
export function deliveryIdOf({ entryId, tileId, visit }: TileVisit): string {
  return `dlv_${createHash('sha256').update(`${entryId}/${tileId}/${visit}`).digest('hex').slice(0, 32)}`;
}

/** The progress of a delivery, of a tile or of an event. */
export interface DeliveryState {
  status: DeliveryStatus;
  reason: Reason | null;
  detail: string | null;
  generation: number;
  /** The request as first rendered, sealed. */
  request: Buffer | null;
  /** Attempts of this generation that closed with an outcome to retry. */
  attemptsUsed: number;
  /** The reason of the last of them. */
  lastRetryReason: Reason | null;
  /** The attempts without a saved result. */
  open: OpenAttempt[];
  /** When the next request is due after the last one that is to be repeated, in ms since the epoch. */
  nextAttemptAt: number | null;
  /** The number of this generation's last attempt; 0 when there is none. */
  lastNumber: number;
}

export interface OpenAttempt {
  number: number;
  /** In ms since the epoch. */
  startedAt: number;
}

/** Everything that a tile's request is rendered from, and the progress of its delivery. */
export interface DeliveryContext {
  journeyId: number;
  version: number;
  /** Whether the entry is a test run. */
  test: boolean;
  triggerData: Record<string, unknown>;
  liveData: Record<string, unknown> | null;
  /** What ended the entry's waits, by the name of the tile. */
  events: Record<string, unknown> | null;
  /** What endpoints sent when they called back, by tile. */
  callbacks: Record<string, unknown> | null;
  email: string | null;
  userId: string | null;
  /** Wayhook's own id of the user, which no update changes. */
  profileId: string;
  profile: Profile;
  /** Absent before the first attempt. */
  delivery: DeliveryState | null;
}

/**
 * Claims the entry for its run, records its tile, and reads everything that its delivery needs, in one round trip.
 * Undefined when the entry is closed or belongs to another run: then nothing may be sent.
 */
export async function beginDelivery(
  db: Database,
  visit: TileVisit & Claimant,
  at: number,
): Promise<DeliveryContext | undefined> {
  const { entryId, firstRunId, workflowId, tileId } = visit;
  const owner = { entryId, firstRunId, workflowId };
  const values = { ...owner, tileId, deliveryId: deliveryIdOf(visit), at: new Date(at).toISOString() };
  const [row] = await begin(db, values);
  return row && contextOf(row);
}

const value = (name: string) => sql.placeholder(name);

const OWNER = slotsOf('entryId', 'firstRunId', 'workflowId');

type BeginValues = Record<keyof typeof OWNER | 'tileId' | 'deliveryId' | 'at', string>;

const begin = prepared<ContextRow, BeginValues>(sql`
    with claimed_entry as (${claimEntrySql(OWNER, value('tileId'), value('at'), { counting: 'arrival' })})
    select claimed_entry.journey_id, claimed_entry.version, claimed_entry.test, claimed_entry.trigger_data,
      claimed_entry.live_data, claimed_entry.events,
      ${callbacksOf(sql`claimed_entry.id`)} as callbacks,
      users.id as user, users.email, users.user_id, users.data_fields,
      delivery.status, delivery.reason, delivery.detail, delivery.generation, delivery.request,
      so_far.attempts_used, so_far.last_number, so_far.last_retry_reason, so_far.open, so_far.next_attempt_at
    from claimed_entry
    join users on users.id = claimed_entry.user_id
    left join deliveries delivery on delivery.id = ${value('deliveryId')}
    ${joinAttemptsSoFar(sql`delivery`)}`);

/** SQL that joins `so_far`: a summary of the attempts of `delivery`, a row of `deliveries`. */
export function joinAttemptsSoFar(delivery: SQL): SQL {
  return sql`
    left join lateral (
      select count(*) filter (where outcome = 'retry') as attempts_used, coalesce(max(number), 0) as last_number,
        (array_agg(reason order by number desc) filter (where outcome = 'retry'))[1] as last_retry_reason,
        coalesce(json_agg(json_build_object('number', number, 'startedAt', ${inMs(sql`started_at`)}))
          filter (where outcome is null), '[]') as open,
        ${inMs(sql`max(next_attempt_at)`)} as next_attempt_at
      from attempts where delivery_id = ${delivery}.id and attempts.generation = ${delivery}.generation
    ) so_far on true`;
}

interface ContextRow {
  journey_id: number;
  version: number;
  test: boolean;
  trigger_data: Record<string, unknown>;
  live_data: Record<string, unknown> | null;
  events: Record<string, unknown> | null;
  callbacks: Record<string, unknown> | null;
  user: number;
  email: string | null;
  user_id: string | null;
  data_fields: Profile;
  status: DeliveryStatus | null;
  reason: Reason | null;
  detail: string | null;
  generation: number;
  request: Uint8Array | null;
  attempts_used: number;
  last_number: number;
  last_retry_reason: Reason | null;
  open: OpenAttempt[];
  next_attempt_at: number | null;
}

function contextOf(row: ContextRow): DeliveryContext {
  return {
    journeyId: row.journey_id,
    version: row.version,
    test: row.test,
    triggerData: row.trigger_data,
    liveData: row.live_data,
    events: row.events,
    callbacks: row.callbacks,
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
      attemptsUsed: row.attempts_used,
      lastNumber: row.last_number,
      lastRetryReason: row.last_retry_reason,
      open: row.open,
      nextAttemptAt: row.next_attempt_at,
    },
  };
}

export interface AttemptKey {
  deliveryId: string;
  generation: number;
  number: number;
}

/** What the first attempt stores of a delivery. */
export interface NewDelivery {
  journeyId: number;
  webhookId: number | null;
  /** Sealed. */
  request: Buffer | null;
  /** Of the address that the request carries, where its endpoint may call back. */
  tokenHash?: Buffer;
  at: number;
}

/**
 * Inserts an attempt's row and, at the first attempt, the delivery's row with the sealed request. False when the entry
 * was closed in the meantime: then nothing is inserted, and nothing may be sent.
 */
export async function openAttempt(
  db: Database,
  visit: TileVisit,
  attempt: AttemptKey,
  delivery: NewDelivery,
): Promise<boolean> {
  const { tokenHash } = delivery;
  const open = tokenHash ? openWithCallback : openPlain;
  const opened = await open(db, {
    ...attempt,
    ...{ entryId: visit.entryId, firstRunId: visit.firstRunId, tileId: visit.tileId, visit: visit.visit },
    ...{ journeyId: delivery.journeyId, webhookId: delivery.webhookId, request: delivery.request, tokenHash },
    at: new Date(delivery.at).toISOString(),
  });
  return opened.length > 0;
}

type OpenValues = TileVisit &
  AttemptKey &
  Omit<NewDelivery, 'at' | 'tokenHash'> & { tokenHash: Buffer | undefined; at: string };

/** Locks the entry if it is open and this run's: until the statement ends it cannot be closed or erased. */
const openSql = (callback?: SQL) =>
  prepared<object, OpenValues>(sql`
    with open_entry as (
      select id from entries where id = ${value('entryId')} and ${IS_OPEN} and first_run_id = ${value('firstRunId')}
      for no key update
    ),
    inserted_delivery as (
      insert into deliveries
        (id, entry_id, journey_id, tile_id, visit, webhook_id, generation, status, request, created_at)
      select ${value('deliveryId')}, ${value('entryId')}, ${value('journeyId')}::int, ${value('tileId')}, ${value('visit')}::int,
        ${value('webhookId')}::int, ${value('generation')}::int, 'pending', ${value('request')}::bytea, ${asTime(value('at'))}
      from open_entry
      on conflict do nothing
      returning id, entry_id, tile_id, visit
    )${callback && sql`, inserted_callback as (${callback})`}
    insert into attempts (delivery_id, generation, number, started_at)
    select ${value('deliveryId')}, ${value('generation')}::int, ${value('number')}::int, ${asTime(value('at'))} from open_entry
    returning 1`);

const openPlain = openSql();
const openWithCallback = openSql(insertCallbackSql(sql`inserted_delivery`, value('tokenHash')));
