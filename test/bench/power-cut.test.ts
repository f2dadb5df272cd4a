import { run } from '../../bench/power-cut';
import { GUARD_MS } from './guard';
import { missed } from './rows';

test(
  'a loss of power loses nothing that was acknowledged, and damages nothing',
  async () => {
    expect(missed(await run(5, 1, 150))).toEqual([]);
  },
  GUARD_MS,
);
