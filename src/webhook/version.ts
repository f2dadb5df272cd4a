import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wayhook's version, from package.json, which is two directories up in both src/ and dist/. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string }
).version;
