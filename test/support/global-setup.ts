import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { devServerArguments } from '../../src/temporal/dev-server';
import { makeTestDatabase } from './database';
import { freePort, isServing } from './serving';
import { type SuiteParts, stopSuiteParts } from './global-teardown';

const ROOT = join(__dirname, '../..');
const NAMESPACE = 'default';
/** So that a test sees a workflow go on in a new run without 4,096 events first. */
const SHORT_RUNS = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=500'];

const READY_WITHIN_MS = 180_000;
const LOOK_AGAIN_MS = 50;

/**
 * Brings up what all tests share: one real Temporal server in memory (its address in TEMPORAL_ADDRESS), the workflow
 * code, bundled once (its file in WAYHOOK_TEST_BUNDLE), and an embedded database, migrated, for each test to copy (its
 * file in WAYHOOK_TEST_DATABASE). A developer's own TEMPORAL_* settings do not reach the tests.
 */
export default async function globalSetup(): Promise<void> {
  const binary = process.env.WAYHOOK_TEMPORAL_BINARY!;
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) delete process.env[name];
  const parts: SuiteParts = { folder: mkdtempSync(join(tmpdir(), 'wayhook-tests-')) };
  globalThis.suiteParts = parts;
  // What tests keep in temporary folders goes with the run, even when it is interrupted.
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
      makeDatabase(parts.folder),
    ]);
  } catch (error) {
    // Jest runs no teardown after a set-up that failed.
    await stopSuiteParts(parts);
    throw error;
  }
}

/** An interrupted run tears nothing down by itself, and would leave the server behind. */
function stopOnSignal(parts: SuiteParts): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopSuiteParts(parts).finally(() => process.exit(1)));
  }
}

/** Unlike Promise.all, waits for the slower part too when the other has failed: nothing is written after that. */
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

async function makeDatabase(folder: string): Promise<void> {
  if (process.env.DATABASE_URL) return;
  const file = join(folder, 'database.tar');
  await makeTestDatabase(file);
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
