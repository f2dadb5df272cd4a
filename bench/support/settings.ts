import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

export const NAMESPACE = 'default';

/** Given to the program, so that it need not be read from its output. */
export const API_KEY = randomBytes(24).toString('hex');

/** The Temporal CLI that set-up found. */
export function temporalBinary(): string {
  const binary = process.env.WAYHOOK_TEMPORAL_BINARY;
  if (!binary) throw new Error('WAYHOOK_TEMPORAL_BINARY is not set. Run benchmarks with `npm run bench`.');
  return binary;
}

/** The environment of a program under test: this process's, without Wayhook's and Temporal's settings. */
export function environment(settings: Record<string, string | number>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|WAYHOOK_|DATABASE_URL$|PORT$)/.test(name),
  );
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries([
    ...kept,
    ['WAYHOOK_API_KEY', API_KEY],
    ['WAYHOOK_LOG_LEVEL', 'warn'],
    ...given,
  ]) as NodeJS.ProcessEnv;
}

export interface Folder {
  path: string;
  remove: () => void;
}

/** A folder that is removed with this process at the latest. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'wayhook-bench-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return { path, remove };
}
