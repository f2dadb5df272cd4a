import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key from the data folder, generated at the first start; only its owner can read the file. */
export function loadOrCreateKey(folder: string, name: string, generate: () => string): string {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, `${generate()}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

export function generateSecretKey(): string {
  return randomBytes(32).toString('base64');
}

export function generateApiKey(): string {
  return `wh_${randomBytes(32).toString('base64url')}`;
}
