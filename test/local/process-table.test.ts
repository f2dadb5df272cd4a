import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAlive } from '../../src/local/process-table';
import { until } from '../support/until';

/** Looks like a killed program whose other threads have not ended yet. */
const FIRST_THREAD_ENDS = `
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
ctypes.CDLL(None).pthread_exit(None)`;

describe('a process', () => {
  it('is alive until it is killed', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(child, 'spawn');
    expect(isAlive(child.pid!)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isAlive(child.pid!)).toBe(false);
  });

  it('is not alive when it has ended, even if its parent never waits for it', async () => {
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

  (process.platform === 'linux' ? it : it.skip)(
    'is alive until the last of its threads has ended',
    async () => {
      const child = spawn('python3', ['-c', FIRST_THREAD_ENDS], { stdio: ['ignore', 'pipe', 'ignore'] });
      const pid = child.pid!;
      const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)![0];
      await until(async () => state() === 'Z');
      expect(isAlive(pid)).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(isAlive(pid)).toBe(false);
    },
  );

  it.each([0, -1])('with the id %d is not alive', (pid) => {
    expect(isAlive(pid)).toBe(false);
  });
});
