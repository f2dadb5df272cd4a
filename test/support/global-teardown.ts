import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** What global set-up started, stored where jest's separately loaded teardown finds it. */
export interface SuiteParts {
  folder: string;
  temporal?: ChildProcess;
  /** On the server of DATABASE_URL. */
  database?: { name: string; drop: () => Promise<void> };
}

declare global {
  var suiteParts: SuiteParts | undefined;
}

export default async function globalTeardown(): Promise<void> {
  if (globalThis.suiteParts === undefined) return;
  await stopSuiteParts(globalThis.suiteParts);
  // In watch mode the next run sets up again, and its folder must not lie inside the deleted one.
  process.env.TMPDIR = dirname(globalThis.suiteParts.folder);
}

/** Kills Temporal, whose state is in memory only, and removes the temporary folder and the database to copy. */
export async function stopSuiteParts({ folder, temporal, database }: SuiteParts): Promise<void> {
  if (temporal !== undefined && temporal.exitCode === null && temporal.signalCode === null) {
    const ended = once(temporal, 'exit');
    temporal.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
  await database?.drop();
}
