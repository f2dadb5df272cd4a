import { run as killAll } from '../../bench/kill-all';
import { run as killTemporal } from '../../bench/kill-temporal';
import { FAIR } from '../../bench/support/drill';
import { drillProgram } from '../../bench/support/program-drill';
import { build } from './build';
import { GUARD_MS } from './guard';
import { missed } from './rows';

const ENTRIES = 20;

beforeAll(build, GUARD_MS);

describe('kill -9 with requests under way', () => {
  it(
    'of the Temporal server loses nothing and repeats nothing under another id',
    async () => {
      expect(missed(await killTemporal(ENTRIES, FAIR))).toEqual([]);
    },
    GUARD_MS,
  );

  // Both at once, because both mostly wait until the lost worker is noticed.
  it(
    'of the worker, and of the whole program, loses nothing and repeats nothing under another id',
    async () => {
      const killWorker = drillProgram({
        entries: ENTRIES,
        weather: FAIR,
        kill: (program) => program.killProcess(),
        restart: (program) => program.restart(),
      });
      const accounts = await Promise.all([killWorker, killAll(ENTRIES, FAIR)]);
      expect(accounts.map(missed)).toEqual([[], []]);
    },
    GUARD_MS,
  );
});
