import { STORMY } from './support/drill';
import type { Program } from './support/program';
import { drillProgram } from './support/program-drill';
import type { Benchmark, Row } from './support/table';

export function run(entries = 1_000, weather = STORMY): Promise<Row[]> {
  return drillProgram({ entries, weather, kill, restart: (program) => program.restart() });
}

/** The process first: otherwise it might restart its server in between. */
async function kill(program: Program): Promise<void> {
  await program.killProcess();
  await program.killTemporal();
}

export default {
  summary: 'kill -9 of the whole program with 1,000 entries under way (about 12 minutes)',
  run,
} satisfies Benchmark;
