import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../src/db/connection/client';
import { openEndpoint } from './support/endpoint';
import { megabytes } from './support/memory';
import { startParts } from './support/parts';
import { until } from './support/processes';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

const DELIVERED = 2_000;
const MOST_MB = 150;
const LONGEST_MS = 1_800_000;

/** The most that a job accepts between two checks: a page, and what may be in the outbox meanwhile. */
const BETWEEN_CHECKS = 1_000;

/** A list of `count` users of its own. */
async function insertList(db: Database, count: number): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    db,
    sql`insert into lists (name, description) values ('Benchmark', '') returning id`,
  );
  const listId = row!.id;
  for (let from = 1; from <= count; from += 10_000) {
    await db.execute(sql`
      with made as (
        insert into users (email) select ${`list-${listId}-`} || n || '@example.com'
        from generate_series(${from}::int, ${Math.min(count, from + 9_999)}::int) n returning id
      )
      insert into list_users (list_id, user_id) select ${listId}::int, id from made`);
  }
  return listId;
}

/** Counts a journey's entries, and the users who have any. */
async function enteredIn(db: Database, journeyId: number): Promise<{ entries: number; users: number }> {
  const [row] = await rowsOf<{ entries: number; users: number }>(
    db,
    sql`select count(*) as entries, count(distinct user_id) as users from entries where journey_id = ${journeyId}`,
  );
  return row!;
}

/** A long list, with the outbox emptied as fast as it fills: the speed of the server alone. */
async function acceptLong(count: number): Promise<Row[]> {
  const parts = await startParts(0);
  const { db, api } = parts;
  try {
    const journeyId = await api.publish({ endpoint: 'http://127.0.0.1:1' });
    const listId = await insertList(db, count);
    const idle = megabytes(parts.serverPid());
    const began = performance.now();
    const jobId = await api.triggerList(journeyId, listId);
    const middle = Math.max(1, count / 2 - BETWEEN_CHECKS);
    let killedAt: number | undefined;
    let most = 0;
    await until(
      'the job ends',
      async () => {
        most = Math.max(most, megabytes(parts.serverPid()));
        const [job] = await rowsOf<{ done: number; state: string }>(
          db,
          sql`select done, state from jobs where id = ${jobId}`,
        );
        if (killedAt === undefined && job!.done >= middle) {
          killedAt = job!.done;
          await parts.killServer();
          await parts.startServer();
        }
        await db.execute(sql`delete from outbox where kind <> 'job'`);
        return job!.state === 'completed';
      },
      { withinMs: LONGEST_MS, everyMs: 100 },
    );
    const { entries, users } = await enteredIn(db, journeyId);
    return [
      reported(`entries of a list of ${count}, the server killed in the middle`, entries),
      atMost('entries when it was killed', count - 1, killedAt!),
      exactly('users lost', 0, count - users),
      exactly('users twice', 0, entries - users),
      reported('seconds until all were accepted', Math.round((performance.now() - began) / 1_000)),
      atMost('greatest RSS of the server above idle, in MB', MOST_MB, Math.round(most - idle)),
    ];
  } finally {
    await parts.close();
  }
}

/** A shorter list, all the way to the endpoint. */
async function deliverAll(count: number): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const parts = await startParts(1);
  const { db, api } = parts;
  try {
    const journeyId = await api.publish({ endpoint: endpoint.url, includeEmailAndWorkflowId: true });
    await api.triggerList(journeyId, await insertList(db, count));
    await until('a quarter is delivered', () => endpoint.seen.size >= count / 4, { withinMs: LONGEST_MS });
    await parts.killServer();
    await parts.startServer();
    await until(
      'all entries end',
      async () => {
        const [row] = await rowsOf<{ n: number }>(
          db,
          sql`select count(*) as n from entries where status = 'completed'`,
        );
        return row!.n >= count;
      },
      { withinMs: LONGEST_MS, everyMs: 500 },
    );
    const { entries, users } = await enteredIn(db, journeyId);
    const sightings = [...endpoint.seen.values()];
    return [
      exactly(`users of a list of ${count} whom the endpoint never saw`, 0, count - sightings.length),
      exactly('users lost', 0, count - users),
      exactly('users twice', 0, entries - users),
      exactly('deliveries beyond one of a user', 0, sightings.filter(({ ids }) => ids.size > 1).length),
    ];
  } finally {
    await parts.close();
    await endpoint.close();
  }
}

export async function run(count = 100_000): Promise<Row[]> {
  return [...(await acceptLong(count)), ...(await deliverAll(Math.min(count, DELIVERED)))];
}

export default {
  summary: 'a list of 100,000 sent into a journey, the server killed in the middle (about 5 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
