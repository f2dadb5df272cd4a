import { sql } from 'drizzle-orm';

/* What stays known of entries that were deleted by age: of each user, journey and key how many, and the last times. */

export const PAST_COLUMNS = sql.raw(
  'user_id, journey_id, reentry_key, count, last_entered_at, last_ended_at',
);

/** SQL behind an insert into `past_entries known`. */
export const ADD_TO_PAST = sql`
      on conflict (user_id, journey_id, reentry_key) do update set
        count = known.count + excluded.count,
        last_entered_at = greatest(known.last_entered_at, excluded.last_entered_at),
        last_ended_at = greatest(known.last_ended_at, excluded.last_ended_at)`;
