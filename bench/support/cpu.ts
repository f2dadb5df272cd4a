import { readFileSync } from 'node:fs';
import type { Program } from './program';

/** Linux reports CPU time in hundredths of a second. */
const MS_PER_TICK = 10;

/** The CPU time of a process so far, user and system, in ms; undefined on systems other than Linux. */
export function cpuMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // The name, in parentheses, may contain spaces; the two times are the 14th and 15th of all fields.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Of a program and its Temporal server, the processor time of each from now on, in ms. */
export function startCpuClock({ pids }: Program): () => number[] {
  const { program, temporal } = pids();
  const spent = () => [cpuMs(program) ?? NaN, cpuMs(temporal) ?? NaN];
  const before = spent();
  return () => spent().map((ms, index) => ms - before[index]!);
}
