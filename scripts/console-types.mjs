/*
 * node scripts/console-types.mjs: writes console/types/schema.d.ts, the types of the HTTP API, from the OpenAPI
 * document that the server would answer.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './setup/steps.mjs';

const require = createRequire(import.meta.url);
require(join(ROOT, 'bench/support/typescript.cjs'));
const { createApp } = require(join(ROOT, 'src/api/app.ts'));
const { pino } = require('pino');

/** No call is answered, so nothing of the program is there. */
const app = createApp({
  logger: pino({ level: 'silent' }),
  listening: { host: '127.0.0.1', url: undefined },
  version: '0',
  inbox: true,
});
await app.ready();
const document = app.swagger();
await app.close();

const requireOfConsole = createRequire(join(ROOT, 'console/package.json'));
const { default: openapiTypes, astToString } = requireOfConsole('openapi-typescript');
const types = await openapiTypes(document, { defaultNonNullable: false });
// Beside the sources, not among them: types are no reason to build again.
mkdirSync(join(ROOT, 'console/types'), { recursive: true });
writeFileSync(join(ROOT, 'console/types/schema.d.ts'), astToString(types));
