import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface Started {
  pid: number;
  /** Sends SIGKILL; resolves when the process has ended. */
  kill: () => Promise<void>;
  /** Sends SIGTERM; resolves when the process has ended, however long that takes. */
  stop: () => Promise<void>;
}

export interface StartOptions {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Polled, with everything the process has written. */
  isReady: (output: string) => boolean | Promise<boolean>;
}

/** A slow machine may take long. */
const READY_WITHIN_MS = 300_000;
const OUTPUT_KEPT = 20_000;

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Starts a program and waits until it is ready. Throws with its output if it ends before that. */
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
  await until('the program starts, or ends', settled, { withinMs: READY_WITHIN_MS }).catch(() => undefined);
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
 * Polls a condition until it holds. Throws after `withinMs`, naming the condition, but only after one more check: the
 * machine may have hung since the last one.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { withinMs, everyMs = 50 }: { withinMs: number; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const isLast = performance.now() > deadline;
    if (await holds()) return;
    if (isLast) throw new Error(`Waited ${withinMs / 1000} s in vain until ${what}.`);
    await pause(everyMs);
  }
}
