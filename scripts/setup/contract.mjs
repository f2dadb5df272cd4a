import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { startPostgres } from './postgres.mjs';
import { findSchemathesis } from './schemathesis.mjs';
import { main, ROOT, say } from './steps.mjs';

const CONFIG = join(ROOT, 'tools/contract/schemathesis.toml');
const POSTGRES = '--postgres';
const require = createRequire(import.meta.url);

/**
 * Runs schemathesis on the API, on the embedded database or with `--postgres` on a throw-away cluster; further arguments
 * are schemathesis's. Prints one line of counts, and sets exit code 1 when anything failed.
 */
export function contract(args) {
  return main(async () => {
    await ensureDependencies();
    const python = await findSchemathesis();
    require(join(ROOT, 'bench/support/typescript.cjs'));
    const undo = [];
    try {
      if (args.includes(POSTGRES)) await usePostgres(undo);
      const { startContractServer } = require(join(ROOT, 'test/contract/server.ts'));
      const server = await startContractServer();
      undo.unshift(server.close);
      const passed = await check(
        python,
        server,
        args.filter((arg) => arg !== POSTGRES),
      );
      process.exitCode = passed ? 0 : 1;
    } finally {
      for (const step of undo) await step();
    }
  });
}

async function usePostgres(undo) {
  say('Starting a throw-away Postgres for the tests (a few seconds)');
  const postgres = await startPostgres();
  undo.unshift(postgres.stop);
  process.env.DATABASE_URL = postgres.url;
}

/** Runs schemathesis. Returns whether it found no fault. */
async function check(python, server, args) {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-contract-'));
  const report = join(folder, 'report.json');
  try {
    const reporting = ['--report', 'json', '--report-json-path', report];
    const command = [
      '-m',
      'schemathesis.cli',
      '--config-file',
      CONFIG,
      'run',
      `${server.url}/api/openapi.json`,
    ];
    const env = { ...process.env, NO_PROXY: '127.0.0.1', WAYHOOK_API_KEY: server.apiKey };
    const code = await schemathesis(python, [...command, ...reporting, ...args], { cwd: folder, env });
    // The response of a 5xx does not say what the log says.
    for (const fault of server.faults()) console.error(JSON.stringify(fault));
    const passed = code === 0 && server.faults().length === 0;
    console.log(`Contract ${passed ? 'kept' : 'broken'}: ${countsOf(report)}`);
    return passed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf(report) {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
  if (text === '') return 'schemathesis ended before it could write its report.';
  const { operations, test_cases, errors, seed } = JSON.parse(text);
  const { tested, total } = operations;
  const { generated, unique_failures } = test_cases;
  return `${tested} of ${total} operations, ${generated} cases, ${unique_failures + errors.length} failures (seed ${seed})`;
}

/** Returns its exit code, 1 when a signal ended it. This process outlives it, to stop what it started. */
function schemathesis(python, args, options) {
  const child = spawn(python, args, { stdio: 'inherit', ...options });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => {}); // Ctrl-C reaches it without us.
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
