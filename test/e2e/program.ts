import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../support/until';

const ROOT = join(__dirname, '../..');

/** The first start may have to build, which takes minutes on a slow machine. */
const READY_WITHIN_MS = 600_000;

/** More than all waits of a test together. */
export const GUARD_MS = 3_000_000;

/** A part of Wayhook as a process of its own. */
export interface Program {
  /** Its standard output and standard error so far. */
  written: { out: string; err: string };
  signal: (signal: NodeJS.Signals) => void;
  /** Its exit code, null when a signal ended it; resolves when it has ended. */
  ended: Promise<number | null>;
  /** Waits for text in its output. */
  says: (text: string, withinMs?: number) => Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Runs `node scripts/<script> <args>` with these settings, without those of this process. */
export function launch([script, ...args]: [string, ...string[]], settings: Settings): Program {
  return run(process.execPath, [join(ROOT, 'scripts', script), ...args], settings);
}

/** Runs a command and collects its output. It does not outlive this process. */
export function run(command: string, args: string[], settings: Settings = {}): Program {
  const child = spawn(command, args, { env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const written = { out: '', err: '' };
  child.stdout.on('data', (data) => (written.out += String(data)));
  child.stderr.on('data', (data) => (written.err += String(data)));
  let isOver = false;
  const ended = once(child, 'close').then(([code]) => {
    isOver = true;
    running.delete(child);
    return code as number | null;
  });
  return {
    written,
    ended,
    signal: (signal) => void child.kill(signal),
    async says(text, withinMs = READY_WITHIN_MS) {
      const hasSaid = () => written.out.includes(text) || written.err.includes(text);
      await until(async () => hasSaid() || isOver, withinMs);
      if (!hasSaid()) throw new Error(`It ended without writing “${text}”:\n${written.out}${written.err}`);
    },
  };
}

export type Settings = Record<string, string | number>;

/** This process's environment with these settings instead of its own. */
function environment(settings: Settings): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(TEMPORAL_|WAYHOOK_|DATABASE_URL$|PORT$|METRICS_PORT$)/.test(name) || name === 'WAYHOOK_CACHE_DIR',
  );
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries([...kept, ...given]) as NodeJS.ProcessEnv;
}
