import { setTimeout as pause } from 'node:timers/promises';
import { startDevServer } from './support/dev-server';
import { drained } from './support/drill';
import { openEndpoint } from './support/endpoint';
import { startProgram } from './support/program';
import { temporaryFolder } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

const BATCHES = 20;

/** Kills the Temporal server, triggers entries during `outageMs`, and restarts the server. */
export async function run(entries = 1_000, outageMs = 60_000): Promise<Row[]> {
  const folder = temporaryFolder();
  const endpoint = await openEndpoint();
  const temporal = await startDevServer(folder.path);
  const program = await startProgram(temporal.address);
  const { api } = program;
  try {
    const journeyId = await api.publish({ endpoint: endpoint.url });
    await temporal.kill();
    let accepted = 0;
    for (let batch = 0; batch < BATCHES; batch += 1) {
      accepted += await api.trigger(journeyId, entries / BATCHES);
      await pause(outageMs / BATCHES);
    }
    const early = endpoint.requests();
    await temporal.restart();
    const began = performance.now();
    await drained(api);
    const seconds = Math.round((performance.now() - began) / 1000);
    const ledger = await program.endWithLedger();
    const seen = [...endpoint.seen.values()];
    return [
      exactly('requests while Temporal was down', 0, early),
      exactly('entries accepted', entries, accepted),
      exactly('entries completed', entries, ledger.completed),
      exactly(
        'users whose endpoint answered 2xx',
        entries,
        seen.filter(({ delivered }) => delivered > 0).length,
      ),
      // On a machine that hangs for ten seconds requests time out, and are retried.
      atMost(
        'second requests for a user whose first was answered',
        0,
        endpoint.requests() - seen.length - ledger.counted,
      ),
      exactly('entries left in the outbox', 0, ledger.outbox),
      reported('seconds from its return to the last delivery', seconds),
    ];
  } finally {
    await program.close();
    await temporal.kill();
    await endpoint.close();
    folder.remove();
  }
}

export default {
  summary: 'the Temporal server down for 60 s while 1,000 triggers arrive (about 3 minutes)',
  run,
} satisfies Benchmark;
