import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The command line a process was started with, its words joined by spaces; undefined when there is none to read. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim() || undefined;
  } catch {
    // No such process.
    return undefined;
  }
}

/** Whether the process runs. Zero and negative numbers name no process. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0) && !hasEnded(pid);
  } catch {
    return false;
  }
}

/**
 * Whether nobody has asked yet how the process ended. In a container whose first process never does, it stays so. Its
 * first thread may end before others, which have its ports still.
 */
function hasEnded(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  // The name, in brackets, may have brackets of its own; then comes the state.
  const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!;
  return /^[ZX]/.test(state) && readdirSync(`/proc/${pid}/task`).length === 1;
}
