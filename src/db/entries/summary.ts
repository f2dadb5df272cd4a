import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../connection/client';

/** So many journeys are answered. */
const MOST = 200;

/** The users who are under way in a journey. */
export interface UnderWay {
  journeyId: number;
  journeyName: string;
  users: number;
  /** Those of them whose request is repeated. */
  retrying: number;
}

/** Who is under way, in all and by journey: those with requests that are repeated first. Test runs are not counted. */
export async function summarizeEntries(
  db: Database,
): Promise<{ users: number; retrying: number; journeys: UnderWay[] }> {
  const [row] = await rowsOf<{ users: number; retrying: number; journeys: UnderWay[] }>(
    db,
    sql`
    with open as (
      select journey_id, count(*)::int as users from entries where ended_at is null and not test group by 1
    ),
    repeated as (
      select deliveries.journey_id, count(distinct entry_id)::int as retrying
      from deliveries join entries on entries.id = entry_id
      where deliveries.status = 'pending' and not test and exists (
        select 1 from attempts where delivery_id = deliveries.id and outcome = 'retry'
          and attempts.generation = deliveries.generation)
      group by 1
    ),
    under_way as (
      select open.journey_id, users, coalesce(retrying, 0) as retrying from open left join repeated using (journey_id)
    )
    select coalesce(sum(users), 0)::int as users, coalesce(sum(retrying), 0)::int as retrying,
      (select coalesce(json_agg(json_build_object(
          'journeyId', journey_id, 'journeyName', name, 'users', users, 'retrying', retrying
        ) order by retrying desc, users desc, journey_id), '[]')
      from (select * from under_way order by retrying desc, users desc, journey_id limit ${MOST}) first
      join journeys on journeys.id = first.journey_id) as journeys
    from under_way`,
  );
  return row!;
}
