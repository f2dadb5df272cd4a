import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startPostgres } from './postgres.mjs';
import { ROOT, say } from './steps.mjs';

const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const POSTGRES = '--postgres';

/**
 * Runs jest with these arguments, and exits with its exit code. With `--postgres` the tests use a Postgres cluster that
 * lives as long as the run; with DATABASE_URL set, that database.
 */
export async function runSuite(args) {
  const jestArguments = ['--maxWorkers=2', ...args.filter((arg) => arg !== POSTGRES)];
  if (!args.includes(POSTGRES)) {
    process.exitCode = await jest(jestArguments, process.env);
    return;
  }
  say('Starting a throw-away Postgres for the tests (a few seconds)');
  const postgres = await startPostgres();
  try {
    process.exitCode = await jest(jestArguments, { ...process.env, DATABASE_URL: postgres.url });
  } finally {
    await postgres.stop();
  }
}

/** Returns jest's exit code, 1 when a signal ended it. This process outlives it, to stop what it started. */
function jest(args, env) {
  const child = spawn(process.execPath, [JEST, ...args], { cwd: ROOT, stdio: 'inherit', env });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => {}); // Ctrl-C reaches jest without us.
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
