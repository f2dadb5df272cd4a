import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** For a tool to print its version; long, because the machine may hang meanwhile. */
export const ANSWER_WITHIN_MS = 120_000;

/** At either end of a long output: the cause is at one of them. */
const LINES_SHOWN = 10;

/** Something that set-up cannot fix: a sentence with the remedy, and the output of the failed tool. */
export class SetupFault extends Error {
  constructor(message, output = '') {
    super(message);
    this.name = 'SetupFault';
    this.output = shorten(output.trim().split('\n'));
  }
}

function shorten(lines) {
  if (lines.length <= 2 * LINES_SHOWN) return lines.join('\n');
  return [...lines.slice(0, LINES_SHOWN), '…', ...lines.slice(-LINES_SHOWN)].join('\n');
}

/** Prints in one line what starts now and how long it may take. */
export function say(line) {
  print(`• ${line}`);
}

let print = console.log;

/** From now on prints to standard error, apart from a program's output. */
export function sayOnStandardError() {
  print = console.error;
}

/** Runs a script; a SetupFault ends it with exit code 1, the tool's output and the sentence. */
export async function main(task) {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    if (error.output) console.error(error.output);
    console.error(`✗ ${error.message}`);
    process.exit(1);
  }
}

/**
 * Runs a tool to its end. Returns `{ ok, output }`; a tool that cannot be started, or is still running after
 * `timeoutMs`, is not ok.
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
