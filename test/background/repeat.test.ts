import { repeat } from '../../src/background/repeat';
import { until } from '../support/until';

const warnings: unknown[] = [];
const log = { info: () => undefined, warn: (...args: unknown[]) => void warnings.push(args) };
const HOURLY = { everyMs: 3_600_000, log, what: 'do the task', fields: { queue: 'wayhook' } };

describe('a task that is repeated', () => {
  it('runs at once, when nudged, and once more when nudged during a run; never twice at a time', async () => {
    let runs = 0;
    let running = 0;
    let most = 0;
    const { nudge, stop } = repeat(HOURLY, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      runs += 1;
    });
    await until(async () => runs === 1);
    await new Promise((resolve) => setImmediate(resolve));
    nudge();
    nudge();
    nudge();
    await until(async () => runs === 3);
    await stop();
    nudge();
    expect({ most, runs }).toEqual({ most: 1, runs: 3 });
  });

  it('runs again sooner when it returns a shorter pause', async () => {
    let runs = 0;
    const { stop } = repeat(HOURLY, async () => {
      runs += 1;
      return runs < 3 ? 1 : undefined;
    });
    await until(async () => runs === 3);
    await stop();
    expect(runs).toBe(3);
  });

  it('goes on after a run that failed, and logs the innermost cause', async () => {
    let runs = 0;
    const { nudge, stop } = repeat(HOURLY, async () => {
      runs += 1;
      if (runs === 1) throw new Error('Failed query: …', { cause: new Error('connection refused') });
    });
    await until(async () => warnings.length === 1);
    nudge();
    await until(async () => runs === 2);
    await stop();
    const fields = { queue: 'wayhook', error: 'connection refused' };
    expect(warnings).toEqual([[fields, 'could not do the task; will retry']]);
  });

  it('stops only after the run under way has finished', async () => {
    let finish = (): void => undefined;
    let finished = false;
    const { stop } = repeat(HOURLY, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      finished = true;
    });
    const stopped = stop();
    finish();
    await stopped;
    expect(finished).toBe(true);
  });
});
