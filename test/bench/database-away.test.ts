import { run } from '../../bench/database-away';
import { GUARD_MS } from './guard';
import { missed } from './rows';

it(
  'spends no attempt and exits no entry while the database is down for half an hour',
  async () => {
    expect(missed(await run(20))).toEqual([]);
  },
  GUARD_MS,
);
