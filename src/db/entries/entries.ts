import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { asJson, asTime, type Database, rowsOf } from '../connection/client';
import { newId } from '../connection/ids';
import type { OutboxItem, EventDeliveryItem } from '../outbox';
import { publishedDeliveries, entryEvent, participantCreated, publish } from '../event-webhooks/publish';

/** How long the accepting process has an entry to itself before any other may hand it to Temporal. */
export const HAND_OVER_MS = 30_000;

/** A new entry's id. */
export function newEntryId(): string {
  return newId('ent');
}

export interface AcceptEntry {
  entryId: string;
  journeyId: number;
  identity: Identity;
  triggerData: Record<string, unknown>;
  idempotency?: { apiKeyId: number; route: string; key: string; bodyHash: Buffer };
}

/**
 * Accepts an entry: the user's row (made if there is none, locked if there is), the entry, its place in the
 * outbox, what event webhooks are told of it and the idempotency key, in one statement. Returns what is to be handed
 * over, the entry first; undefined when nothing was stored: the journey takes no entries, the idempotency key is taken, or there are limits to look at
 * or new users that begin a journey, which takes more than a statement (`enterJourney`).
 */
export async function acceptEntry(db: Database, entry: AcceptEntry): Promise<OutboxItem[] | undefined> {
  const { entryId, journeyId, triggerData, idempotency } = entry;
  const [row] = await rowsOf<{ version: number; items: EventDeliveryItem[] }>(
    db,
    sql`
    with journey as (
      select id, published_version from journeys where id = ${journeyId} and status = 'published'
        and lifetime_limit is null and simultaneous_limit is null and suppression_list_ids = '{}'
        and not exists (select 1 from journeys where status = 'published' and entry_key = 'newUser')
      for key share of journeys
    ),
    ${idempotency ? claimKey(idempotency, { entryId }) : sql`wanted as (select * from journey)`},
    ${lockOrCreateUserSql(entry.identity)},
    accepted as (
      insert into entries (id, journey_id, version, user_id, status, trigger_data, workflow_id)
      select ${entryId}, wanted.id, wanted.published_version, who.id, 'accepted', ${asJson(triggerData)}, ${entryId}
      from wanted, who
      returning *
    ),
    queued as (
      insert into outbox (kind, ref, next_at)
      select 'entry', id, now() + ${`${HAND_OVER_MS} milliseconds`}::interval from accepted
    ),
    ${publish([participantCreated, entryEvent('journey.entered', sql`accepted`, sql`accepted, who users`, sql`now()`)])}
    select version, ${publishedDeliveries} as items from accepted`,
  );
  return row && [{ entryId, journeyId, version: row.version }, ...row.items];
}

function claimKey(idempotency: NonNullable<AcceptEntry['idempotency']>, response: object): SQL {
  const { apiKeyId, route, key, bodyHash } = idempotency;
  return sql`
    taken as (
      insert into idempotency_keys (api_key_id, route, key, body_hash, response)
      select ${apiKeyId}::int, ${route}, ${key}, ${bodyHash}::bytea, ${asJson(response)} from journey
      on conflict do nothing
      returning 1
    ),
    wanted as (select journey.* from journey, taken)`;
}

/** An identity, or what stands for its value in a prepared statement. */
type Named = Partial<Record<keyof Identity, string | Placeholder>>;

/**
 * `who`: the user of this identity with both names, made if `wanted` has a row, whose row is locked until the statement
 * commits. `made` is `fresh` unless another was just before; where not `mayMake`, nobody is made.
 */
export function lockOrCreateUserSql(identity: Named, mayMake = sql`true`): SQL {
  const byEmail = identity.email !== undefined;
  const mine = byEmail
    ? sql`lower(users.email) = lower(${identity.email})`
    : sql`users.user_id = ${identity.userId}`;
  return sql`
    found as (select users.id, users.email, users.user_id from users, wanted where ${mine} for update of users),
    made as (
      insert into users (email, user_id)
      select ${identity.email ?? null}::text, ${identity.userId ?? null}::text from wanted
      where not exists (select 1 from found) and ${mayMake}
      on conflict ${byEmail ? sql`(lower(email))` : sql`(user_id)`} do update set updated_at = users.updated_at
      returning id, email, user_id, (xmax = 0) as fresh
    ),
    who as (select * from found union all select id, email, user_id from made)`;
}

export interface StartedByClient {
  entryId: string;
  workflowId: string;
  firstRunId: string;
  journeyId: number;
  version: number;
  identity: Identity;
  triggerData: Record<string, unknown>;
  at: number;
}

/**
 * The row of an entry that a bare Temporal client started: it owns itself, and is never dispatched. Where the row is
 * there already nothing is made, nor the user again whom someone has erased since. Undefined where the journey takes no
 * entries.
 */
export async function insertStartedEntry(
  db: Database,
  entry: StartedByClient,
): Promise<EventDeliveryItem[] | undefined> {
  const at = asTime(entry.at);
  const entered = entryEvent('journey.entered', sql`started`, sql`started, who users`, at);
  const [row] = await rowsOf<{ items: EventDeliveryItem[] }>(
    db,
    sql`
    with journey as (
      select id from journeys where id = ${entry.journeyId} and status = 'published' for key share
    ),
    wanted as (select id from journey where not exists (select 1 from entries where id = ${entry.entryId})),
    ${lockOrCreateUserSql(entry.identity)},
    started as (
      insert into entries
        (id, journey_id, version, user_id, status, trigger_data, workflow_id, first_run_id, accepted_at, started_at)
      select ${entry.entryId}, wanted.id, ${entry.version}::int, who.id, 'running',
        ${asJson(entry.triggerData)}, ${entry.workflowId}, ${entry.firstRunId}, ${at}, ${at}
      from wanted, who
      on conflict do nothing
      returning *
    ),
    ${publish([participantCreated, entered])}
    select ${publishedDeliveries} as items from journey`,
  );
  return row?.items;
}

/** Names the one run that may act for an entry: the first of its chain. */
export interface Owner {
  entryId: string;
  firstRunId: string;
}

/**
 * SQL that claims the entry for its run and notes the tile it is at; it yields no row when the entry is
 * closed or another run owns it.
 */
export function claimEntrySql({ entryId, firstRunId }: Owner, tileId: string, at: number): SQL {
  return sql`
    update entries set
      first_run_id = ${firstRunId}, status = 'running', tile_id = ${tileId},
      started_at = coalesce(started_at, ${asTime(at)})
    where id = ${entryId} and ended_at is null and (first_run_id is null or first_run_id = ${firstRunId})
    returning *`;
}

/** Notes the tile an entry waits at. False when the entry is closed or another run owns it. */
export async function claimEntry(db: Database, owner: Owner, tileId: string, at: number): Promise<boolean> {
  return (await rowsOf(db, claimEntrySql(owner, tileId, at))).length > 0;
}
