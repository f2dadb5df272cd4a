import { createAgent } from '../src/webhook/agent';
import { createLookUp } from '../src/webhook/dns/look-up';
import { type Answer, send, WEBHOOK_TIMEOUT_MS } from '../src/webhook/send';
import { startNameServer } from '../test/support/network/name-server';
import { startReceiver } from '../test/support/receiver';
import { type Benchmark, exactly, type Row, reported } from './support/table';

const SILENT = 20;
const REACH_MS = 50;

/** Warms up the process, and is not counted. */
const WARM_UP = 3;

/** Calls a good host by its name, alone and beside hosts whose name server is silent; nothing is cached. */
async function run(rounds = 10): Promise<Row[]> {
  const names = await startNameServer();
  const receiver = await startReceiver();
  names.say('good.example.com', ['127.0.0.1']);
  const hosts = Array.from({ length: SILENT }, (_, n) => `silent-${n}.example.com`);
  for (const host of hosts) names.say(host, 'silence');

  const once = async (beside: string[]) => {
    const lookUp = createLookUp({ servers: [names.address] });
    const agent = createAgent(
      { allowedNetworks: ['127.0.0.0/8'], allowHttp: true },
      { connections: 1, lookUp },
    );
    const call = (host: string) =>
      send(
        agent,
        { method: 'POST', url: `http://${host}:${receiver.port}/`, headers: {} },
        { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes: 1_000 },
      );
    const others = beside.map(call);
    const good = await call('good.example.com');
    const silent = await Promise.all(others);
    await agent.close();
    return { good, silent };
  };

  try {
    for (let count = 0; count < WARM_UP; count += 1) await once([]);
    const alone: Answer[] = [];
    const beside: Answer[] = [];
    const silent: Answer[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push((await once([])).good);
      const both = await once(hosts);
      beside.push(both.good);
      silent.push(...both.silent);
    }
    const more = median(beside) - median(alone);
    return [
      {
        what: `ms that a call takes longer beside ${SILENT} hosts whose name server is silent, medians of ${rounds}`,
        reach: `≤ ${REACH_MS}`,
        measured: String(more),
        reached: more <= REACH_MS,
      },
      exactly('calls of the good host that failed', 0, failed(alone) + failed(beside)),
      reported('ms of a call alone, median', median(alone)),
      reported('ms of a call beside them: median, longest', `${median(beside)}, ${longest(beside)}`),
      exactly('calls of the silent hosts that failed', silent.length, failed(silent)),
      reported('ms until they failed: median, longest', `${median(silent)}, ${longest(silent)}`),
    ];
  } finally {
    await receiver.close();
    await names.close();
  }
}

function failed(answers: Answer[]): number {
  return answers.filter(({ kind }) => kind === 'failure').length;
}

function median(answers: Answer[]): number {
  const times = answers.map(({ durationMs }) => durationMs).toSorted((one, other) => one - other);
  return times[Math.floor((times.length - 1) / 2)]!;
}

function longest(answers: Answer[]): number {
  return Math.max(...answers.map(({ durationMs }) => durationMs));
}

export default {
  summary: 'a host beside 20 others whose name server is silent (a minute)',
  run,
} satisfies Benchmark;
