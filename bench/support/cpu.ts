import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for programs. */
const MS_PER_TICK = 10;

/** Processor time a process has used so far, in ms, its own and the kernel's for it; undefined where it cannot be told. */
export function cpuMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // The name, in brackets, may have spaces; the two times are the 14th and 15th field of all.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
