import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ConnectionLike, ConnectionOptions } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions, TransportError } from '@temporalio/worker';
import type { Logger } from 'pino';
import { connectLazily } from '../temporal/connect';
import type { Starting } from './process';

/** A connection to Temporal, closed when the program ends. */
export interface TemporalLink<AConnection extends ConnectionLike> {
  connection: AConnection;
  /** Aborted when a stop begins while Temporal is down: nothing should wait for it then. */
  temporalDown: AbortSignal;
}

/** Connects a worker; while Temporal is down it waits. `down` may be given where something else needs it before. */
export async function connectWorker(
  { log, undo, stopping }: Pick<Starting, 'log' | 'undo' | 'stopping'>,
  options: NativeConnectionOptions,
  down = new AbortController(),
): Promise<TemporalLink<NativeConnection>> {
  const connection = await connectWhenUp(options, log, stopping);
  const temporalDown = watchForTemporalDown(connection, stopping, down);
  undo.add(async () => {
    // Workers that nothing waited for still use it.
    if (!temporalDown.aborted) await connection.close();
  });
  return { connection, temporalDown };
}

/** Connects a server at its first call: what it accepts while Temporal is down waits in the outbox. */
export function connectServer(
  { undo, stopping }: Pick<Starting, 'undo' | 'stopping'>,
  options: ConnectionOptions,
): TemporalLink<Connection> {
  const connection = connectLazily(options);
  undo.add(() => connection.close());
  return { connection, temporalDown: watchForTemporalDown(connection, stopping, new AbortController()) };
}

const RETRY_MS = 2_000;

/** Until `stopping` is aborted; then it throws the signal's reason. */
async function connectWhenUp(
  options: NativeConnectionOptions,
  log: Logger,
  stopping: AbortSignal,
): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      log.warn(
        { address: options.address, error: error.message },
        'could not connect to Temporal; will retry every two seconds. Is TEMPORAL_ADDRESS right?',
      );
    }
    await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => stopping.throwIfAborted());
  }
}

/** How long Temporal has to answer when a stop begins. */
const ANSWER_MS = 5_000;

function watchForTemporalDown(
  connection: ConnectionLike,
  stopping: AbortSignal,
  down: AbortController,
): AbortSignal {
  const call = () => connection.workflowService.getSystemInfo({});
  stopping.addEventListener('abort', () => {
    connection
      .withDeadline(Date.now() + ANSWER_MS, call)
      .catch(() => down.abort(new Error('Temporal does not answer, and the program is stopping.')));
  });
  return down.signal;
}

/** Whether a Temporal server answers calls; its port opens some time earlier. Needs the runtime to be installed. */
export async function isServing(address: string): Promise<boolean> {
  try {
    const connection = await NativeConnection.connect({ address });
    await connection.close();
    return true;
  } catch (error) {
    if (error instanceof TransportError) return false;
    throw error;
  }
}
