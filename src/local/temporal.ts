import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../config';
import type { Starting } from '../runtime/process';
import { connectWorker, type TemporalLink } from '../runtime/temporal-connection';
import { startBundledTemporal } from './bundled-temporal';

export interface LocalTemporal extends TemporalLink<NativeConnection> {
  /** Ports of the server that the settings do not name. */
  innerPorts: number[];
}

/** Connects to the Temporal server of the settings, or starts the bundled one. */
export async function connectLocalTemporal(starting: Starting): Promise<LocalTemporal> {
  const { config, log, undo } = starting;
  if (config.temporal) return { ...(await connectWorker(starting, config.temporal)), innerPorts: [] };
  if (!config.temporalBinary)
    throw new ConfigError('Start Wayhook with `npm start`, which finds the Temporal server.');
  const down = new AbortController();
  const { reused, innerPorts, stop } = await startBundledTemporal({
    binary: config.temporalBinary,
    folder: config.dataDir,
    port: config.temporalPort,
    uiPort: config.temporalUiPort,
    namespace: config.temporalNamespace,
    warn: (message) => log.warn(message),
    temporalDown: down.signal,
  });
  undo.add(stop);
  if (reused) console.log('Took over the Temporal server that an earlier Wayhook left running.');
  const link = await connectWorker(starting, { address: `127.0.0.1:${config.temporalPort}` }, down);
  return { ...link, innerPorts: Object.values(innerPorts) };
}
