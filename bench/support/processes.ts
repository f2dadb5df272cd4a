import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface Started {
  pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill: () => Promise<void>;
  /** SIGTERM; resolves when the process has ended, however long that takes it. */
  stop: () => Promise<void>;
}

export interface StartOptions {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Polled with all that the process has written. */
  isReady: (output: string) => boolean | Promise<boolean>;
}

/** Only ends what hangs. */
const READY_WITHIN_MS = 300_000;
const OUTPUT_KEPT = 20_000;

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Runs a program until it is ready. Throws with what it wrote when it ends before that. */
export async function startProcess({ command, args, env, isReady }: StartOptions): Promise<Started> {
  let output = '';
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const ended = once(child, 'close').finally(() => children.delete(child));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (output = (output + String(data)).slice(-OUTPUT_KEPT)));
  }
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  let isUp = false;
  const settled = async () => (isUp = await isReady(output)) || isOver();
  await until('it starts, or ends', settled, { withinMs: READY_WITHIN_MS }).catch(() => undefined);
  if (!isUp) {
    child.kill('SIGKILL');
    throw new Error(`${command} ${args.join(' ')} did not start:\n${output}`);
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid!, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/**
 * Looks until it is so. Throws after `withinMs`, saying what was waited for, but not before one more look: the machine may
 * have stood still since the last.
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { withinMs, everyMs = 50 }: { withinMs: number; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const isLast = performance.now() > deadline;
    if (await isSo()) return;
    if (isLast) throw new Error(`Waited ${withinMs / 1000} s in vain: ${what}.`);
    await pause(everyMs);
  }
}
