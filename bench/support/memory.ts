import { readFileSync } from 'node:fs';

/** What a process has in memory now (RSS), in MB. Linux alone tells it so. */
export function megabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
}
