import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../src/embedded/process-table';
import { until } from '../support/until';

describe('a process', () => {
  it('is alive until it is killed', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(child, 'spawn');
    expect(isAlive(child.pid!)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isAlive(child.pid!)).toBe(false);
  });

  it('is not alive when it has ended, though its parent never asks how', async () => {
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await until(async () => !isAlive(pid));
    parent.kill('SIGKILL');
    await once(parent, 'close');
  });

  it.each([0, -1])('of the number %d is none', (pid) => {
    expect(isAlive(pid)).toBe(false);
  });
});
