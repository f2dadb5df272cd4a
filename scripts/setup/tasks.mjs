import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT, SetupFault, main, sayOnStandardError } from './steps.mjs';
import { runSuite } from './suite.mjs';
import { findTemporal, needsOwnTemporal } from './temporal.mjs';

/** The programs that `npm run` names, and where each lies in dist/. */
const PARTS = {
  ...{ server: 'server', worker: 'worker' },
  ...{ migrate: 'commands/migrate', 'probe-limits': 'commands/probe-limits' },
  ...{ import: 'commands/import', export: 'commands/export' },
};
/** An image for production brings dist/ and no src/: there is nothing to install or build in it. */
const FROM_SOURCE = existsSync(join(ROOT, 'src'));

/** Everything on one machine. Temporal's path goes to the program in WAYHOOK_TEMPORAL_BINARY. */
export function start() {
  return main(async () => {
    if (needsOwnTemporal()) await bringTemporal();
    await bringDist();
    await launch('main');
  });
}

/** One part, for production. Its Temporal server runs elsewhere; in an image dist/ is built already. */
export function runPart(part) {
  return main(async () => {
    if (!Object.hasOwn(PARTS, part ?? '')) {
      throw new SetupFault(`Name the part to run: ${Object.keys(PARTS).join(', ')}.`);
    }
    // What it writes may be a file that is read by the next program.
    if (part === 'export') sayOnStandardError();
    if (FROM_SOURCE) await bringDist();
    await launch(PARTS[part]);
  });
}

/** dist/ alone. */
export function build() {
  return main(bringDist);
}

/** The suite, with jest's own arguments passed on; it runs a Temporal server of its own, whatever the settings. */
export function test(args) {
  return main(async () => {
    await ensureDependencies();
    await bringTemporal();
    await runSuite(args);
  });
}

async function bringDist() {
  await ensureDependencies();
  await ensureBuild();
}

async function bringTemporal() {
  process.env.WAYHOOK_TEMPORAL_BINARY = await findTemporal();
}

/** Loads a program into this process, so that Ctrl-C and kill reach it and nothing in between. */
function launch(program) {
  return import(pathToFileURL(join(ROOT, 'dist', `${program}.js`)));
}
