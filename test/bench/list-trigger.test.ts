import { run } from '../../bench/list-trigger';
import { build } from './build';
import { GUARD_MS } from './guard';
import { missed } from './rows';

/** Parts that run together share Postgres: this is a test of the run with DATABASE_URL (npm run test:postgres). */
const onPostgres = process.env.DATABASE_URL ? it : it.skip;

onPostgres(
  'sends a list in and delivers it, nobody lost or twice, though the server is killed in the middle',
  async () => {
    await build();
    expect(missed(await run(600))).toEqual([]);
  },
  GUARD_MS,
);
