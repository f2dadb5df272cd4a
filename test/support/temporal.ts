import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Connection } from '@temporalio/client';
import { freePort, isServing } from './serving';
import { until } from './until';

export interface OtherTemporal {
  address: string;
  connection: Connection;
  close: () => Promise<void>;
}

/** A second Temporal server, in memory, with only this dynamic configuration. */
export async function startTemporalWith(dynamicConfig: Record<string, unknown>): Promise<OtherTemporal> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const settings = Object.entries(dynamicConfig).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const server = spawn(
    process.env.WAYHOOK_TEMPORAL_BINARY!,
    ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), ...settings],
    { stdio: 'ignore' },
  );
  const kill = () => server.kill('SIGKILL');
  // Also ends the server when the run is interrupted.
  process.once('exit', kill);
  await until(() => isServing(address, 'default'), 120_000);
  const connection = await Connection.connect({ address });
  return {
    address,
    connection,
    async close() {
      await connection.close();
      const ended = once(server, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
    },
  };
}
