import benchmark from '../../../bench/simulate';
import { build } from '../build';
import { GUARD_MS } from '../guard';

/* Its times depend on the machine; that each run answers the same does not. */

beforeAll(build, GUARD_MS);

test(
  'a simulation sends everybody through, and answers the same each time',
  async () => {
    const [completed, different] = await benchmark.run(3);
    expect(completed).toMatchObject({ what: expect.stringContaining('completed'), measured: '3' });
    expect(different).toMatchObject({ what: expect.stringContaining('different'), measured: '1' });
  },
  GUARD_MS,
);
