import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const TAIL_LINES = 20;

/** Something set-up cannot mend by itself: a sentence with the remedy, and the end of the failed tool's output. */
export class SetupFault extends Error {
  constructor(message, output = '') {
    super(message);
    this.name = 'SetupFault';
    this.tail = output.trim().split('\n').slice(-TAIL_LINES).join('\n');
  }
}

/** Says on one line what begins now and how long it may take. */
export function say(line) {
  console.log(`• ${line}`);
}

/** Runs the whole of a script; a fault ends it with exit code 1, its sentence and the tail of the tool's output. */
export async function main(task) {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    if (error.tail) console.error(error.tail);
    console.error(`✗ ${error.message}`);
    process.exit(1);
  }
}

/**
 * Runs a tool to its end, its output kept. Returns `{ ok, output }`; a tool that cannot be started, or is
 * still running after `timeoutMs`, is not ok.
 */
export function run(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, ...options });
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.once('error', (error) => resolve({ ok: false, output: String(error.message) }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}
