import { run as killAll } from '../../bench/kill-all';
import { run as killTemporal } from '../../bench/kill-temporal';
import { FAIR } from '../../bench/support/drill';
import { drillProgram } from '../../bench/support/program-drill';
import { build } from './build';
import { missed } from './rows';

const ENTRIES = 20;

/** A lost worker shows after 45 seconds, and a minute later its deliveries are made again. */
const WITH_WORKER_LOST_MS = 150_000;

beforeAll(build, 180_000);

describe('kill -9, with requests under way,', () => {
  it('of the Temporal server loses nothing and repeats nothing under another id', async () => {
    expect(missed(await killTemporal(ENTRIES, FAIR))).toEqual([]);
  });

  // Both at once, for both mostly wait.
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
    WITH_WORKER_LOST_MS,
  );
});
