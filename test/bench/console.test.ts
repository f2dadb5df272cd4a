import { runOpenings } from '../../bench/console';
import { GUARD_MS } from './guard';
import { missed } from './rows';

it(
  'needs no more script for the first load of a page than it may',
  async () => {
    const rows = await runOpenings();
    // Times are measured on an idle machine.
    expect(missed(rows.filter(({ what }) => what.startsWith('kB')))).toEqual([]);
  },
  GUARD_MS,
);
