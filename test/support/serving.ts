import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Connection } from '@temporalio/client';

/*
 * Free ports are taken below the system's ephemeral range: a socket opened between the choice of a port and the listen on
 * it, perhaps a minute later, never gets the same one. Each jest worker has a thousand of its own.
 */
const PORTS = 1_000;
const WORKERS = 6;
const FIRST_PORT = 10_000 + PORTS * (Number(process.env.JEST_WORKER_ID ?? 0) % WORKERS);

let turn = randomInt(PORTS);

/** A free port on the loopback address, a different one each time. */
export async function freePort(): Promise<number> {
  for (let looks = 0; looks < PORTS; looks += 1) {
    turn = (turn + 1) % PORTS;
    const port = FIRST_PORT + turn;
    if (await isFree(port)) return port;
  }
  throw new Error(`Every port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is in use.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export type FourPorts = [number, number, number, number];

/** That many free ports, all different. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

/** Whether a Temporal server answers there, and has the namespace. */
export async function isServing(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
