import { run } from '../../bench/list-import';
import { build } from './build';
import { missed } from './rows';

beforeAll(build, 180_000);

it('a kill in the middle of an import loses nobody and applies nothing twice', async () => {
  expect(missed(await run(20_000))).toEqual([]);
}, 180_000);
