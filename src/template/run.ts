import { RenderFault } from './faults';

/** The longest text that all templates of a webhook together, or one helper, may produce. */
export const MAX_TEXT = 1_048_576;
/** A quarter of a second, less the time that the last helper and the processing of the text may take. */
const MAX_MS = 150;
/** Tags written, helpers called and blocks entered. */
const MAX_STEPS = 100_000;
/** Comparisons of values by the helpers for lists. */
const MAX_COMPARISONS = 250_000;
/** Characters produced by tags, helpers and blocks; those of nested blocks count at each level. */
const MAX_WORK = 8 * MAX_TEXT;

/** The remaining budget and the shared data of the templates of one webhook while they are rendered. */
export interface Run {
  /** The moment of the delivery, in milliseconds since the epoch. */
  readonly now: number;
  /** The key of the HMAC helpers. */
  readonly hmacKey: string;
  readonly cpuAtStart: number;
  /** When to check the elapsed time next, by `performance.now()`. */
  deadline: number;
  stepsLeft: number;
  comparisonsLeft: number;
  workLeft: number;
  textLeft: number;
}

/** Starts a run before the first template is compiled, because compiling counts. */
export function startRun({ now, hmacKey }: Pick<Run, 'now' | 'hmacKey'>): Run {
  const began = performance.now();
  const deadline = began + MAX_MS;
  const left = {
    stepsLeft: MAX_STEPS,
    comparisonsLeft: MAX_COMPARISONS,
    workLeft: MAX_WORK,
    textLeft: MAX_TEXT,
  };
  return { now, hmacKey, cpuAtStart: recentCpuMs(began), deadline, ...left };
}

/** Deducts a step and the length of its text from the run's budget. */
export function spend(run: Run, text: string): string {
  if (--run.stepsLeft < 0) throw exhausted(`took more than ${MAX_STEPS} steps`);
  reserve(run, text.length);
  return text;
}

/** Deducts a comparison from the run's budget. */
export function compare(run: Run): void {
  if (--run.comparisonsLeft < 0) throw exhausted(`made more than ${MAX_COMPARISONS} comparisons in lists`);
  reserve(run, 0);
}

/** Deducts the length of a template's whole text from the run's budget. */
export function finish(run: Run, text: string): string {
  if ((run.textLeft -= text.length) < 0) throw exhausted('gave more than 1 MiB of text');
  reserve(run, 0);
  return text;
}

/** Deducts the length of a text from the run's budget: before the text is made, if its length is known. */
export function reserve(run: Run, length: number): void {
  run.workLeft -= length;
  if (run.workLeft < 0 || length > MAX_TEXT) throw exhausted('gave more than 1 MiB of text');
  const now = performance.now();
  if (now > run.deadline) prolong(run, now);
}

/** On a busy machine, the process may wait for the CPU: the limit applies to the CPU time that it has used. */
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

/** Reading the CPU time costs more than a short template: a run may be charged slightly more than it used. */
function recentCpuMs(now: number): number {
  if (now - sample.at > SAMPLE_MS) sample = { at: now, cpu: cpuMs() };
  return sample.cpu;
}

function exhausted(what: string, options = {}): RenderFault {
  const message = `The templates of this webhook ${what}. Loop over fewer items.`;
  return new RenderFault('render', message, options);
}
