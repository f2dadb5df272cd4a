import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installWithApt } from './apt.mjs';
import { SetupFault, run } from './steps.mjs';

/** Long, because a start that fails ends earlier. */
const START_TIMEOUT_MS = 300_000;
const LOG_KEPT = 10_000;
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const IS_ROOT = process.getuid?.() === 0;

/**
 * Starts a new Postgres cluster in a temporary folder, on a free loopback port, without authentication. Returns
 * `{ url, stop() }`; `stop` stops it and removes the folder. For tests only: nothing is synced to disk.
 */
export async function startPostgres() {
  const bin = findBinaries() ?? (await installPostgres());
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-postgres-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const owner = changeOwner(folder);
    await initialise(bin, folder, owner);
    const { port, stop } = await serve(bin, folder, owner);
    return { url: `postgres://wayhook@127.0.0.1:${port}/postgres`, stop: () => stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The folder with initdb and postgres: on the PATH, else the newest of Debian's. */
function findBinaries() {
  const debian = existsSync(DEBIAN_FOLDER)
    ? readdirSync(DEBIAN_FOLDER).sort((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...process.env.PATH.split(delimiter),
    ...debian.map((version) => join(DEBIAN_FOLDER, version, 'bin')),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function installPostgres() {
  await installWithApt('postgresql', {
    missing: 'Postgres is not installed: put its initdb and postgres commands on the PATH',
    otherwise: 'or set DATABASE_URL and run npm test.',
  });
  return findBinaries();
}

/** Postgres refuses to run as root, so root gives the folder to the user that runs it. Returns that user, if any. */
function changeOwner(folder) {
  if (!IS_ROOT) return {};
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', user), idOf('-g', user)];
    if (Number.isNaN(uid)) continue;
    chownSync(folder, uid, gid);
    return { uid, gid };
  }
  throw new SetupFault(
    'Postgres does not run as root: add a user named postgres, or run the tests as another user.',
  );
}

function idOf(flag, user) {
  return parseInt(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout, 10);
}

async function initialise(bin, folder, owner) {
  const args = ['-D', folder, '-U', 'wayhook', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const { ok, output } = await run(join(bin, 'initdb'), args, { ...owner, cwd: folder });
  if (!ok) throw new SetupFault('Postgres could not set up a cluster in the temporary folder.', output);
}

async function serve(bin, folder, owner) {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', folder, ...args], {
    ...owner,
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  await ready(child);
  const stop = async () => {
    child.kill('SIGINT'); // Postgres's fast shutdown, which closes open connections.
    await ended;
  };
  return { port, stop };
}

/** Waits for the log line that says that it accepts connections; LC_ALL keeps it in English. */
function ready(child) {
  let log = '';
  return new Promise((resolve, reject) => {
    const fail = () => reject(new SetupFault('Postgres did not start.', log));
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    child.once('error', fail).once('close', fail);
    child.stderr.on('data', (data) => {
      log = (log + data).slice(-LOG_KEPT);
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
