import { RenderFault } from './faults';

/** The longest text, in characters, that the templates of a webhook together, or one helper, may produce. */
export const MAX_TEXT = 1_048_576;
/** Rendering may take a quarter of a second: the rest is for a last helper that overruns, and for handling the text. */
const MAX_MS = 150;
/** Tags written, helpers called and blocks entered. */
const MAX_STEPS = 100_000;
/** Characters that tags, helpers and blocks produce; nested blocks count once for each level. */
const MAX_WORK = 8 * MAX_TEXT;

/** One rendering of all templates of a webhook: what they share, and what is left of their limits. */
export interface Run {
  /** The moment of the delivery, in milliseconds since the epoch. */
  readonly now: number;
  /** The key of the HMAC helpers. */
  readonly hmacKey: string;
  readonly cpuAtStart: number;
  /** When to check the CPU time next, as a value of `performance.now()`. */
  deadline: number;
  stepsLeft: number;
  workLeft: number;
  textLeft: number;
}

/** Starts a run. Compiling the templates counts towards its time. */
export function startRun({ now, hmacKey }: Pick<Run, 'now' | 'hmacKey'>): Run {
  const began = performance.now();
  const deadline = began + MAX_MS;
  const left = { stepsLeft: MAX_STEPS, workLeft: MAX_WORK, textLeft: MAX_TEXT };
  return { now, hmacKey, cpuAtStart: recentCpuMs(began), deadline, ...left };
}

/** Counts a step, and the length of its text, against the limits of the run. Throws RenderFault beyond them. */
export function spend(run: Run, text: string): string {
  if (--run.stepsLeft < 0) throw exhausted(`took more than ${MAX_STEPS} steps`);
  reserve(run, text.length);
  return text;
}

/** Counts the whole text of a template against the limits of the run. Throws RenderFault beyond them. */
export function finish(run: Run, text: string): string {
  if ((run.textLeft -= text.length) < 0) throw exhausted('gave more than 1 MiB of text');
  reserve(run, 0);
  return text;
}

/** Counts the length of a text against the limits of the run; before it is built, where its length is known. */
export function reserve(run: Run, length: number): void {
  run.workLeft -= length;
  if (run.workLeft < 0 || length > MAX_TEXT) throw exhausted('gave more than 1 MiB of text');
  const now = performance.now();
  if (now > run.deadline) prolong(run, now);
}

/** On a busy machine, time passes while this process does not run: what counts is the CPU time it used. */
function prolong(run: Run, now: number): void {
  const left = MAX_MS - (cpuMs() - run.cpuAtStart);
  if (left <= 0) throw exhausted(`took more than ${MAX_MS} ms`, { timedOut: true });
  run.deadline = now + left;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const SAMPLE_MS = 20;
let sample = { at: -Infinity, cpu: 0 };

/** Reading the CPU time costs more than a short template, so a sample up to 20 ms old is used: a run may be charged a little too much. */
function recentCpuMs(now: number): number {
  if (now - sample.at > SAMPLE_MS) sample = { at: now, cpu: cpuMs() };
  return sample.cpu;
}

function exhausted(what: string, options = {}): RenderFault {
  const message = `The templates of this webhook ${what}. Loop over fewer items.`;
  return new RenderFault('render', message, options);
}
