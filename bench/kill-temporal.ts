import { STORMY } from './support/drill';
import { drillProgram } from './support/program-drill';
import type { Benchmark, Row } from './support/table';

export function run(entries = 1_000, weather = STORMY): Promise<Row[]> {
  return drillProgram({ entries, weather, kill: (program) => program.killTemporal() });
}

export default {
  summary: 'kill -9 of the Temporal server with 1,000 entries under way (about 11 minutes)',
  run,
} satisfies Benchmark;
