import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbedded } from '../../src/db/connection/client';
import { isAlive } from '../../src/local/process-table';
import { type Api, openApi } from './api';
import { type Ledger, readLedger } from './ledger';
import { type FourPorts, freePorts } from '../../test/support/serving';
import { type Started, startProcess, until } from './processes';
import { API_KEY, environment, ROOT, temporalBinary, temporaryFolder } from './settings';

/** All of Wayhook as `npm start` runs it: one process on the embedded database, and a Temporal server. */
export interface Program {
  api: Api;
  /** Of the API, without a trailing slash. */
  url: string;
  temporalAddress: string;
  /** The current process ids of the program and its Temporal server. */
  pids: () => { program: number; temporal: number };
  /** Kills the program's own process. */
  killProcess: () => Promise<void>;
  /** Kills its Temporal server, which the program restarts. Resolves when it has ended. */
  killTemporal: () => Promise<void>;
  /** Restarts the program after its process was killed. */
  restart: () => Promise<void>;
  /** Stops the program and reads its database. */
  endWithLedger: () => Promise<Ledger>;
  /** Stops it and removes its data. */
  close: () => Promise<void>;
}

const ENDED_WITHIN_MS = 120_000;

/** With `temporalAddress`, the program uses the server there instead of its own; `nodeOptions` are those of its process. */
export async function startProgram(temporalAddress?: string, nodeOptions: string[] = []): Promise<Program> {
  const folder = temporaryFolder();
  const [port, metricsPort, temporalPort, uiPort] = (await freePorts(4)) as FourPorts;
  const env = environment({
    PORT: port,
    METRICS_PORT: metricsPort,
    WAYHOOK_DATA_DIR: folder.path,
    WAYHOOK_TEMPORAL_BINARY: temporalBinary(),
    ...(temporalAddress === undefined
      ? { TEMPORAL_PORT: temporalPort, TEMPORAL_UI_PORT: uiPort }
      : { TEMPORAL_ADDRESS: temporalAddress }),
  });
  const start = (): Promise<Started> =>
    startProcess({
      command: process.execPath,
      args: [...nodeOptions, join(ROOT, 'dist/main.js')],
      env,
      isReady: (output) => output.includes('Wayhook is running'),
    });
  const temporalPid = () => Number(readFileSync(join(folder.path, 'temporal.pid'), 'utf8'));
  const killTemporal = () => {
    const pid = temporalPid();
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  let program = await start();
  // Its Temporal server is no child of this process and would outlive an interrupted benchmark; it is killed before the
  // folder with its process id is removed.
  const onExit = () => temporalAddress ?? killTemporal();
  process.prependOnceListener('exit', onExit);
  const url = `http://127.0.0.1:${port}`;
  const api = openApi(url, API_KEY);
  const end = async () => {
    await program.stop();
    process.removeListener('exit', onExit);
  };
  return {
    api,
    url,
    temporalAddress: temporalAddress ?? `127.0.0.1:${temporalPort}`,
    pids: () => ({ program: program.pid, temporal: temporalPid() }),
    async killTemporal() {
      const pid = killTemporal();
      await until('the Temporal server has ended', () => !isAlive(pid), { withinMs: ENDED_WITHIN_MS });
    },
    killProcess: () => program.kill(),
    restart: async () => void (program = await start()),
    async endWithLedger() {
      await end();
      const { db, close } = await openEmbedded(join(folder.path, 'database'));
      return readLedger(db).finally(close);
    },
    async close() {
      await api.close();
      await end();
      folder.remove();
    },
  };
}
