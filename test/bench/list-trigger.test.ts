import { run } from '../../bench/list-trigger';
import { build } from './build';
import { GUARD_MS } from './guard';
import { missed } from './rows';

/** Separate parts share Postgres, so this test runs with DATABASE_URL only (npm run test:postgres). */
const onPostgres = process.env.DATABASE_URL ? it : it.skip;

onPostgres(
  'triggers a journey for a list and delivers to each user once, though the server is killed in the middle',
  async () => {
    await build();
    expect(missed(await run(600))).toEqual([]);
  },
  GUARD_MS,
);
