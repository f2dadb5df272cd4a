import { run } from '../../bench/temporal-away';
import { build } from './build';
import { missed } from './rows';

beforeAll(build, 180_000);

it('accepts triggers while the Temporal server is away, and delivers each once it is back', async () => {
  expect(missed(await run(20, 2_000))).toEqual([]);
}, 120_000);
