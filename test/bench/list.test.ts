import { run } from '../../bench/list';
import { GUARD_MS } from './guard';
import { missed } from './rows';

it(
  'lists webhooks with their usage as fast when there are many (B119, B120)',
  async () => {
    expect(missed(await run(2_000))).toEqual([]);
  },
  GUARD_MS,
);
