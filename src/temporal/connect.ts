import { join } from 'node:path';
import { Client, Connection, type ConnectionLike, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';

/*
 * Every connection and client is made here; workers are made in src/runtime/worker.ts, with the same data converter.
 */

/** How payloads are encoded for Temporal and decoded; the SDK loads the file. It is in the workflow bundle too. */
export const DATA_CONVERTER: DataConverter = {
  payloadConverterPath: join(__dirname, 'payload-converter'),
};

export interface ClientSettings {
  connection: ConnectionLike;
  namespace: string;
}

export function createClient(settings: ClientSettings): Client {
  return new Client({ ...settings, dataConverter: DATA_CONVERTER });
}

/** Throws the client's error when Temporal does not answer. */
export function connect(options: ConnectionOptions): Promise<Connection> {
  return Connection.connect(options);
}

/** Connects at the first call, and again after an outage: it can be made while Temporal is down. */
export function connectLazily(options: ConnectionOptions): Connection {
  return Connection.lazy(options);
}
