import { leastCpu } from '../test/support/cpu';
import { BOMBS } from '../test/template/hostile-corpus';
import { renderBomb } from '../test/template/rendering';
import type { Benchmark, Row } from './support/table';

const REACH_MS = 250;

/** Renders each template of the corpus in this process, never compiled before; of `size` turns the fastest counts. */
function run(size = 5): Promise<Row[]> {
  const times = BOMBS.map(([claim, template, data = {}, place = 'parameter']) => ({
    claim,
    ms: leastCpu((turn) => renderBomb(template + ' '.repeat(turn), data, place), size),
  }));
  const slowest = times.toSorted((one, other) => other.ms - one.ms)[0]!;
  return Promise.resolve([
    {
      what: `processor time of the slowest of ${times.length} hostile templates (${slowest.claim})`,
      reach: `≤ ${REACH_MS} ms`,
      measured: `${slowest.ms.toFixed(0)} ms`,
      reached: slowest.ms <= REACH_MS,
    },
  ]);
}

export default {
  summary: 'the slowest of the templates that try to block a worker (seconds)',
  run,
} satisfies Benchmark;
