import { drained } from './support/drill';
import { type Endpoint, openEndpoint, type Script } from './support/endpoint';
import { startParts } from './support/parts';
import { until } from './support/processes';
import { openTokenEndpoint, type TokenEndpoint } from './support/token-endpoint';
import { type Benchmark, exactly, type Row, reported } from './support/table';

/** The most requests under way in one worker: more entries need more worker processes, at least two. */
const AT_ONCE = 500;

/**
 * A Retry-After longer than the usual three minutes is honored exactly: so the requests of all entries come due at one
 * moment, with the token that was valid until then.
 */
const GATHER_MS = 240_000;

async function run(entries = 1_000): Promise<Row[]> {
  const tokens = await openTokenEndpoint();
  const endpoint = await openEndpoint();
  const workers = Math.max(2, Math.ceil(entries / AT_ONCE));
  const { api, close, ledger } = await startParts(workers);
  try {
    const storm = gatherThenRefuse(entries, Date.now() + GATHER_MS, tokens);
    endpoint.answerBy(storm.script);
    const journeyId = await api.publish({
      endpoint: endpoint.url,
      authentication: { type: 'oauth2', clientId: 'bench', clientSecret: 'secret', tokenUrl: tokens.url },
    });
    const accepted = await api.trigger(journeyId, entries);
    await until('all have been told to retry', () => endpoint.seen.size === entries, {
      withinMs: 60_000,
    });
    const before = tokens.requests();
    await until('all are refused', () => storm.refuseWaves(endpoint), {
      withinMs: GATHER_MS + 120_000,
      everyMs: 10,
    });
    await drained(api);
    const { completed } = await ledger();
    return [
      exactly('entries accepted', entries, accepted),
      exactly('entries refused with 401 for one stale token', entries, storm.refused.size),
      exactly('token requests that this caused', 1, tokens.requests() - before),
      exactly('entries delivered with the fresh token', entries, completed),
      reported('worker processes', workers),
      reported('refused in one instant, at most', storm.largestWave()),
    ];
  } finally {
    await close();
    await endpoint.close();
    tokens.close();
  }
}

interface Storm {
  script: Script;
  /** The order numbers of the users who were refused. */
  refused: Set<number>;
  largestWave: () => number;
  /** Refuses the held requests once the wave is complete. True when nobody is left to be refused. */
  refuseWaves: (endpoint: Endpoint) => boolean;
}

/** Without a new request for so long, a wave is complete whatever the count; a request times out after ten seconds. */
const WAVE_ENDS_MS = 3_000;

/** The endpoint tells each user's first request to retry at `dueAt`, and from then on accepts only a new token. */
function gatherThenRefuse(entries: number, dueAt: number, tokens: TokenEndpoint): Storm {
  const refused = new Set<number>();
  const spared = new Set<number>();
  let lastArrival = Infinity;
  let largestWave = 0;
  const script: Script = ({ order, requests }, { headers }) => {
    if (requests === 1) {
      const seconds = Math.ceil((dueAt - Date.now()) / 1000);
      return { status: 503, headers: { 'retry-after': String(seconds) } };
    }
    if (tokens.requests() > 1 && headers.authorization === `Bearer ${tokens.latest()}`) {
      if (!refused.has(order)) spared.add(order);
      return { status: 200 };
    }
    lastArrival = performance.now();
    const held = !refused.has(order);
    refused.add(order);
    return { status: 401, held };
  };
  return {
    script,
    refused,
    largestWave: () => largestWave,
    refuseWaves({ held, release }) {
      const waiting = held();
      const left = entries - spared.size - (refused.size - waiting);
      const isComplete = waiting >= left || performance.now() - lastArrival > WAVE_ENDS_MS;
      if (waiting > 0 && isComplete) {
        largestWave = Math.max(largestWave, waiting);
        release();
      }
      return refused.size + spared.size >= entries && held() === 0;
    },
  };
}

export default {
  summary: '1,000 entries refused with 401 at once, two worker processes (about 5 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
