import benchmark from '../../bench/track';
import { GUARD_MS } from './guard';

/* Its figures depend on the machine: this only checks that it runs. */

test(
  'the benchmark of events reports its ratios for each database',
  async () => {
    const rows = (await benchmark.run(20)).filter(({ reach }) => reach !== '');
    const databases = process.env.DATABASE_URL ? ['embedded', 'Postgres'] : ['embedded'];
    expect(rows.map(({ what, reach }) => [what.split(':')[0], reach])).toEqual(
      databases.flatMap((database) => [
        [database, database === 'embedded' ? '≥ 0.45' : '≥ 0.50'],
        [database, database === 'embedded' ? '≥ 0.25' : '≥ 0.30'],
        [database, '≥ 0.20'],
      ]),
    );
    for (const { measured } of rows) expect(parseFloat(measured)).toBeGreaterThan(0);
  },
  GUARD_MS,
);
