import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config';

/** In bytes, on every system: macOS allows 103, Linux 107. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Locks a data folder for one process. The lock is a listening socket: it ends with its process however that ends, and a
 * reused process id cannot be mistaken for it.
 */
export async function lockFolder(folder: string): Promise<{ release: () => void }> {
  const socket = socketFor(realpathSync(folder));
  const server = (await listen(socket)) ?? (await replaceStale(socket));
  if (!server) {
    throw new ConfigError(
      `Another Wayhook is running on the data folder ${folder}. Stop it, or set WAYHOOK_DATA_DIR to another folder.`,
    );
  }
  server.unref();
  return { release: () => server.close() };
}

/** In the folder itself, or in a folder of this user's among the temporary ones if the path is too long for a socket. */
function socketFor(folder: string): string {
  const inside = join(folder, 'lock.sock');
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\wayhook-${hash}`;
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(temporaryFolder(), `${hash}.sock`);
}

/** Other users know its name, and may have made it first to hold the lock for ever. */
function temporaryFolder(): string {
  const folder = join(tmpdir(), `wayhook-${process.getuid!()}`);
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  const stats = lstatSync(folder);
  if (stats.isDirectory() && stats.uid === process.getuid!() && (stats.mode & 0o077) === 0) return folder;
  throw new ConfigError(
    `${folder} is not a folder of this user alone. Remove it, or set WAYHOOK_DATA_DIR to a shorter path.`,
  );
}

/** Listens on the socket unless a process answers there: one that was killed leaves its file. */
async function replaceStale(socket: string): Promise<Server | undefined> {
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(socket)
      .once('connect', () => {
        probe.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });
  if (answered) return undefined;
  rmSync(socket, { force: true });
  return listen(socket);
}

/** Undefined when the socket exists already. */
function listen(socket: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => caller.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(socket, () => resolve(server));
  });
}
