import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT, SetupFault, main, sayOnStandardError } from './steps.mjs';
import { runSuite } from './suite.mjs';
import { findTemporal, needsOwnTemporal } from './temporal.mjs';

/** The programs that `npm run` starts, with their paths in dist/. */
const PARTS = {
  ...{ server: 'server', worker: 'worker' },
  ...{ migrate: 'commands/migrate', 'probe-limits': 'commands/probe-limits' },
  ...{ import: 'commands/import', export: 'commands/export', simulate: 'commands/simulate' },
  ...{ invite: 'commands/invite' },
};
/** A production image has dist/ and no src/: there is nothing to install or build. */
const FROM_SOURCE = existsSync(join(ROOT, 'src'));

/** Everything on one machine. The program gets the path of the Temporal CLI in WAYHOOK_TEMPORAL_BINARY. */
export function start() {
  return main(async () => {
    if (needsOwnTemporal()) await ensureTemporal();
    await ensureDist();
    await launch('main');
  });
}

/** One part, for production. Its Temporal server runs elsewhere; an image has dist/ already. */
export function runPart(part) {
  return main(async () => {
    if (!Object.hasOwn(PARTS, part ?? '')) {
      throw new SetupFault(`Name the part to run: ${Object.keys(PARTS).join(', ')}.`);
    }
    // Its standard output may be piped into another program.
    if (part === 'export') sayOnStandardError();
    if (FROM_SOURCE) await ensureDist();
    await launch(PARTS[part]);
  });
}

/** Only builds dist/. */
export function build() {
  return main(ensureDist);
}

/** The tests; arguments are jest's. They run a Temporal server of their own, whatever the settings. */
export function test(args) {
  return main(async () => {
    await ensureDependencies();
    await ensureTemporal();
    process.env.WAYHOOK_CHROMIUM = await findChromium();
    await runSuite(args);
  });
}

async function ensureDist() {
  await ensureDependencies();
  await ensureBuild();
}

async function ensureTemporal() {
  process.env.WAYHOOK_TEMPORAL_BINARY = await findTemporal();
}

/** Loads a program into this process, so that Ctrl-C and kill reach it directly. */
function launch(program) {
  return import(pathToFileURL(join(ROOT, 'dist', `${program}.js`)));
}
