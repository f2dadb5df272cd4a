import { type SQL, sql } from 'drizzle-orm';
import type { Steps } from '../../domain/time/steps';
import { asTime, type Database, inMs, rowsOf } from '../connection/client';

/** The durations of so many deliveries a step are looked at. */
const MEASURED = 200;

/** The deliveries that began in one step of time. */
export interface DeliveryStep {
  /** When it begins, in ms since the epoch. */
  at: number;
  delivered: number;
  failed: number;
  pending: number;
  /** 95 of 100 requests were answered in this time, in ms; null where none was. */
  p95Ms: number | null;
}

/** What became of the deliveries of each step, of one webhook or of all. */
export function summarizeDeliveries(
  db: Database,
  { begin, length, starts }: Steps,
  webhookId: number | undefined,
): Promise<DeliveryStep[]> {
  const ofWebhook = webhookId === undefined ? undefined : sql`and webhook_id = ${webhookId}::int`;
  const duration = sql`${length}::float8 * interval '1 millisecond'`;
  const until: SQL = sql`step.at + ${duration}`;
  return rowsOf(
    db,
    sql`
    with counted as (
      select date_bin(${duration}, created_at, ${asTime(0)}) as at,
        count(*) filter (where status = 'delivered')::int as delivered,
        count(*) filter (where status = 'failed')::int as failed,
        count(*) filter (where status = 'pending')::int as pending
      from deliveries where created_at >= ${asTime(begin)} ${ofWebhook} group by 1
    )
    select ${inMs(sql`step.at`)} as at, coalesce(delivered, 0) as delivered, coalesce(failed, 0) as failed,
      coalesce(pending, 0) as pending, measured.p95 as "p95Ms"
    from generate_series(${asTime(starts[0]!)}, ${asTime(starts.at(-1)!)}, ${duration}) step (at)
    left join counted on counted.at = step.at
    left join lateral (
      select round(percentile_disc(0.95) within group (order by duration_ms))::int as p95
      from (
        select id from deliveries where created_at >= step.at and created_at < ${until} ${ofWebhook}
        order by created_at desc, id desc limit ${MEASURED}
      ) latest join attempts on delivery_id = latest.id
      where duration_ms is not null
    ) measured on counted.at is not null
    order by step.at`,
  );
}
