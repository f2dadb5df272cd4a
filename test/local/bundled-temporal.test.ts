import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/local/process-table';
import {
  type BundledTemporal,
  type BundledTemporalOptions,
  startTemporal,
} from '../../src/local/bundled-temporal';
import { answers } from '../../src/runtime/ports';
import { freePort } from '../support/serving';

/** Above what its starts may take together: it only ends what hangs. */
jest.setTimeout(900_000);

describe('the bundled Temporal server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-temporal-'));
  const pidFile = join(folder, 'temporal.pid');
  const warnings: string[] = [];
  let options: BundledTemporalOptions;
  let bystander: ChildProcess;
  const started: BundledTemporal[] = [];

  beforeAll(async () => {
    bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
    await once(bystander, 'spawn');
    const [port, uiPort] = [await freePort(), await freePort()];
    const binary = process.env.WAYHOOK_TEMPORAL_BINARY!;
    options = {
      binary,
      folder,
      port,
      uiPort,
      namespace: 'default',
      warn: (message) => warnings.push(message),
    };
  });
  afterAll(async () => {
    bystander.kill('SIGKILL');
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  const start = async (more: Partial<BundledTemporalOptions> = {}) => {
    const server = await startTemporal({ ...options, ...more });
    started.push(server);
    return server;
  };
  const pid = () => Number(readFileSync(pidFile, 'utf8'));

  /** Starts the server in a process of its own, as Wayhook does, and kills that. Returns the process id of the server. */
  const leave = async () => {
    const preload = join(__dirname, '../../bench/support/typescript.cjs');
    const holder = spawn(process.execPath, ['-r', preload, '-e', HOLD, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    return pid();
  };

  it('does not stop an unrelated program that has the process id of an old server', async () => {
    writeFileSync(pidFile, String(bystander.pid));
    const { takenOver, stop } = await start();
    expect(takenOver).toBe(false);
    expect(isAlive(bystander.pid!)).toBe(true);
    await stop();
    expect(await answers(options.port)).toBe(false);
  });

  it('is taken over when left running unchanged', async () => {
    const left = await leave();
    const { takenOver, stop } = await start();
    expect(takenOver).toBe(true);
    expect(pid()).toBe(left);
    await stop();
    expect(isAlive(left)).toBe(false);
  });

  it('that was left running is replaced when something has changed', async () => {
    const left = await leave();
    const uiPort = await freePort();
    const { takenOver, stop } = await start({ uiPort });
    expect(takenOver).toBe(false);
    expect(isAlive(left)).toBe(false);
    expect(await answers(options.uiPort)).toBe(false);
    expect(await answers(uiPort)).toBe(true);
    await stop();
  });

  it('that does not end when it is asked to is killed, and is gone then', async () => {
    const { stop } = await start();
    process.kill(pid(), 'SIGSTOP');
    await stop();
    expect(isAlive(pid())).toBe(false);
    expect(await answers(options.port)).toBe(false);
  });

  it('that cannot run says where to look', async () => {
    const [port, uiPort] = [await freePort(), await freePort()];
    const elsewhere = mkdtempSync(join(folder, 'broken-'));
    const broken = startTemporal({ ...options, port, uiPort, folder: elsewhere, binary: process.execPath });
    await expect(broken).rejects.toThrow(/The Temporal server did not start\. .*temporal\.log says why\./);
  });
});

const HOLD = `require(${JSON.stringify(join(__dirname, '../../src/local/bundled-temporal.ts'))})
  .startTemporal({ ...JSON.parse(process.argv[1]), warn: console.error })
  .then(() => console.log('it runs'));`;
