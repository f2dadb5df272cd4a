import { type AddressInfo, createConnection, createServer } from 'node:net';
import { ConfigError } from '../config';

export interface Port {
  port: number;
  host: string;
  /** The setting that changes it. */
  setting: string;
  /** What else can be done about a port in use. */
  otherwise?: string;
}

/** Throws a ConfigError that says what to do if the port cannot be listened on. */
export async function requireFree({ port, host, setting, otherwise = '' }: Port): Promise<void> {
  // On some systems a program can listen on loopback while another listens on every address.
  const code = (await answers(port)) ? 'EADDRINUSE' : await listenErrorOf(port, host);
  if (code === undefined) return;
  const sentence =
    code === 'EADDRINUSE'
      ? `Port ${port} is in use by another program. Stop it, or set ${setting} to a free port. ${otherwise}`
      : `Wayhook cannot listen on port ${port} of ${host} (${code}). Set ${setting} to another port, or WAYHOOK_HOST to an address of this machine.`;
  throw new ConfigError(sentence.trim());
}

/** Whether something on this machine accepts connections on the port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listenErrorOf(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
