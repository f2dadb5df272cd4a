import { join } from 'node:path';
import { devServerArguments } from '../../src/temporal/dev-server';
import { freePort, isServing } from '../../test/support/serving';
import { type Started, startProcess } from './processes';
import { environment, NAMESPACE, temporalBinary } from './settings';

/** A Temporal server that the benchmark can kill, with its state on disk. */
export interface DevServer {
  address: string;
  kill: () => Promise<void>;
  /** Restarts it on the same port and state. */
  restart: () => Promise<void>;
}

/** `more` are further arguments of the Temporal CLI. */
export async function startDevServer(folder: string, more: string[] = []): Promise<DevServer> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const start = (): Promise<Started> =>
    startProcess({
      command: temporalBinary(),
      args: [
        ...devServerArguments({ port, namespace: NAMESPACE, databaseFile: join(folder, 'temporal.db') }),
        ...more,
      ],
      env: environment({}),
      isReady: () => isServing(address, NAMESPACE),
    });
  let server = await start();
  return {
    address,
    kill: () => server.kill(),
    restart: async () => void (server = await start()),
  };
}
