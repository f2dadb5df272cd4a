import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/local/process-table';
import {
  type BundledTemporal,
  type BundledTemporalOptions,
  startBundledTemporal,
} from '../../src/local/bundled-temporal';
import { answers } from '../../src/runtime/ports';
import { listeningOf } from '../support/network/listening';
import { freePort } from '../support/serving';

/** More than all starts take on a slow machine. */
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
    const server = await startBundledTemporal({ ...options, ...more });
    started.push(server);
    return server;
  };
  const pid = () => Number(readFileSync(pidFile, 'utf8'));

  /** Starts the server from another process, as Wayhook does, and kills that process. Returns the server's process id. */
  const leaveRunning = async () => {
    const preload = join(__dirname, '../../bench/support/typescript.cjs');
    const holder = spawn(process.execPath, ['-r', preload, '-e', HOLD, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    return pid();
  };

  it('leaves another program alone that has the process id of an ended server', async () => {
    writeFileSync(pidFile, String(bystander.pid));
    const { reused, stop } = await start();
    expect(reused).toBe(false);
    expect(isAlive(bystander.pid!)).toBe(true);
    await stop();
    expect(await answers(options.port)).toBe(false);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'listens on loopback only, and knows all its ports that speak HTTP',
    async () => {
      const { innerPorts, stop } = await start();
      const listening = listeningOf(pid());
      expect(listening.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
      const known = [options.port, options.uiPort, innerPorts.http, innerPorts.metrics];
      const ports = listening.map((address) => Number(address.split(':')[1]));
      expect(ports).toEqual(expect.arrayContaining(known));
      const unknown = ports.filter((port) => !known.includes(port));
      await Promise.all(unknown.map((port) => expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()));
      await stop();
    },
  );

  it.each(['GET', 'POST'])('answers no %s to its HTTP API', async (method) => {
    const { innerPorts, stop } = await start();
    const path = method === 'GET' ? 'namespaces' : 'namespaces/default/workflows/any/terminate';
    const url = `http://127.0.0.1:${innerPorts.http}/api/v1/${path}`;
    expect((await fetch(url, { method })).status).toBe(403);
    await stop();
  });

  (process.platform === 'linux' ? it : it.skip)('is given none of our settings and secrets', async () => {
    const ours = {
      WAYHOOK_SECRET_KEY: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      https_proxy: 'c',
      TEMPORAL_PROFILE: 'd',
    };
    const before = { ...process.env };
    Object.assign(process.env, ours);
    const { stop } = await start();
    for (const name of Object.keys(ours)) delete process.env[name];
    Object.assign(process.env, before);
    const given = readFileSync(`/proc/${pid()}/environ`, 'utf8').split('\0');
    const names = given.filter((line) => line !== '').map((line) => line.split('=')[0]!);
    expect(names).toContain('PATH');
    expect(['PATH', 'TMPDIR', 'TZ', 'TMP', 'TEMP']).toEqual(expect.arrayContaining(names));
    await stop();
  });

  it('that was left running is reused when nothing has changed', async () => {
    const left = await leaveRunning();
    const { reused, innerPorts, stop } = await start();
    expect(reused).toBe(true);
    expect(await answers(innerPorts.http)).toBe(true);
    expect(pid()).toBe(left);
    await stop();
    expect(isAlive(left)).toBe(false);
  });

  it('that was left running is replaced when something has changed', async () => {
    const left = await leaveRunning();
    const uiPort = await freePort();
    const { reused, stop } = await start({ uiPort });
    expect(reused).toBe(false);
    expect(isAlive(left)).toBe(false);
    expect(await answers(options.uiPort)).toBe(false);
    expect(await answers(uiPort)).toBe(true);
    await stop();
  });

  it('that ignores SIGTERM is killed, and has ended when stop returns', async () => {
    const { stop } = await start();
    process.kill(pid(), 'SIGSTOP');
    await stop();
    expect(isAlive(pid())).toBe(false);
    expect(await answers(options.port)).toBe(false);
  });

  it('that cannot run fails the start with the path of its log', async () => {
    const [port, uiPort] = [await freePort(), await freePort()];
    const elsewhere = mkdtempSync(join(folder, 'broken-'));
    const broken = startBundledTemporal({
      ...options,
      port,
      uiPort,
      folder: elsewhere,
      binary: process.execPath,
    });
    await expect(broken).rejects.toThrow(/The Temporal server did not start\. See .*temporal\.log\./);
  });
});

const HOLD = `require(${JSON.stringify(join(__dirname, '../../src/local/bundled-temporal.ts'))})
  .startBundledTemporal({ ...JSON.parse(process.argv[1]), warn: console.error })
  .then(() => console.log('it runs'));`;
