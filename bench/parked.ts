import { Client, Connection, type WorkflowExecutionDescription } from '@temporalio/client';
import { megabytes } from './support/memory';
import { insertOtherSteps, openParking, type Parking } from './support/parking';
import { type Parts, startParts } from './support/parts';
import { until } from './support/processes';
import { NAMESPACE } from './support/settings';
import { atMost, type Benchmark, exactly, type Row, reported } from './support/table';

/** As many workflows as a worker has in memory by default. */
const CACHED = 1_000;

/** So much may a worker grow beyond what it takes once its cache is full. */
const MOST_MB = 150;

const MOST_MS = 1_000;
const COUNTS = 5;
const EXITS = 20;
const LEFT_WITHIN_MS = 1_200_000;

/**
 * Users parked in waits and delays, many more than the worker has in memory: how much it grows, how long it takes to
 * count them at each tile, and to take one of them out, or all at one tile.
 */
async function run(size = 20_000): Promise<Row[]> {
  const parts = await startParts(1);
  const connection = await Connection.connect({ address: parts.temporalAddress });
  try {
    const client = new Client({ connection, namespace: NAMESPACE });
    const otherSteps = await insertOtherSteps(parts, size);
    let most = 0;
    const parking = await openParking(parts, () => (most = Math.max(most, megabytes(parts.workerPid()))));
    const first = Math.min(2 * CACHED, Math.floor(size / 2));
    await parking.park(first);
    const filled = most;
    const began = performance.now();
    await parking.park(size - first);
    const perSecond = ((size - first) * 1_000) / (performance.now() - began);
    return [
      reported('users a second who came to be parked', perSecond.toFixed(0)),
      reported(`MB of the worker (RSS) with ${first} parked`, filled.toFixed(0)),
      atMost(`MB more at most with ${size} parked`, MOST_MB, Math.round(most - filled)),
      ...(await countTiles(parts, parking, otherSteps)),
      ...(await exitSome(parts, client, parking)),
      ...(await exitAll(parts, client, parking)),
    ];
  } finally {
    await connection.close();
    await parts.close();
  }
}

interface Counted {
  tiles: { tileId: string; users: number; waiting: number }[];
}

/** `GET /api/journeys/{id}/tiles`, the slowest of some calls. */
async function countTiles({ api }: Parts, { journeyId, ids }: Parking, otherSteps: number): Promise<Row[]> {
  const times: number[] = [];
  let tiles: Counted['tiles'] = [];
  for (let count = 0; count < COUNTS; count += 1) {
    const began = performance.now();
    ({ tiles } = (await api.get(`/api/journeys/${journeyId}/tiles`)) as Counted);
    times.push(performance.now() - began);
  }
  const wrong = Object.entries(ids).filter(
    ([tileId, { length }]) => tiles.find((tile) => tile.tileId === tileId)?.waiting !== length,
  );
  return [
    exactly('tiles with a wrong count of users who wait there', 0, wrong.length),
    atMost(
      `ms of the slowest of ${COUNTS} counts of users at each tile, beside ${otherSteps} steps of another journey`,
      MOST_MS,
      Math.round(Math.max(...times)),
    ),
  ];
}

/** Those who are taken out one by one. */
function exitsOf({ wait, delay }: Parking['ids']): string[] {
  return [...wait.slice(0, EXITS / 2), ...delay.slice(0, EXITS / 2)];
}

/** One user after the other, of those who were parked first: the worker has forgotten their workflows. */
async function exitSome({ api }: Parts, client: Client, { ids }: Parking): Promise<Row[]> {
  const leaving = exitsOf(ids);
  const times: number[] = [];
  for (const id of leaving) {
    const began = performance.now();
    await api.post(`/api/entries/${id}/exit`, {});
    await client.workflow.getHandle(id).result();
    times.push(performance.now() - began);
  }
  return [
    atMost(
      `ms of the slowest of ${leaving.length} exits, from the call until the workflow has ended`,
      MOST_MS,
      Math.round(Math.max(...times)),
    ),
  ];
}

/** All at one tile, by one call. */
async function exitAll({ api }: Parts, client: Client, { journeyId, ids }: Parking): Promise<Row[]> {
  const staying = ids.wait.length + ids.delay.length - exitsOf(ids).length;
  const running = async () => (await client.workflow.count("ExecutionStatus = 'Running'")).count;
  const began = performance.now();
  await api.post('/api/entries/exit', { journeyId, tileId: 'leaving' });
  await until('all at the tile have left', async () => (await running()) <= staying, {
    withinMs: LEFT_WITHIN_MS,
  });
  const perSecond = (ids.leaving.length * 1_000) / (performance.now() - began);
  const left = await Promise.all(ids.leaving.map((id) => client.workflow.getHandle(id).describe()));
  return [
    exactly('users still at a tile at which all were taken out', 0, left.filter(isRunning).length),
    exactly('workflows of those who stay', staying, await running()),
    reported(
      `users a second, until the last of those ${ids.leaving.length} workflows had ended`,
      perSecond.toFixed(0),
    ),
  ];
}

const isRunning = ({ status }: WorkflowExecutionDescription): boolean => status.name === 'RUNNING';

export default {
  summary: '20,000 users parked in waits and delays: memory, counts by tile, exits (6 minutes)',
  needs: ['postgres'],
  run,
} satisfies Benchmark;
