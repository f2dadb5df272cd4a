import benchmark from '../../../bench/two-years';
import { GUARD_MS } from '../guard';
import { missed } from '../rows';

test(
  'a user who goes round every day for two months has each visit counted and each number sent on',
  async () => {
    expect(missed(await benchmark.run(60))).toEqual([]);
  },
  GUARD_MS,
);
