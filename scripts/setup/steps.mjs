import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A tool says its version at once, but not on a machine that stands still meanwhile. */
export const ANSWER_WITHIN_MS = 120_000;

/** Of a long output, the reason stands at one of its ends. */
const LINES_SHOWN = 10;

/** Something set-up cannot mend by itself: a sentence with the remedy, and what the failed tool said. */
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

/** Says on one line what begins now and how long it may take. */
export function say(line) {
  print(`• ${line}`);
}

let print = console.log;

/** From now on, what is said is kept apart from what a program writes. */
export function sayOnStandardError() {
  print = console.error;
}

/** Runs the whole of a script; a fault ends it with exit code 1, what the tool said and the sentence. */
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
