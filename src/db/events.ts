import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { keysOf, type Occurrence } from '../domain/entry-source';
import type { Identity } from '../domain/profile';
import { asJson, asTime, type Database, rowsOf } from './client';
import { userRow } from './entries';
import type { Waiting } from './outbox';
import type { EventKind } from './schema';
import { type HeldUser, startJourneys, startWithUser } from './starts';
import { holdUser } from './users';
import { deliveriesTold, participantMade, tell } from './webhookEvents';

/** Something that a user did. */
export interface NewEvent {
  kind: EventKind;
  name: string;
  dataFields: Record<string, unknown>;
  /** The caller's own id, up to 512 bytes: the same again updates the event and begins nothing. */
  externalId?: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  campaignId?: number;
  templateId?: number;
}

export interface Recorded {
  /** The caller's id of the event, or else ours. */
  id: string;
  waiting: Waiting[];
}

function newEventId(): string {
  return `evt_${Date.now().toString(36).padStart(9, '0')}${randomBytes(9).toString('hex')}`;
}

/**
 * Records an event of a user, who is made if there is none, and accepts the entries that it begins, all or nothing.
 * Where no published journey waits for it, and none for new users, one statement does.
 */
export async function trackEvent(db: Database, identity: Identity, event: NewEvent): Promise<Recorded> {
  const occurrence: Occurrence = { kind: 'event', eventName: event.name };
  const plain = await recordPlainly(db, identity, event, [...keysOf(occurrence), 'newUser']);
  if (plain !== undefined) return plain;
  return db.transaction(async (tx) => {
    const { user, created } = await holdUser(tx, identity);
    const { id, fresh } = await insertEvent(tx, user, event);
    const triggerData = { ...event.dataFields, eventName: event.name };
    const begun = fresh ? await startJourneys(tx, user, [occurrence], triggerData) : [];
    const asNew = created ? await startWithUser(tx, user) : [];
    return { id, waiting: [...begun, ...asNew] };
  });
}

/** Undefined, and nothing is stored, when a published journey waits for one of these keys. */
async function recordPlainly(
  db: Database,
  identity: Identity,
  event: NewEvent,
  keys: string[],
): Promise<Recorded | undefined> {
  const [row] = await rowsOf<Recorded>(
    db,
    sql`
    with wanted as (
      select 1 where not exists (select 1 from journeys where status = 'published' and entry_key in ${keys})
    ),
    ${userRow(identity)},
    recorded as (${insertion(event, sql`who`)} returning coalesce(external_id, events.id) as id),
    ${tell([participantMade])}
    select id, ${deliveriesTold} as waiting from recorded`,
  );
  return row;
}

/** `fresh`: whether it is no update of an event that was known. The user's row is held. */
export async function insertEvent(
  tx: Database,
  { id: userId }: Pick<HeldUser, 'id'>,
  event: NewEvent,
): Promise<{ id: string; fresh: boolean }> {
  const [row] = await rowsOf<{ id: string; fresh: boolean }>(
    tx,
    sql`
    with who as (select ${userId}::bigint as id)
    ${insertion(event, sql`who`)}
    returning coalesce(external_id, events.id) as id, (xmax = 0) as fresh`,
  );
  return row!;
}

function insertion(event: NewEvent, users: ReturnType<typeof sql>) {
  return sql`
    insert into events
      (id, external_id, user_id, kind, name, data_fields, campaign_id, template_id, created_at)
    select ${newEventId()}, ${event.externalId ?? null}::text, id, ${event.kind}, ${event.name},
      ${asJson(event.dataFields)}, ${event.campaignId ?? null}::int, ${event.templateId ?? null}::int,
      ${asTime(event.createdAt)}
    from ${users}
    on conflict (external_id) do update set
      name = excluded.name, data_fields = excluded.data_fields, campaign_id = excluded.campaign_id,
      template_id = excluded.template_id, created_at = excluded.created_at`;
}

/** An event as it is read back. */
export interface EventRow {
  id: string;
  kind: EventKind;
  name: string;
  data_fields: Record<string, unknown>;
  campaign_id: number | null;
  template_id: number | null;
  created_at: string;
}

/** The latest events of a user, newest first. */
export function listEvents(db: Database, userId: number, limit: number): Promise<EventRow[]> {
  return rowsOf(
    db,
    sql`
    select coalesce(external_id, id) as id, kind, name, data_fields, campaign_id, template_id, created_at
    from events where user_id = ${userId} order by created_at desc, id desc limit ${limit}`,
  );
}
