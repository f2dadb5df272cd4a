import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions, TransportError } from '@temporalio/worker';
import type { Logger } from 'pino';

const AGAIN_MS = 2_000;

/** Connects a worker. While Temporal is away it waits, and says so; `stopping` breaks the wait off. */
export async function connectWhenThere(
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
        'Temporal cannot be reached; it is tried again every two seconds. Is TEMPORAL_ADDRESS right?',
      );
    }
    await pause(AGAIN_MS, undefined, { signal: stopping }).catch(() => stopping.throwIfAborted());
  }
}

/** How long Temporal has at a stop to say that it is there. */
const ANSWER_MS = 5_000;

/** Aborts `temporalDown` if a stop begins while Temporal does not answer: nothing is to wait for it then. */
export function watchForTemporalDown(
  connection: ConnectionLike,
  stopping: AbortSignal,
  temporalDown: AbortController,
): void {
  const ask = () => connection.workflowService.getSystemInfo({});
  stopping.addEventListener('abort', () => {
    connection
      .withDeadline(Date.now() + ANSWER_MS, ask)
      .catch(() =>
        temporalDown.abort(new Error('Temporal does not answer, and the program is being stopped.')),
      );
  });
}

/** Closes a connection, unless Temporal is away: workers that were not waited for have it still. */
export async function closeUnless(temporalDown: AbortSignal, connection: ConnectionLike): Promise<void> {
  if (!temporalDown.aborted) await connection.close();
}

/** Whether a Temporal server takes calls; its port is open some time before. Needs the runtime to be installed. */
export async function serves(address: string): Promise<boolean> {
  try {
    const connection = await NativeConnection.connect({ address });
    await connection.close();
    return true;
  } catch (error) {
    if (error instanceof TransportError) return false;
    throw error;
  }
}
