import { account, drained, killUnderWay, STORMY } from './support/drill';
import { openEndpoint } from './support/endpoint';
import { startParts } from './support/parts';
import type { Benchmark, Row } from './support/table';

export async function run(entries = 1_000, weather = STORMY): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const { api, killWorker: kill, startWorker: restart, ledger, close } = await startParts(1);
  try {
    const killed = await killUnderWay({ api, endpoint, weather, entries, kill, apiStays: true, restart });
    await drained(api);
    return account({ ...killed, entries, weather }, await ledger(), endpoint);
  } finally {
    await close();
    await endpoint.close();
  }
}

export default {
  summary: 'kill -9 of the worker with 1,000 entries under way (about 12 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
