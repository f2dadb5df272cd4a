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
 * The Python of an environment with the schemathesis that tools/contract pins, by version and hash. The environment is
 * created in the user's cache for each change of the pins; finding it there takes one stat call.
 */
export async function findSchemathesis() {
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const cached = join(cacheFolder(), 'contract', pins);
  const python = join(cached, IN_ENVIRONMENT);
  if (!existsSync(python)) await create(cached);
  return python;
}

/** Created under a temporary name first: concurrent or interrupted set-ups leave nothing incomplete. */
async function create(cached) {
  say('Installing schemathesis into its own Python environment (about half a minute, once)');
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
    `The contract tests need Python 3.11 or newer with its venv module. Install it (Debian: apt-get install python3-venv), then run the command again.`,
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
    'schemathesis could not be installed. Fix the errors of pip above (it needs Python 3.11 or newer), then run the command again.',
    output,
  );
}
