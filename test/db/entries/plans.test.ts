import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { closeEntrySql } from '../../../src/db/entries/close';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { openTestDatabase, type TestDatabase } from '../../support/database';

const OWNER = { entryId: 'ent_1', workflowId: 'ent_1', firstRunId: 'run-1' };

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.connection.close();
  await database.drop();
});

async function planOf(statement: SQL): Promise<string> {
  const rows = await rowsOf<Record<string, string>>(database.connection.db, sql`explain ${statement}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

// The embedded database makes its plans when it is empty.
it.each([
  ['claimed', claimEntrySql(OWNER, 'crm', 0, { counting: 'arrival' })],
  ['closed', closeEntrySql(OWNER, { status: 'completed' }, 0)],
])('an entry is found by its id to be %s, and not among all that are open', async (_what, statement) => {
  expect(await planOf(statement)).toContain('Index Scan using entries_pkey');
});
