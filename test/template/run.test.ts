import { RenderFault } from '../../src/template/template';
import { reserve, startRun, type Run } from '../../src/template/run';
import { HMAC_KEY, NOW, thrownBy } from './rendering';

/** A run that began so long ago, of which the process has worked so long. */
function runOf(passedMs: number, workedMs: number): Run {
  const run = startRun({ now: NOW, hmacKey: HMAC_KEY });
  return { ...run, deadline: run.deadline - passedMs, cpuAtStart: run.cpuAtStart - workedMs };
}

test('a run is limited by its CPU time, not by wall-clock time on a busy machine', () => {
  const run = runOf(60_000, 0);
  expect(() => reserve(run, 0)).not.toThrow();
  expect(thrownBy(() => reserve(runOf(60_000, 60_000), 0))).toBeInstanceOf(RenderFault);
});
