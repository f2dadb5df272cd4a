import { run } from '../../bench/temporal-away';
import { build } from './build';
import { GUARD_MS } from './guard';
import { missed } from './rows';

beforeAll(build, GUARD_MS);

it(
  'accepts triggers while the Temporal server is down, and delivers each once it is back',
  async () => {
    expect(missed(await run(20, 2_000))).toEqual([]);
  },
  GUARD_MS,
);
