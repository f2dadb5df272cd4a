import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SetupFault, run, say } from './steps.mjs';

/** Installs the packages of package-lock.json unless they are installed; checking takes a few stat calls. */
export async function ensureDependencies() {
  // `npm ci` would follow the link and empty its target.
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const installed = modified('node_modules/.package-lock.json');
  if (installed !== undefined && installed >= modified('package-lock.json')) return;
  say('Installing dependencies with npm ci (one to two minutes the first time)');
  const { ok, output } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (ok) return;
  throw new SetupFault(
    'The dependencies could not be installed. Fix the errors of npm above, then run the command again.',
    output,
  );
}

function modified(file) {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs;
}

function npm(args) {
  const cli = process.env.npm_execpath;
  // Without npm as the parent there is only the command, which is a script on Windows and needs a shell.
  return cli?.endsWith('.js')
    ? run(process.execPath, [cli, ...args], { cwd: ROOT })
    : run('npm', args, { cwd: ROOT, shell: process.platform === 'win32' });
}
