import { join } from 'node:path';
import { ROOT, runNode } from '../setup/script';

/** Brings dist/ up to date: the programs that are killed are those that users run. */
export async function build(): Promise<void> {
  const { code, output } = await runNode([join(ROOT, 'scripts/build.mjs')]);
  if (code !== 0) throw new Error(output);
}
