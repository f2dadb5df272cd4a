import { run } from '../../bench/list-import';
import { build } from './build';
import { GUARD_MS } from './guard';
import { missed } from './rows';

beforeAll(build, GUARD_MS);

it(
  'a kill in the middle of an import loses no user and applies no row twice',
  async () => {
    expect(missed(await run(20_000))).toEqual([]);
  },
  GUARD_MS,
);
