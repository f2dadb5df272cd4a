import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config';

/** Of all systems: macOS allows 103 bytes, Linux 107. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Keeps a data folder to one process. The lock is a listening socket, so it is gone with its process however
 * that ends, and a process id that was used again cannot be taken for it.
 */
export async function lockFolder(folder: string): Promise<{ release: () => void }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const socket = socketFor(realpathSync(folder));
  const server = (await listen(socket)) ?? (await takeOver(socket));
  if (!server) {
    throw new ConfigError(
      `Another Wayhook is running on the data folder ${folder}. Stop it, or set WAYHOOK_DATA_DIR to another folder.`,
    );
  }
  server.unref();
  return { release: () => server.close() };
}

/** In the folder itself, unless that makes a longer path than a socket may have; then in the system's folder. */
function socketFor(folder: string): string {
  const inside = join(folder, 'lock.sock');
  const name = `wayhook-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), `${name}.sock`);
}

/** A socket file that nobody answers at was left by a process that was killed. */
async function takeOver(socket: string): Promise<Server | undefined> {
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

/** Undefined when something is there already. */
function listen(socket: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => caller.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(socket, () => resolve(server));
  });
}
