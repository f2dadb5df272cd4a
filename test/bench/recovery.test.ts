import { drillFreeze } from '../../bench/recovery';
import { build } from './build';
import { GUARD_MS } from './guard';

beforeAll(build, GUARD_MS);

it(
  'a program that is frozen for eight seconds sends no request again',
  async () => {
    const rows = await drillFreeze(5);
    expect(rows).toContainEqual({
      what: 'requests that were sent again',
      reach: '0',
      measured: '0',
      reached: true,
    });
  },
  GUARD_MS,
);
