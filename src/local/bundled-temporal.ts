import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError, programEnvironment } from '../config';
import { answers, freePort, requireFree } from '../runtime/ports';
import { isServing } from '../runtime/temporal-connection';
import { devServerArguments, type InnerPorts, innerPortsIn } from '../temporal/dev-server';
import { commandOf, isAlive } from './process-table';

export interface BundledTemporal {
  /** Whether an earlier Wayhook, which was killed, left the server running. */
  reused: boolean;
  /** See `DevServerOptions`. */
  innerPorts: InnerPorts;
  stop: () => Promise<void>;
}

export interface BundledTemporalOptions {
  binary: string;
  folder: string;
  port: number;
  uiPort: number;
  namespace: string;
  warn: (message: string) => void;
  /** Aborted when the server does not answer: `stop` then kills it. What it has acknowledged is on disk. */
  temporalDown?: AbortSignal;
}

/** Long, because a slow disk takes time: a server that cannot run ends earlier. */
const START_MS = 180_000;
const STOP_MS = 15_000;
const CHECK_MS = 1_000;
const POLL_MS = 50;
const NO_PROCESS = -1;

/**
 * Runs the bundled Temporal server, with its state in the data folder. It has a process group of its own, so that Ctrl-C
 * does not end it before the work under way. One that a killed Wayhook left running is reused, or stopped if it was
 * started with other arguments; one that dies is restarted.
 */
export async function startBundledTemporal(options: BundledTemporalOptions): Promise<BundledTemporal> {
  const running = await findRunning(options);
  const { innerPorts, ...first } = running ?? (await launchFirst(options));
  let { pid } = first;
  const watch = setInterval(() => {
    if (isAlive(pid)) return;
    options.warn(
      'The Temporal server has ended and is restarted. Its log is temporal.log in the data folder.',
    );
    pid = launch(options, innerPorts);
  }, CHECK_MS);
  return {
    reused: running !== undefined,
    innerPorts,
    async stop() {
      clearInterval(watch);
      await end(pid, options.temporalDown?.aborted ? 0 : STOP_MS);
    },
  };
}

interface RunningServer {
  pid: number;
  innerPorts: InnerPorts;
}

/** The server that still runs on this data folder, if it can be reused; otherwise it is stopped. */
async function findRunning(options: BundledTemporalOptions): Promise<RunningServer | undefined> {
  const file = pidFile(options);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const command = pid > 0 ? commandOf(pid) : undefined;
  // After a reboot the process id may be another program's, which is left alone.
  if (!command?.includes(databaseFile(options))) return undefined;
  const innerPorts = innerPortsIn(command);
  const isSame = command === [options.binary, ...serverArguments(options, innerPorts)].join(' ');
  if (innerPorts && isSame && (await answers(options.port))) return { pid, innerPorts };
  await end(pid);
  return undefined;
}

async function launchFirst(options: BundledTemporalOptions): Promise<RunningServer> {
  await requireFree({
    port: options.port,
    host: '127.0.0.1',
    setting: 'TEMPORAL_PORT',
    otherwise: 'To use a Temporal server that runs there, set TEMPORAL_ADDRESS.',
  });
  await requireFree({ port: options.uiPort, host: '127.0.0.1', setting: 'TEMPORAL_UI_PORT' });
  const [http, metrics] = await Promise.all([freePort(), freePort()]);
  const innerPorts = { http, metrics };
  const pid = launch(options, innerPorts);
  try {
    await untilAnswering(options, pid);
  } catch (error) {
    await end(pid);
    throw error;
  }
  return { pid, innerPorts };
}

function launch(options: BundledTemporalOptions, innerPorts: InnerPorts): number {
  const log = openSync(join(options.folder, 'temporal.log'), 'a', 0o600);
  const child = spawn(options.binary, serverArguments(options, innerPorts), {
    env: programEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', (error) => options.warn(`The Temporal server could not be started: ${error.message}`));
  child.unref();
  // A program that could not be started has no process id.
  const pid = child.pid ?? NO_PROCESS;
  writeFileSync(pidFile(options), String(pid));
  return pid;
}

/** The Web UI is up a little later than the server. */
async function untilAnswering({ port, uiPort, folder }: BundledTemporalOptions, pid: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < START_MS; await pause(POLL_MS)) {
    if ((await answers(port)) && (await answers(uiPort)) && (await isServing(`127.0.0.1:${port}`))) return;
    if (!isAlive(pid)) break;
  }
  throw new ConfigError(`The Temporal server did not start. See ${join(folder, 'temporal.log')}.`);
}

/** Returns when the process has ended, which takes a moment even after a kill: its ports are free only then. */
async function end(pid: number, withinMs = STOP_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    for (const began = Date.now(); isAlive(pid) && Date.now() - began < withinMs; await pause(POLL_MS));
  }
}

function serverArguments(options: BundledTemporalOptions, innerPorts: InnerPorts | undefined): string[] {
  return devServerArguments({ ...options, innerPorts, databaseFile: databaseFile(options) });
}

function databaseFile({ folder }: BundledTemporalOptions): string {
  return join(folder, 'temporal.db');
}

function pidFile({ folder }: BundledTemporalOptions): string {
  return join(folder, 'temporal.pid');
}
