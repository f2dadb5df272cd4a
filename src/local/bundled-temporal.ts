import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from '../config';
import { answers, requireFree } from '../runtime/ports';
import { serves } from '../runtime/temporal-connection';
import { devServerArguments } from '../temporal/dev-server';
import { commandOf, isAlive } from './process-table';

export interface BundledTemporal {
  /** Whether the server was left running by a Wayhook that was killed. */
  takenOver: boolean;
  stop: () => Promise<void>;
}

export interface BundledTemporalOptions {
  binary: string;
  folder: string;
  port: number;
  uiPort: number;
  namespace: string;
  warn: (message: string) => void;
  /** Aborted when the server does not answer: `stop` kills it then. What it has acknowledged is on the disk. */
  temporalDown?: AbortSignal;
}

/** Only ends what hangs: a server that cannot run ends by itself, and one on a slow disk takes its time. */
const START_MS = 180_000;
const STOP_MS = 15_000;
const LOOK_MS = 1_000;
const NO_PROCESS = -1;

/**
 * Runs the bundled Temporal server, its state in the data folder. It lives in a process group of its own, so
 * that Ctrl-C ends the work under way before it; one that a killed Wayhook left running is taken over, or
 * stopped when it was started otherwise than it would be now; one that dies is started again.
 */
export async function startTemporal(options: BundledTemporalOptions): Promise<BundledTemporal> {
  const left = await takeOver(options);
  let pid = left ?? (await launchFirst(options));
  const watch = setInterval(() => {
    if (isAlive(pid)) return;
    options.warn(
      'The Temporal server has ended; it is started again. Its log is temporal.log in the data folder.',
    );
    pid = launch(options);
  }, LOOK_MS);
  return {
    takenOver: left !== undefined,
    async stop() {
      clearInterval(watch);
      await end(pid, options.temporalDown?.aborted ? 0 : STOP_MS);
    },
  };
}

/** The server that is still running on this data folder, if it can serve as it is; one that cannot is ended. */
async function takeOver(options: BundledTemporalOptions): Promise<number | undefined> {
  const file = pidFile(options);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const command = pid > 0 ? commandOf(pid) : undefined;
  // After a restart of the machine the number may be another program's: it is left alone.
  if (!command?.includes(databaseFile(options))) return undefined;
  const asNow = command === [options.binary, ...serverArguments(options)].join(' ');
  if (asNow && (await answers(options.port))) return pid;
  await end(pid);
  return undefined;
}

async function launchFirst(options: BundledTemporalOptions): Promise<number> {
  await requireFree({
    port: options.port,
    host: '127.0.0.1',
    setting: 'TEMPORAL_PORT',
    otherwise: 'To use a Temporal server that runs there, set TEMPORAL_ADDRESS.',
  });
  await requireFree({ port: options.uiPort, host: '127.0.0.1', setting: 'TEMPORAL_UI_PORT' });
  const pid = launch(options);
  try {
    await untilAnswering(options, pid);
  } catch (error) {
    await end(pid);
    throw error;
  }
  return pid;
}

function launch(options: BundledTemporalOptions): number {
  const log = openSync(join(options.folder, 'temporal.log'), 'a', 0o600);
  const child = spawn(options.binary, serverArguments(options), {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', (error) => options.warn(`The Temporal server cannot be run: ${error.message}`));
  child.unref();
  // A program that cannot be run has no number; none is alive under this one.
  const pid = child.pid ?? NO_PROCESS;
  writeFileSync(pidFile(options), String(pid));
  return pid;
}

/** The Web UI comes up a little later than the server. */
async function untilAnswering({ port, uiPort, folder }: BundledTemporalOptions, pid: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < START_MS; await pause(50)) {
    if ((await answers(port)) && (await answers(uiPort)) && (await serves(`127.0.0.1:${port}`))) return;
    if (!isAlive(pid)) break;
  }
  throw new ConfigError(`The Temporal server did not start. ${join(folder, 'temporal.log')} says why.`);
}

/** Its ports are free only when it is gone, which takes a moment after a kill too. */
async function end(pid: number, withinMs = STOP_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    for (const began = Date.now(); isAlive(pid) && Date.now() - began < withinMs; await pause(50));
  }
}

function serverArguments(options: BundledTemporalOptions): string[] {
  return devServerArguments({ ...options, databaseFile: databaseFile(options) });
}

function databaseFile({ folder }: BundledTemporalOptions): string {
  return join(folder, 'temporal.db');
}

function pidFile({ folder }: BundledTemporalOptions): string {
  return join(folder, 'temporal.pid');
}
