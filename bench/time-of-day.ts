import { startCpuClock } from './support/cpu';
import { openEndpoint } from './support/endpoint';
import { until } from './support/processes';
import { startProgram } from './support/program';
import { type Benchmark, exactly, type Row, reported } from './support/table';
import { LEAST_SPREAD_MS } from '../src/domain/journeys/timing/spread';

const REACH_PER_SECOND = 40;

/** For the users to enter and to arrive at the delay, each, and a while for all. */
const ENTERED_WITHIN_MS = 40;
const HEAD_START_MS = 30_000;

const MINUTE_MS = 60_000;

/**
 * Users whose delays end at one time of day. Each has a place in the time after it, and the requests are counted as they
 * arrive: how soon the last one does, and how evenly they come.
 */
async function run(size = 1_000): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  try {
    const arrivals: number[] = [];
    endpoint.answerBy(() => {
      arrivals.push(Date.now());
      return { status: 200 };
    });
    const begin = Date.now() + HEAD_START_MS + size * ENTERED_WITHIN_MS;
    const moment = Math.ceil(begin / MINUTE_MS) * MINUTE_MS;
    const timeOfDay = new Date(moment).toISOString().slice(11, 16);
    const { api } = program;
    const { id: webhookId } = (await api.post('/api/journeyWebhooks', {
      name: 'Morning',
      endpoint: endpoint.url,
    })) as { id: number };
    const journeyId = await api.publish(
      { endpoint: endpoint.url },
      1,
      {},
      {
        tiles: [
          { id: 'wait', type: 'delay', for: '1 second', timeOfDay, timeZone: 'UTC' },
          { id: 'call', type: 'webhook', webhookId },
        ],
      },
    );
    await api.trigger(journeyId, size);
    const enteredMs = Date.now();
    await until('the time of day has come', () => Date.now() >= moment, { withinMs: 900_000 });
    const cost = startCpuClock(program);
    await until('all users have gone on', () => endpoint.seen.size >= size, { withinMs: 900_000 });
    const ms = cost().map((spent) => (spent / size).toFixed(1));
    const seconds = arrivals.map((at) => (at - moment) / 1_000);
    return [
      exactly('users who went on', size, endpoint.seen.size),
      exactly('requests', size, endpoint.requests()),
      exactly('requests before the time of day', 0, seconds.filter((second) => second < 0).length),
      reported(
        'seconds before the time of day when the last user had entered',
        ((moment - enteredMs) / 1_000).toFixed(1),
      ),
      pace(seconds),
      evenness(seconds),
      reported('ms of processor time for each: Wayhook’s, Temporal’s', ms.join(', ')),
    ];
  } finally {
    await program.close();
    await endpoint.close();
  }
}

function pace(seconds: number[]): Row {
  const last = Math.max(...seconds);
  const perSecond = seconds.length / last;
  return {
    what: `users a second, until the last of them after ${last.toFixed(1)} s`,
    reach: `≥ ${REACH_PER_SECOND}`,
    measured: perSecond.toFixed(1),
    reached: perSecond >= REACH_PER_SECOND,
  };
}

/** Of each quarter of the time in which places are. */
function evenness(seconds: number[]): Row {
  const quarter = LEAST_SPREAD_MS / 4_000;
  const counts = [0, 1, 2, 3].map(
    (index) => seconds.filter((second) => Math.min(3, Math.floor(second / quarter)) === index).length,
  );
  return reported(
    `users who went on in each ${quarter} s, the last with all that came later`,
    counts.join(', '),
  );
}

export default {
  summary: '1,000 delays that end at one time of day (about 3 minutes)',
  run,
} satisfies Benchmark;
