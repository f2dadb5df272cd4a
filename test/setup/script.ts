import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The checkout's root folder. */
export const ROOT = join(__dirname, '../..');

export interface Finished {
  code: number;
  output: string;
}

/** Runs Node with these arguments until it ends; `env` replaces the whole environment. */
export async function runNode(
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd = ROOT,
): Promise<Finished> {
  let output = '';
  const child = spawn(process.execPath, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}
