import { RenderFault } from './faults';

/** The longest text that the templates of a webhook together, or one helper, may give. */
export const MAX_TEXT = 1_048_576;
/** A quarter of a second, less what the last helper may take beyond it and what is done with the text. */
const MAX_MS = 150;
/** Tags written, helpers called and blocks entered. */
const MAX_STEPS = 100_000;
/** Characters that tags, helpers and blocks gave, those of a block in a block counted at each level. */
const MAX_WORK = 8 * MAX_TEXT;

/** What the templates of one webhook may still use together, and what they share, while they are rendered. */
export interface Run {
  /** The moment of the delivery, in milliseconds since the epoch. */
  readonly now: number;
  /** The key of the HMAC helpers. */
  readonly hmacKey: string;
  readonly cpuAtStart: number;
  /** When to look how long the run has taken, by `performance.now()`. */
  deadline: number;
  stepsLeft: number;
  workLeft: number;
  textLeft: number;
}

/** A run begins with what is compiled first: compiling counts. */
export function startRun({ now, hmacKey }: Pick<Run, 'now' | 'hmacKey'>): Run {
  const began = performance.now();
  const deadline = began + MAX_MS;
  const left = { stepsLeft: MAX_STEPS, workLeft: MAX_WORK, textLeft: MAX_TEXT };
  return { now, hmacKey, cpuAtStart: recentCpuMs(began), deadline, ...left };
}

/** Takes a step, and the length of its text, from what the run has left. */
export function spend(run: Run, text: string): string {
  if (--run.stepsLeft < 0) throw exhausted(`took more than ${MAX_STEPS} steps`);
  reserve(run, text.length);
  return text;
}

/** Takes the length of a template's whole text from what the run has left. */
export function finish(run: Run, text: string): string {
  if ((run.textLeft -= text.length) < 0) throw exhausted('gave more than 1 MiB of text');
  reserve(run, 0);
  return text;
}

/** Takes the length of a text from what the run has left: before it is made, where its length can be told. */
export function reserve(run: Run, length: number): void {
  run.workLeft -= length;
  if (run.workLeft < 0 || length > MAX_TEXT) throw exhausted('gave more than 1 MiB of text');
  const now = performance.now();
  if (now > run.deadline) prolong(run, now);
}

/** On a busy machine time passes that nobody used: the run ends by the time that the process has worked. */
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

/** To ask for it costs more than a short template: a run may be held to a little more than it used. */
function recentCpuMs(now: number): number {
  if (now - sample.at > SAMPLE_MS) sample = { at: now, cpu: cpuMs() };
  return sample.cpu;
}

function exhausted(what: string, options = {}): RenderFault {
  const message = `The templates of this webhook ${what}. Loop over fewer items.`;
  return new RenderFault('render', message, options);
}
