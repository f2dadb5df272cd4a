import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../src/db/connection/client';
import { acceptEntriesSql, newEntryId } from '../../src/db/entries/insert';
import type { Parts } from './parts';
import { until } from './processes';

/* A journey with many users who are held for long, each at one of three tiles. */

const TILES = {
  wait: { id: 'wait', type: 'waitFor', for: [{ event: 'go' }], timeout: '30 days' },
  delay: { id: 'delay', type: 'delay', for: '30 days' },
  leaving: { id: 'leaving', type: 'delay', for: '30 days' },
};
export type Place = keyof typeof TILES;

export interface Parking {
  journeyId: number;
  /** The entries at each tile. */
  ids: Record<Place, string[]>;
  /** Sends so many new users in, most of them to the first two tiles, and waits until all are held. */
  park: (users: number) => Promise<void>;
}

/** One user in so many is held at the third tile. */
const LEAVING_EVERY = 20;

const PARKED_WITHIN_MS = 3_600_000;

/** `look` is called again and again until all are held. */
export async function openParking({ api, db }: Parts, look: () => void): Promise<Parking> {
  const ids: Record<Place, string[]> = { wait: [], delay: [], leaving: [] };
  const [first, ...others] = Object.values(TILES).map((tile) => ({ name: 'Parked', tiles: [tile] }));
  const { id: journeyId } = (await api.post('/api/journeys', first!)) as { id: number };
  await api.post(`/api/journeys/${journeyId}/publish`, {});
  for (const version of others) {
    await api.put(`/api/journeys/${journeyId}`, version);
    await api.post(`/api/journeys/${journeyId}/publish`, {});
  }
  let parked = 0;
  return {
    journeyId,
    ids,
    async park(users) {
      const leaving = Math.ceil(users / LEAVING_EVERY);
      const delayed = Math.floor((users - leaving) / 2);
      const counts = { wait: users - leaving - delayed, delay: delayed, leaving };
      for (const [index, place] of (Object.keys(TILES) as Place[]).entries()) {
        ids[place].push(...(await acceptUsers(db, { journeyId, version: index + 1 }, counts[place])));
      }
      parked += users;
      const areHeld = async () => {
        look();
        return (await countHeld(db, journeyId)) === parked;
      };
      await until('all users are held', areHeld, { withinMs: PARKED_WITHIN_MS, everyMs: 250 });
    },
  };
}

/** Accepts an entry for each of so many new users, as a trigger does, but all in one statement. Returns their ids. */
async function acceptUsers(
  db: Database,
  { journeyId, version }: { journeyId: number; version: number },
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, newEntryId);
  const values = {
    id: sql`users.user_id`,
    journeyId: sql`${journeyId}::int`,
    version: sql`${version}::int`,
    userId: sql`users.id`,
    triggerData: sql`'{}'::json`,
  };
  const made = sql`made users`;
  await db.execute(sql`
    with made as (insert into users (user_id) select unnest(${sql.param(ids)}::text[]) returning *),
    ${acceptEntriesSql(values, made, { users: made })}
    select 1`);
  return ids;
}

async function countHeld(db: Database, journeyId: number): Promise<number> {
  const [row] = await rowsOf<{ held: number }>(
    db,
    sql`select count(*) as held from entries
      where journey_id = ${journeyId} and tile_id is not null and ended_at is null`,
  );
  return row!.held;
}

/** Visits of each of so many users who have been through a journey of their own. */
const VISITS = 50;

const USERS_AT_ONCE = 2_000;

/** What another journey has left behind. Returns how many steps that is. */
export async function insertOtherSteps({ api, db }: Parts, users: number): Promise<number> {
  const journeyId = await api.publish({ endpoint: 'http://127.0.0.1:1' });
  for (let from = 1; from <= users; from += USERS_AT_ONCE) {
    await db.execute(sql`
      with made as (
        insert into users (user_id) select 'other-' || n
        from generate_series(${from}::int, ${Math.min(users, from + USERS_AT_ONCE - 1)}::int) n returning *
      ),
      ended as (
        insert into entries (id, journey_id, version, user_id, status, workflow_id, ended_at)
        select user_id, ${journeyId}::int, 1, id, 'completed', user_id, now() from made returning *
      )
      insert into steps (entry_id, tile_id, visit, journey_id, version, at, left_at, way)
      select id, 'tile', visit, journey_id, version, now(), now(), 'next'
      from ended, generate_series(1, ${VISITS}::int) visit`);
  }
  await db.execute(sql`analyze`);
  return users * VISITS;
}
