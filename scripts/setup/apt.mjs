import { existsSync } from 'node:fs';
import { SetupFault, run, say } from './steps.mjs';

const IS_ROOT = process.getuid?.() === 0;

/**
 * Installs a Debian package, on a machine that is there for it: in CI, as root. Throws a SetupFault that begins with
 * `missing`, a sentence without its end that says what is not there and what to do, and ends with `otherwise`.
 */
export async function installWithApt(name, { missing, otherwise }) {
  if (!process.env.CI || !IS_ROOT || !existsSync('/usr/bin/apt-get')) {
    throw new SetupFault(`${missing}, ${otherwise}`);
  }
  say(`Installing ${name} with apt-get (about a minute)`);
  const script = `apt-get update && apt-get install -y --no-install-recommends ${name}`;
  const { ok, output } = await run('sh', ['-c', script], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (!ok) throw new SetupFault(`${missing}; apt-get could not install it.`, output);
}
