import benchmark from '../../../bench/waits';
import { build } from '../build';
import { GUARD_MS } from '../guard';

/* Its times depend on the machine; that each user goes on once does not. */

beforeAll(build, GUARD_MS);

test(
  'each user goes on once after the event that they wait for',
  async () => {
    const rows = await benchmark.run(4);
    expect(rows.find(({ what }) => what.includes('ended 20 waits'))).toMatchObject({ measured: '20' });
  },
  GUARD_MS,
);
