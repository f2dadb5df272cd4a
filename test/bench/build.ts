import { join } from 'node:path';
import { ROOT, runNode } from '../setup/script';

/** Builds dist/: the benchmarks run the programs that users run. */
export async function build(): Promise<void> {
  const { code, output } = await runNode([join(ROOT, 'scripts/build.mjs')]);
  if (code !== 0) throw new Error(output);
}
