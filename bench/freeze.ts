import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { HOSTILE_REQUESTS, type HostileRequest } from '../test/api/hostile-requests';
import { freePorts } from '../test/support/serving';
import { type Program, startProgram } from './support/program';
import { until } from './support/processes';
import { API_KEY, ROOT } from './support/settings';
import type { Benchmark, Row } from './support/table';

const REACH_MS = 250;
const LIGHT_EVERY_MS = 5;
const JOB_WITHIN_MS = 120_000;

/** The longest pause of the program’s event loop, and the longest wait of a light request beside it, in ms. */
interface Pause {
  claim: string;
  answer: string;
  inside: number;
  outside: number;
}

/** Sends each hostile request of the corpus to the program as `npm start` runs it; of `rounds` the calmest counts. */
export async function run(rounds = 3): Promise<Row[]> {
  const [port] = (await freePorts(1)) as [number];
  process.env['LOOP_PROBE_PORT'] = String(port);
  const probe = ['typescript.cjs', 'loop-probe.ts'].flatMap((file) => [
    '--require',
    join(ROOT, 'bench/support', file),
  ]);
  const program = await startProgram(undefined, probe);
  const longestPause = async () => Number(await (await request(`http://127.0.0.1:${port}`)).body.text());
  try {
    await provoke(program, longestPause, HOSTILE_REQUESTS[0]!, rounds);
    const pauses: Pause[] = [];
    for (const hostile of HOSTILE_REQUESTS) {
      const turns: Pause[] = [];
      for (let turn = 0; turn < rounds; turn += 1) {
        turns.push(await provoke(program, longestPause, hostile, turn));
        if (turns.at(-1)!.inside < REACH_MS / 5) break;
      }
      pauses.push(turns.reduce((calm, other) => (other.inside < calm.inside ? other : calm)));
    }
    return pauses.map(rowOf);
  } finally {
    await program.close();
  }
}

async function provoke(
  program: Program,
  longestPause: () => Promise<number>,
  { claim, path, type, body }: HostileRequest,
  turn: number,
): Promise<Pause> {
  const content = body(turn);
  await pause(50);
  await longestPause();
  const light = askLightly(program.url);
  const answer = await request(program.url + path, {
    method: 'POST',
    headers: { 'api-key': API_KEY, 'content-type': type! },
    body: content,
  });
  const text = await answer.body.text();
  if (answer.statusCode === 202) await jobEnded(program, text);
  const outside = await light.stop();
  await pause(20);
  return { claim, answer: String(answer.statusCode), inside: await longestPause(), outside };
}

/** Asks a route that does nothing, again and again; its longest answer is what everybody else waits for. */
function askLightly(url: string) {
  let longest = 0;
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      const began = performance.now();
      await (await request(`${url}/healthz`)).body.text();
      longest = Math.max(longest, performance.now() - began);
      await pause(LIGHT_EVERY_MS);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await asking;
      return longest;
    },
  };
}

async function jobEnded({ url }: Program, accepted: string): Promise<void> {
  const { jobId } = JSON.parse(accepted) as { jobId: string };
  const isOver = async () => {
    const answer = await request(`${url}/api/jobs/${jobId}`, { headers: { 'api-key': API_KEY } });
    return ((await answer.body.json()) as { endedAt?: string }).endedAt !== undefined;
  };
  await until('the import ends', isOver, { withinMs: JOB_WITHIN_MS });
}

function rowOf({ claim, answer, inside, outside }: Pause): Row {
  return {
    what: `${claim} (${answer})`,
    reach: `≤ ${REACH_MS} ms`,
    measured: `${inside.toFixed(0)} ms; a light request ${outside.toFixed(0)} ms`,
    reached: inside <= REACH_MS,
  };
}

export default {
  summary: 'requests, templates, patterns and files that try to freeze the program (minutes)',
  run,
} satisfies Benchmark;
