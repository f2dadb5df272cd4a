import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import type { Database } from '../../src/db/connection/client';
import { driverOf } from './statements';

/** Cuts off the database from its users, and restores it. */
export interface Outage {
  begin: () => Promise<void>;
  end: () => Promise<void>;
}

/** A TCP proxy in front of Postgres: during an outage, connections break and none can be made. */
export async function openProxy(databaseUrl: string): Promise<Outage & { url: string }> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const postgres = connect(Number(target.port || 5432), target.hostname);
    for (const [one, other] of [
      [caller, postgres],
      [postgres, caller],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      // A broken side closes the other; its error is of no interest.
      one.on('error', () => other.destroy()).once('close', () => sockets.delete(one) && other.destroy());
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port }).href,
    begin: async () => {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
    end: () => listen(port),
  };
}

/** The embedded database has no connection to cut: during an outage its driver fails as if it were closed. */
export function closedFor(db: Database): Outage {
  const driver = driverOf(db) as unknown as PGlite;
  const refuse = () => Promise.reject(new Error('PGlite is closed'));
  const [query, transaction] = [driver.query.bind(driver), driver.transaction.bind(driver)];
  return {
    begin: async () => void Object.assign(driver, { query: refuse, transaction: refuse }),
    end: async () => void Object.assign(driver, { query, transaction }),
  };
}
