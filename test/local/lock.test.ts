import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../src/local/lock';

describe('the lock of a data folder', () => {
  const parent = mkdtempSync(join(tmpdir(), 'wayhook-lock-'));
  let holder: ChildProcess | undefined;
  afterAll(() => {
    holder?.kill('SIGKILL');
    rmSync(parent, { recursive: true });
  });

  it('refuses a second holder until the first releases it', async () => {
    const folder = make('twice');
    const first = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(/Another Wayhook is running on the data folder .*twice/);
    first.release();
    (await lockFolder(folder)).release();
  });

  it('is the same for every path of a folder', async () => {
    const folder = make('named');
    const lock = await lockFolder(folder);
    await expect(lockFolder(join(parent, 'twice/../named'))).rejects.toThrow('Another Wayhook');
    lock.release();
  });

  it('is free once its holder is killed', async () => {
    const folder = make('killed');
    (await lockFolder(folder)).release();
    holder = spawn(process.execPath, ['-e', HOLD, join(folder, 'lock.sock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout!, 'data');
    await expect(lockFolder(folder)).rejects.toThrow('Another Wayhook');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    (await lockFolder(folder)).release();
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const folder = make('long'.repeat(40));
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow('Another Wayhook');
    lock.release();
  });

  it('is not put where other users could hold it', async () => {
    const shared = join(tmpdir(), `wayhook-${process.getuid!()}`);
    chmodSync(shared, 0o777);
    const locked = lockFolder(make('wide'.repeat(40)));
    await expect(locked).rejects.toThrow(`${shared} is not a folder of this user alone. Remove it, or set`);
    chmodSync(shared, 0o700);
  });

  function make(name: string): string {
    const folder = join(parent, name);
    mkdirSync(folder);
    return folder;
  }
});

/** A process that holds the lock as Wayhook does. */
const HOLD = `require('node:net').createServer().listen(process.argv[1], () => console.log('held'));`;
