import benchmark from '../../bench/event-webhook';
import { build } from './build';

/* What it measures is the machine's too: here it is only run. */

beforeAll(build, 180_000);

test('the benchmark of event webhooks gives the ratio of two times', async () => {
  const [ratio] = await benchmark.run(3);
  expect(ratio!.reach).toBe('≤ 1.5');
  expect(Number(ratio!.measured)).toBeGreaterThan(0);
});
