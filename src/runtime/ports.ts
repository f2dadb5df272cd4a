import { createConnection, createServer } from 'node:net';
import { ConfigError } from '../config';

export interface Port {
  port: number;
  host: string;
  /** The setting that moves it. */
  setting: string;
  /** What else can be done about a port in use. */
  otherwise?: string;
}

/** Refuses a port that cannot be listened on, with what to do about it. */
export async function requireFree({ port, host, setting, otherwise = '' }: Port): Promise<void> {
  // On some systems one can listen on loopback beside a program that listens on every address.
  const code = (await answers(port)) ? 'EADDRINUSE' : await refusalToListen(port, host);
  if (code === undefined) return;
  const sentence =
    code === 'EADDRINUSE'
      ? `Port ${port} is in use by another program. Stop it, or set ${setting} to a free port. ${otherwise}`
      : `Port ${port} of ${host} cannot be listened on (${code}). Set ${setting} to another port, or WAYHOOK_HOST to an address of this machine.`;
  throw new ConfigError(sentence.trim());
}

/** Whether something on this machine takes connections on the port. */
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

function refusalToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
