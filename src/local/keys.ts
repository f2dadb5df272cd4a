import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key that is made at the first start and kept in the data folder, readable by its owner only. */
export function keptKey(folder: string, name: string, make: () => string): string {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

export function makeSecretKey(): string {
  return randomBytes(32).toString('base64');
}

export function makeApiKey(): string {
  return `wh_${randomBytes(32).toString('base64url')}`;
}
