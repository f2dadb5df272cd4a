import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wayhook's own version, as package.json has it: it lies two folders above, in src/ as in dist/. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string }
).version;
