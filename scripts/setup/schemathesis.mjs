import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { ROOT, SetupFault, run, say } from './steps.mjs';

const REQUIREMENTS = join(ROOT, 'tools/contract/requirements.txt');
const IS_WINDOWS = process.platform === 'win32';
const PYTHON = IS_WINDOWS ? 'python' : 'python3';
const IN_ENVIRONMENT = IS_WINDOWS ? 'Scripts/python.exe' : 'bin/python';

/**
 * The Python of an environment that has schemathesis as tools/contract pins it, by version and hash. Made in the
 * user's cache once for each change of the pins; one stat call once it lies there.
 */
export async function findSchemathesis() {
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const cached = join(cacheFolder(), 'contract', pins);
  const python = join(cached, IN_ENVIRONMENT);
  if (!existsSync(python)) await fill(cached);
  return python;
}

/** Made under a name of its own first: two set-ups at once, or one cut short, leave nothing half. */
async function fill(cached) {
  say('Installing schemathesis into a Python environment of its own (about half a minute, once)');
  const fresh = `${cached}.${process.pid}`;
  mkdirSync(dirname(cached), { recursive: true });
  try {
    await makeEnvironment(fresh);
    await install(join(fresh, IN_ENVIRONMENT));
    if (!existsSync(cached)) renameSync(fresh, cached);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function makeEnvironment(folder) {
  const { ok, output } = await run(PYTHON, ['-m', 'venv', folder]);
  if (ok) return;
  throw new SetupFault(
    `The tests of the contract need Python 3.11 or newer with its venv module. Install it (Debian: apt-get install python3-venv), then run the command again.`,
    output,
  );
}

async function install(python) {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const { ok, output } = await run(python, [
    '-m',
    'pip',
    'install',
    ...quiet,
    '--require-hashes',
    '-r',
    REQUIREMENTS,
  ]);
  if (ok) return;
  throw new SetupFault(
    'schemathesis could not be installed. Mend what pip names above (it needs Python 3.11 or newer), then run the command again.',
    output,
  );
}
