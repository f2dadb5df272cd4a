import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from '../config';
import { devServerArguments } from '../temporal-server';

export interface EmbeddedTemporal {
  /** Whether the server was left running by a Wayhook that was killed. */
  takenOver: boolean;
  stop: () => Promise<void>;
}

export interface EmbeddedTemporalOptions {
  binary: string;
  folder: string;
  port: number;
  uiPort: number;
  namespace: string;
  warn: (message: string) => void;
}

const START_MS = 60_000;
const STOP_MS = 15_000;
const LOOK_MS = 1_000;

/**
 * Runs the bundled Temporal server, its state in the data folder. It lives in a process group of its own, so
 * that Ctrl-C ends the work under way before it; one that a killed Wayhook left running is taken over; one
 * that dies is started again.
 */
export async function startTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const pidFile = join(options.folder, 'temporal.pid');
  let pid = leftRunning(pidFile);
  const takenOver = pid !== undefined && (await answers(options.port));
  if (!takenOver) {
    if (pid !== undefined) await end(pid);
    await requireFree(
      options.port,
      'TEMPORAL_PORT',
      'To use a Temporal server that runs there, set TEMPORAL_ADDRESS.',
    );
    await requireFree(options.uiPort, 'TEMPORAL_UI_PORT');
    pid = launch(options, pidFile);
    await untilAnswering(options, pid);
  }
  let stopped = false;
  const watch = setInterval(() => {
    if (stopped || isAlive(pid!)) return;
    options.warn(
      'The Temporal server has ended; it is started again. Its log is temporal.log in the data folder.',
    );
    pid = launch(options, pidFile);
  }, LOOK_MS);
  return {
    takenOver,
    async stop() {
      stopped = true;
      clearInterval(watch);
      await end(pid!);
    },
  };
}

/** Refuses a port that is in use, with what to do about it. */
export async function requireFree(port: number, setting: string, otherwise = ''): Promise<void> {
  if (!(await answers(port))) return;
  throw new ConfigError(
    `Port ${port} is in use by another program. Stop it, or set ${setting} to a free port. ${otherwise}`.trim(),
  );
}

function launch(options: EmbeddedTemporalOptions, pidFile: string): number {
  const databaseFile = join(options.folder, 'temporal.db');
  const log = openSync(join(options.folder, 'temporal.log'), 'a', 0o600);
  const args = devServerArguments({ ...options, databaseFile });
  const child = spawn(options.binary, args, { detached: true, stdio: ['ignore', log, log] });
  child.on('error', (error) => options.warn(`The Temporal server cannot be run: ${error.message}`));
  child.unref();
  writeFileSync(pidFile, String(child.pid));
  return child.pid!;
}

async function untilAnswering({ port, folder }: EmbeddedTemporalOptions, pid: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < START_MS; await pause(50)) {
    if (await answers(port)) return;
    if (!isAlive(pid)) break;
  }
  throw new ConfigError(`The Temporal server did not start. ${join(folder, 'temporal.log')} says why.`);
}

function leftRunning(pidFile: string): number | undefined {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function end(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  for (const began = Date.now(); isAlive(pid) && Date.now() - began < STOP_MS; await pause(50));
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
