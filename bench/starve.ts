import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { createSealer } from '../src/db/secrets/seal';
import { type ApiWorld, createApi } from '../test/support/api-world';
import { openTestDatabase } from '../test/support/database';
import { atMost, type Benchmark, type Row, reported } from './support/table';

const REACH_MS = 100;

/** An operator waits for what is under way, and never for what comes later. */
const MOST_TIMES_AN_ACCEPTANCE = 3;

const ROUNDS = 10;
const WARM_UP_MS = 500;
const REST_MS = 50;

/** How long calls took, in ms. */
interface Times {
  operator: number[];
  acceptance: number[];
  perSecond: number;
}

/**
 * How long operators wait who edit, publish, unpublish and archive a journey while another process accepts entries of it
 * at a pace, on Postgres.
 */
export async function run(perSecond = 1_200): Promise<Row[]> {
  const { connection, url, drop } = await openTestDatabase();
  if (url === undefined) throw new Error('This benchmark needs Postgres: set DATABASE_URL.');
  const { db } = connection;
  const world = await createApi({ db, sealer: createSealer([randomBytes(32)]) });
  try {
    const { body } = await world.call('POST', '/api/journeys', { name: 'Busy', tiles: [] });
    const id = body.id as number;
    await operate(world, id, 1);
    const load = startLoad(url, id, perSecond);
    await pause(WARM_UP_MS);
    const operator = await operate(world, id, ROUNDS);
    operator.push(await timed(world, 'DELETE', `/api/journeys/${id}`));
    return rowsOf({ operator, ...(await load.stop()) }, perSecond);
  } finally {
    await world.close();
    await connection.close();
    await drop();
  }
}

/** Publishes, edits and unpublishes the journey, and publishes it again. */
async function operate(world: ApiWorld, id: number, rounds: number): Promise<number[]> {
  const path = `/api/journeys/${id}`;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [method, end, body] of [
      ['POST', '/publish'],
      ['PUT', '', { name: `Edit ${round}`, tiles: [] }],
      ['POST', '/unpublish'],
      ['POST', '/publish'],
    ] as const) {
      times.push(await timed(world, method, `${path}${end}`, body));
      await pause(REST_MS);
    }
  }
  return times;
}

async function timed({ call }: ApiWorld, method: string, url: string, sent?: object): Promise<number> {
  const began = performance.now();
  const { status, body } = await call(method, url, sent);
  if (status !== 200) throw new Error(`${method} ${url} answered ${status}: ${JSON.stringify(body)}`);
  return performance.now() - began;
}

function startLoad(url: string, journeyId: number, perSecond: number) {
  const child = fork(
    join(__dirname, 'support/accept-process.ts'),
    [url, String(journeyId), String(perSecond)],
    { execArgv: ['-r', join(__dirname, 'support/typescript.cjs')] },
  );
  const exited = once(child, 'exit');
  const failed = exited.then(() =>
    Promise.reject(new Error('The process that accepts entries ended early.')),
  );
  // Looked at only where its outcome is awaited.
  failed.catch(() => undefined);
  return {
    async stop(): Promise<Pick<Times, 'acceptance' | 'perSecond'>> {
      const answered = once(child, 'message');
      child.send('stop');
      const [{ times, seconds }] = (await Promise.race([answered, failed])) as [
        { times: number[]; seconds: number },
      ];
      child.kill();
      await exited;
      return { acceptance: times, perSecond: times.length / seconds };
    },
  };
}

function rowsOf({ operator, acceptance, perSecond }: Times, wanted: number): Row[] {
  const ratio = quantile(operator, 0.5) / quantile(acceptance, 0.5);
  return [
    atMost(
      `longest wait of an operator beside ${wanted} entries a second, in ms`,
      REACH_MS,
      Math.round(Math.max(...operator)),
    ),
    atMost(
      'median wait of an operator over the median time of an acceptance',
      MOST_TIMES_AN_ACCEPTANCE,
      Math.round(ratio * 100) / 100,
    ),
    reported('ms an operator waits: median, 95 %', quantiles(operator)),
    reported('ms an acceptance takes, 5 of them for its commit: median, 95 %', quantiles(acceptance)),
    reported('entries accepted a second, beside the operator', perSecond.toFixed(0)),
  ];
}

function quantiles(times: number[]): string {
  return [0.5, 0.95].map((part) => quantile(times, part).toFixed(1)).join(', ');
}

function quantile(values: number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)]!;
}

export default {
  summary: 'operators who change a journey while entries of it are accepted, on Postgres (a few seconds)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
