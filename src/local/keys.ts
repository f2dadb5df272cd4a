import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../db/connection/disk';

/** A key from the data folder, generated at the first start; only its owner can read the file. */
export function loadOrCreateKey(folder: string, name: string, generate: () => string): string {
  const file = join(folder, name);
  if (!existsSync(file)) {
    // Whole and on disk before anything is encrypted with it.
    const unfinished = `${file}.new`;
    writeFileSync(unfinished, `${generate()}\n`, { mode: 0o600, flush: true });
    renameSync(unfinished, file);
    syncFolder(folder);
  }
  return readFileSync(file, 'utf8').trim();
}

export function generateSecretKey(): string {
  return randomBytes(32).toString('base64');
}
