import { sql } from 'drizzle-orm';
import { type Connection, type Database, rowsOf } from '../../../../src/db/connection/client';
import { passedGroups } from '../../../../src/db/entries/steps/tile-counts';
import { openTestDatabase, type TestDatabase } from '../../../support/database';

const CROWD = 1;
const QUIET = 2;
const STEPS_OF_CROWD = 50_000;

let database: TestDatabase;
let connection: Connection;
let db: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  ({ connection } = database);
  ({ db } = connection);
  await connection.script(`
    insert into users (id, email) overriding system value values (1, 'ada@example.com');
    insert into journeys (id, name, definition) values (${CROWD}, 'Crowd', '{}'), (${QUIET}, 'Quiet', '{}');
    insert into entries (id, journey_id, version, user_id, status, workflow_id, ended_at, test) values
      ('crowd', ${CROWD}, 1, 1, 'completed', 'crowd', now(), false),
      ('quiet', ${QUIET}, 1, 1, 'running', 'quiet', null, false),
      ('left', ${QUIET}, 1, 1, 'cancelled', 'left', now() - interval '1 hour', false),
      ('test', ${QUIET}, -1, 1, 'running', 'test', null, true);
    insert into steps (entry_id, tile_id, visit, journey_id, version, at, until, left_at, way)
      select 'crowd', 'tile', visit, ${CROWD}, 1, now(), null::timestamptz, now(), 'next'
      from generate_series(1, ${STEPS_OF_CROWD}) visit
      union all
      select id, 'split', 1, ${QUIET}, version, now() - interval '1 day', null, now() - interval '1 day', 'yes'
      from entries where journey_id = ${QUIET}
      union all
      select id, 'delay', 1, ${QUIET}, version, now() - interval '2 hours', now() - interval '1 minute', null, null
      from entries where journey_id = ${QUIET};
    analyze;`);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

describe('what was passed at the tiles of a journey', () => {
  it('counts a delay that is over, but none that an exit cut short, and no test run', async () => {
    expect(await passedGroups(db, { journeyId: QUIET }, undefined)).toEqual(
      expect.arrayContaining([
        { tileId: 'split', way: 'yes', count: 2 },
        { tileId: 'delay', way: 'next', count: 1 },
      ]),
    );
    const lastHour = Date.now() - 3_600_000;
    expect(await passedGroups(db, { journeyId: QUIET, version: 1 }, lastHour)).toEqual([
      { tileId: 'delay', way: 'next', count: 1 },
    ]);
  });

  it.each([
    ['ever', undefined],
    ['since a time', Date.now() - 3_600_000],
  ])('is counted without reading the steps of other journeys: %s', async (_when, since) => {
    const plan = await planOf((explaining) => passedGroups(explaining, { journeyId: QUIET }, since));
    expect(plan).toContain('steps_by_journey');
    expect(plan).not.toContain('Seq Scan on steps');
  });
});

/** How the database executes the statement of a function. */
async function planOf(run: (explaining: Database) => Promise<unknown>): Promise<string> {
  const explaining = Object.create(db) as Database;
  let plan = '';
  explaining.execute = (async (statement: ReturnType<typeof sql>) => {
    const rows = await rowsOf<{ 'QUERY PLAN': string }>(db, sql`explain ${statement}`);
    plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    return { rows: [] };
  }) as unknown as Database['execute'];
  await run(explaining);
  return plan;
}
