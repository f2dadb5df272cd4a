import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { devServerArguments } from '../../src/temporal/dev-server';
import { makeEmbeddedTemplate, makeTemplateOnServer } from './database';
import { freePort, isServing } from './serving';
import { type SuiteParts, stopSuiteParts } from './global-teardown';

const ROOT = join(__dirname, '../..');
const NAMESPACE = 'default';
/** Makes workflows continue as new early, not only after 4,096 events. */
const SHORT_RUNS = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=500'];

const READY_WITHIN_MS = 180_000;
const LOOK_AGAIN_MS = 50;

/**
 * Starts what all tests share: a real Temporal server in memory (address in TEMPORAL_ADDRESS), the workflow bundle
 * (file in WAYHOOK_TEST_BUNDLE), and a migrated database for each test to copy (WAYHOOK_TEST_DATABASE has the file of
 * the embedded one, or the name of the one on the server of DATABASE_URL). A developer's own TEMPORAL_* settings do not reach the tests.
 */
export default async function globalSetup(): Promise<void> {
  const binary = process.env.WAYHOOK_TEMPORAL_BINARY!;
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) delete process.env[name];
  const parts: SuiteParts = { folder: mkdtempSync(join(tmpdir(), 'wayhook-tests-')) };
  globalThis.suiteParts = parts;
  // The tests' temporary files are deleted with the run, even when it is interrupted.
  process.env.TMPDIR = parts.folder;
  stopOnSignal(parts);
  try {
    const port = await freePort();
    parts.temporal = spawn(binary, [...devServerArguments({ port, namespace: NAMESPACE }), ...SHORT_RUNS], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(parts.temporal, 'spawn');
    process.env.TEMPORAL_ADDRESS = `127.0.0.1:${port}`;
    await all([
      ready(process.env.TEMPORAL_ADDRESS, parts.temporal),
      bundleWorkflows(parts.folder),
      makeDatabase(parts),
    ]);
  } catch (error) {
    // Jest runs no teardown after a failed set-up.
    await stopSuiteParts(parts);
    throw error;
  }
}

/** Jest runs no teardown when interrupted, and would leave the server running. */
function stopOnSignal(parts: SuiteParts): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopSuiteParts(parts).finally(() => process.exit(1)));
  }
}

/** Unlike Promise.all, waits for every part even when one has failed, so that nothing is written afterwards. */
async function all(parts: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function bundleWorkflows(folder: string): Promise<void> {
  if (!existsSync(join(ROOT, 'src/workflows/index.ts'))) return;
  const bundle = join(folder, 'workflow-bundle.js');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), bundle]);
  process.env.WAYHOOK_TEST_BUNDLE = bundle;
}

async function makeDatabase(parts: SuiteParts): Promise<void> {
  if (process.env.DATABASE_URL) {
    parts.database = await makeTemplateOnServer(process.env.DATABASE_URL);
    process.env.WAYHOOK_TEST_DATABASE = parts.database.name;
    return;
  }
  const file = join(parts.folder, 'database.tar');
  await makeEmbeddedTemplate(file);
  process.env.WAYHOOK_TEST_DATABASE = file;
}

async function ready(address: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isServing(address, NAMESPACE))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`Temporal's development server did not start at ${address}: see its output above.`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
