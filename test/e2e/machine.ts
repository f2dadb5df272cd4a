import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/local/process-table';
import { openTestDatabase } from '../support/database';
import { type FourPorts, freePorts } from '../support/serving';
import { type Caller, createCaller } from './caller';
import { launch, type Program, type Settings } from './program';

export const API_KEY = 'a-key-of-the-tests-that-is-long-enough';

/** Where `npm start` runs: a data folder and ports that stay the same across starts. */
export interface Machine {
  folder: string;
  settings: { PORT: number; METRICS_PORT: number; TEMPORAL_PORT: number; TEMPORAL_UI_PORT: number };
  api: Caller;
  /** Starts the program, with further settings, and waits for the end of its greeting. */
  start: (settings?: Settings) => Promise<Program>;
  /** Starts it with further settings, without waiting. */
  launch: (settings?: Settings) => Program;
  /** The process id of the Temporal server, whether or not it is alive. */
  temporalPid: () => number;
  /** Kills what is still running, and removes the folder. */
  close: () => Promise<void>;
}

/** A machine with the embedded database, or with its own database on the server of DATABASE_URL. */
export async function createMachine(): Promise<Machine> {
  const folder = join(mkdtempSync(join(tmpdir(), 'wayhook-e2e-')), 'data');
  const { connection, url, drop } = await openTestDatabase();
  await connection.close();
  const [PORT, METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT] = (await freePorts(4)) as FourPorts;
  const settings = { PORT, METRICS_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT };
  const programs: Program[] = [];
  const launchHere = (more: Settings = {}) => {
    const shared = { WAYHOOK_DATA_DIR: folder, WAYHOOK_API_KEY: API_KEY, ...likeEmbedded(url) };
    const program = launch(['start.mjs'], { ...shared, ...settings, ...more });
    programs.push(program);
    return program;
  };
  const temporalPid = () => {
    const file = join(folder, 'temporal.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };
  return {
    folder,
    settings,
    api: createCaller(`http://127.0.0.1:${PORT}`, API_KEY),
    launch: launchHere,
    async start(more) {
      const program = launchHere(more);
      await program.says('Ctrl-C stops it');
      return program;
    },
    temporalPid,
    async close() {
      programs.forEach((program) => program.signal('SIGKILL'));
      await Promise.all(programs.map((program) => program.ended));
      if (isAlive(temporalPid())) process.kill(temporalPid(), 'SIGKILL');
      rmSync(join(folder, '..'), { recursive: true, force: true });
      await drop();
    },
  };
}

/** Settings that are the defaults with the embedded database, and not with Postgres. */
function likeEmbedded(databaseUrl: string | undefined): Settings {
  if (databaseUrl === undefined) return {};
  return {
    DATABASE_URL: databaseUrl,
    WAYHOOK_HOST: '127.0.0.1',
    WAYHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WAYHOOK_ALLOW_HTTP: 'on',
    WAYHOOK_INBOX: 'on',
  };
}
