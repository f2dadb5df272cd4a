import { run } from '../../bench/database-away';
import { GUARD_MS } from './guard';
import { missed } from './rows';

it(
  'spends no attempt and exits nobody while the database is away for half an hour',
  async () => {
    expect(missed(await run(20))).toEqual([]);
  },
  GUARD_MS,
);
