import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process's command line, joined by spaces; undefined when there is no such process or it cannot be read. */
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

/** Whether the process runs. Zero and negative numbers are no process ids. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0) && !isZombie(pid);
  } catch {
    return false;
  }
}

/**
 * Whether the process has ended but its parent has not waited for it: in a container whose first process never does, it
 * stays a zombie. A process whose first thread alone has ended looks the same but for its other threads, which still
 * hold its ports.
 */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  // The state follows the command's name, which is in parentheses and may contain some.
  const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!;
  return /^[ZX]/.test(state) && readdirSync(`/proc/${pid}/task`).length === 1;
}
