import { setMaxListeners } from 'node:events';
import type { Client, ConnectionLike } from '@temporalio/client';
import { type ClientSettings, createClient } from './connect';

/** A call to Temporal that takes longer counts as an outage. */
export const CALL_DEADLINE_MS = 10_000;

/** A client, and the deadline of its calls. */
export interface Calls {
  client: Client;
  /** Makes a call that must be short. Throws what the client throws, or the reason of `temporalDown`. */
  withDeadline: <T>(call: () => Promise<T>) => Promise<T>;
}

/** `temporalDown` is aborted once nothing should wait for Temporal any more. */
export function createCalls(settings: ClientSettings, temporalDown?: AbortSignal): Calls {
  const client = createClient(settings);
  return {
    client,
    withDeadline: (call) => rejectWhenDown(temporalDown, () => within(client, CALL_DEADLINE_MS, call)),
  };
}

/** Makes a call with a deadline. */
export function within<T>(
  connection: Pick<ConnectionLike, 'withDeadline'>,
  ms: number,
  call: () => Promise<T>,
): Promise<T> {
  return connection.withDeadline(Date.now() + ms, call);
}

/** The result of a call, or, as soon as `temporalDown` is aborted, its reason thrown without waiting for the call. */
export async function rejectWhenDown<T>(
  temporalDown: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  temporalDown?.throwIfAborted();
  // One signal for every call under way, each with a listener that it removes: more than ten are no leak.
  if (temporalDown) setMaxListeners(0, temporalDown);
  return new Promise((resolve, reject) => {
    const onDown = () => reject(temporalDown!.reason as Error);
    temporalDown?.addEventListener('abort', onDown);
    void call()
      .then(resolve, reject)
      .finally(() => temporalDown?.removeEventListener('abort', onDown));
  });
}
