import benchmark from '../../../bench/parked';
import { build } from '../build';
import { GUARD_MS } from '../guard';

/* Its times depend on the machine; who is counted, and who is taken out, does not. */

/** Separate parts share Postgres, so this test runs with DATABASE_URL only (npm run test:postgres). */
const onPostgres = process.env.DATABASE_URL ? it : it.skip;

onPostgres(
  'parked users are counted at their tiles, and those who are taken out leave, and no others',
  async () => {
    await build();
    const rows = await benchmark.run(60);
    const counts = ['wrong count', 'still at a tile', 'who stay'].map((what) =>
      rows.find((row) => row.what.includes(what)),
    );
    expect(counts).toMatchObject([{ reached: true }, { reached: true }, { reached: true }]);
  },
  GUARD_MS,
);
