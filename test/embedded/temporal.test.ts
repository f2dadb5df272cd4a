import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/embedded/process-table';
import {
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
  startTemporal,
} from '../../src/embedded/temporal';
import { answers } from '../../src/parts/ports';
import { freePort } from '../support/serving';

/** Above what its starts may take together: it only ends what hangs. */
jest.setTimeout(900_000);

describe('the bundled Temporal server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-temporal-'));
  const pidFile = join(folder, 'temporal.pid');
  const warnings: string[] = [];
  let options: EmbeddedTemporalOptions;
  let bystander: ChildProcess;
  const started: EmbeddedTemporal[] = [];

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

  const start = async (more: Partial<EmbeddedTemporalOptions> = {}) => {
    const server = await startTemporal({ ...options, ...more });
    started.push(server);
    return server;
  };
  const pid = () => Number(readFileSync(pidFile, 'utf8'));

  it('leaves a program alone that has the number of a server long gone', async () => {
    writeFileSync(pidFile, String(bystander.pid));
    const { takenOver, stop } = await start();
    expect(takenOver).toBe(false);
    expect(isAlive(bystander.pid!)).toBe(true);
    await stop();
    expect(await answers(options.port)).toBe(false);
  });

  it('that was left running is taken over when nothing has changed, and replaced when something has', async () => {
    await start();
    const left = pid();
    expect((await start()).takenOver).toBe(true);
    expect(pid()).toBe(left);

    const uiPort = await freePort();
    expect((await start({ uiPort })).takenOver).toBe(false);
    expect(isAlive(left)).toBe(false);
    expect(await answers(options.uiPort)).toBe(false);
    expect(await answers(uiPort)).toBe(true);
  });

  it('that cannot run says where to look', async () => {
    const [port, uiPort] = [await freePort(), await freePort()];
    const elsewhere = mkdtempSync(join(folder, 'broken-'));
    const broken = startTemporal({ ...options, port, uiPort, folder: elsewhere, binary: process.execPath });
    await expect(broken).rejects.toThrow(/The Temporal server did not start\. .*temporal\.log says why\./);
  });
});
