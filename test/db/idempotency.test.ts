import { sql } from 'drizzle-orm';
import { deleteExpiredKeys } from '../../src/db/idempotency';
import { idempotencyKeys } from '../../src/db/schema';
import { openTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.connection.close();
  await database.drop();
});

it('idempotency keys are deleted after 24 hours', async () => {
  const { db } = database.connection;
  const row = {
    caller: '1',
    route: 'POST /',
    fingerprint: Buffer.from(''),
    status: 200,
    answer: Buffer.from(''),
  };
  await db.insert(idempotencyKeys).values([
    { ...row, key: 'yesterday', createdAt: sql`now() - interval '23 hours 59 minutes'` },
    { ...row, key: 'before', createdAt: sql`now() - interval '24 hours 1 minute'` },
  ]);
  await deleteExpiredKeys(db);
  expect(await db.select({ key: idempotencyKeys.key }).from(idempotencyKeys)).toEqual([{ key: 'yesterday' }]);
});
