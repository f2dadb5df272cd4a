import { readFileSync } from 'node:fs';

/** The resident memory (RSS) of a process, in MB. Linux only. */
export function megabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
}
