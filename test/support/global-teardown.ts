import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** What global set-up brought up, kept where jest's teardown, loaded apart from it, finds it. */
export interface SuiteParts {
  folder: string;
  temporal?: ChildProcess;
}

declare global {
  var suiteParts: SuiteParts | undefined;
}

export default async function globalTeardown(): Promise<void> {
  if (globalThis.suiteParts === undefined) return;
  await stopSuiteParts(globalThis.suiteParts);
  // In watch mode the next run sets up again, and its folder must not lie in the one that is gone.
  process.env.TMPDIR = dirname(globalThis.suiteParts.folder);
}

/** Ends the server, which keeps its state in memory only, and removes the temporary folder. */
export async function stopSuiteParts({ folder, temporal }: SuiteParts): Promise<void> {
  if (temporal !== undefined && temporal.exitCode === null && temporal.signalCode === null) {
    const ended = once(temporal, 'exit');
    temporal.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
