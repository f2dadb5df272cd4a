import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';

/** What group and others may do, and what remains without them. */
const OTHERS = 0o077;
const OWNER = 0o700;

/** What the program puts into the folder. */
const OURS = /^(database.*|temporal\.(db.*|log|pid)|secret-key|api-key|lock\.sock)$/;

/**
 * Makes the data folder, or narrows one that other users may enter. What this process and its children write from now on
 * is open to their owner only. A folder with files of somebody else, such as a home folder, is left as it is.
 */
export function openDataFolder(folder: string, log: Logger): void {
  process.umask(OTHERS);
  mkdirSync(folder, { recursive: true, mode: OWNER });
  const { mode } = statSync(folder);
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  const fields = { folder, mode: (mode & 0o777).toString(8) };
  if (!readdirSync(folder).every((name) => OURS.test(name))) {
    log.warn(
      fields,
      'other users may enter the data folder, and it has files that are not Wayhook’s, so its mode was not changed; ' +
        'set WAYHOOK_DATA_DIR to a folder that is Wayhook’s alone',
    );
    return;
  }
  chmodSync(folder, mode & OWNER);
  log.warn(fields, 'other users could enter the data folder; from now on only its owner can');
}

/** Narrows the program's own files: the embedded database gives its own a mode that ignores the process's. */
export function narrowFiles(folder: string): void {
  if (process.platform === 'win32') return;
  for (const name of readdirSync(folder)) if (OURS.test(name)) narrow(join(folder, name));
}

function narrow(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // Temporal's server may remove one of its files meanwhile.
  if (stats === undefined || stats.isSymbolicLink()) return;
  if ((stats.mode & OTHERS) !== 0) chmodSync(path, stats.mode & OWNER);
  if (stats.isDirectory()) for (const name of readdirSync(path)) narrow(join(path, name));
}
