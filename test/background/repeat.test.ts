import { repeat } from '../../src/background/repeat';
import { until } from '../support/until';

const HOUR_MS = 3_600_000;

describe('a task that is repeated', () => {
  it('runs at once and when nudged, once more if nudged while it runs, and never twice at a time', async () => {
    let runs = 0;
    let running = 0;
    let most = 0;
    const { nudge, stop } = repeat(HOUR_MS, async () => {
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

  it('runs again after the shorter pause that it returns', async () => {
    let runs = 0;
    const { stop } = repeat(HOUR_MS, async () => {
      runs += 1;
      return runs < 3 ? 1 : undefined;
    });
    await until(async () => runs === 3);
    await stop();
    expect(runs).toBe(3);
  });

  it('waits on a stop for the run under way', async () => {
    let finish = (): void => undefined;
    let finished = false;
    const { stop } = repeat(HOUR_MS, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      finished = true;
    });
    const stopped = stop();
    finish();
    await stopped;
    expect(finished).toBe(true);
  });
});
