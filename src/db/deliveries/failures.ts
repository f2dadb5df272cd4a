import { sql } from 'drizzle-orm';
import type { Reason } from '../../domain/entry';
import { asTime, type Database, inMs, rowsOf } from '../connection/client';

/** So many failures are read, the latest ones, and so many groups answered. */
const MOST_READ = 50_000;
const MOST_GROUPS = 200;

/** Deliveries of one webhook that failed for one reason. Times are in ms since the epoch. */
export interface FailureGroup {
  webhookId: number | null;
  eventWebhookId: number | null;
  webhookName: string | null;
  /** Of an inline webhook, which has no id. */
  journeyId: number | null;
  journeyName: string | null;
  tileId: string | null;
  reason: Reason;
  count: number;
  firstAt: number;
  lastAt: number;
  lastDeliveryId: string;
  /** How many users exited their journey because of it. */
  exited: number;
}

/**
 * What failed of the deliveries that began since a time, the most frequent first, without test runs. `since` is later
 * than asked for where there are too many.
 */
export async function groupFailures(
  db: Database,
  since: number,
): Promise<{ failures: FailureGroup[]; since: number }> {
  const [row] = await rowsOf<{ failures: FailureGroup[]; read: number; oldest: number | null }>(
    db,
    sql`
    with failed as materialized (
      select id, entry_id, webhook_id, event_webhook_id, journey_id, tile_id, reason, created_at, ended_at
      from deliveries where status = 'failed' and created_at >= ${asTime(since)}
      order by created_at desc limit ${MOST_READ}
    ),
    groups as (
      select failed.webhook_id, failed.event_webhook_id, failed.reason,
        case when webhook_id is null then failed.journey_id end as journey_id,
        case when webhook_id is null then failed.tile_id end as tile_id,
        count(*)::int as count, min(failed.ended_at) as first_at, max(failed.ended_at) as last_at,
        (array_agg(failed.id order by failed.ended_at desc, failed.id))[1] as last_id,
        count(distinct entries.id) filter (
          where entries.status = 'exited' and entries.tile_id = failed.tile_id and entries.reason = failed.reason
        )::int as exited
      from failed left join entries on entries.id = failed.entry_id
      where entries.test is not true
      group by 1, 2, 3, 4, 5
      order by count desc, last_at desc limit ${MOST_GROUPS}
    )
    select (select count(*)::int from failed) as read, (select ${inMs(sql`min(created_at)`)} from failed) as oldest,
      coalesce((select json_agg(json_build_object(
        'webhookId', webhook_id, 'eventWebhookId', event_webhook_id, 'webhookName', coalesce(webhooks.name, event_webhooks.name),
        'journeyId', journey_id, 'journeyName', journeys.name, 'tileId', tile_id, 'reason', reason, 'count', count,
        'firstAt', ${inMs(sql`first_at`)}, 'lastAt', ${inMs(sql`last_at`)}, 'lastDeliveryId', last_id, 'exited', exited
      ) order by count desc, last_at desc) from groups
        left join webhooks on webhooks.id = webhook_id
        left join event_webhooks on event_webhooks.id = event_webhook_id
        left join journeys on journeys.id = journey_id), '[]') as failures`,
  );
  const { failures, read, oldest } = row!;
  return { failures, since: read < MOST_READ ? since : oldest! };
}
