import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { listNotifications } from '../../src/db/notifications/notifications';
import { keyValues } from '../../src/db/schema';
import { openProbeQueue } from '../../src/temporal/probe-queue';
import { probeRateLimits } from '../../src/temporal/rate-limit-probe';
import { createRateLimits } from '../../src/background/rate-limits';
import { partitionsOf } from '../../src/temporal/task-queues';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { openTestDatabase, type TestDatabase } from '../support/database';
import { type OtherTemporal, startTemporalWith } from '../support/temporal';

const QUEUE = { namespace: 'default', queue: 'wayhook-limited' };
const ONE_PARTITION = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};
const RUNNING = new AbortController().signal;
const SILENT = { info: () => {}, warn: () => {} };
const RATE_LIMIT = { limit: 10, per: 'second' };

/** The server of the tests, configured as the bundled one; and one with limits but without fairness. */
let fair: Connection;
let unfair: OtherTemporal;
let away: Connection;

beforeAll(async () => {
  fair = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
  unfair = await startTemporalWith(ONE_PARTITION);
  away = Connection.lazy({ address: '127.0.0.1:1' });
});
afterAll(() => Promise.all([fair.close(), unfair.close(), away.close()]));

async function keysFromPartitions(connection: Connection): Promise<string[]> {
  const name = 'spread-probe';
  const partitions = await partitionsOf(connection, 'default', name);
  expect(partitions).toHaveLength(4);
  const batches = ['first', 'second'].map((key) => [{ key, weight: 1, activities: 20 }]);
  const at = { connection, namespace: 'default', name, partitions };
  const queue = await openProbeQueue({ ...at, rate: 1_000, batches });
  const keys: string[] = [];
  while (keys.length < 40) {
    const key = await queue.poll();
    if (key !== undefined) keys.push(key);
  }
  await queue.close();
  return keys;
}

describe('the probe of rate limits', () => {
  it('finds them enforced by the bundled server, over either kind of connection', async () => {
    const native = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
    const verdicts = [];
    for (const connection of [fair, native]) verdicts.push(await probeRateLimits({ connection, ...QUEUE }));
    await native.close();
    expect(verdicts).toEqual([{ enforced: true }, { enforced: true }]);
  });

  it('finds that without fairness one tile delays another, and says what to set', async () => {
    expect(await probeRateLimits({ connection: unfair.connection, ...QUEUE })).toEqual({
      enforced: false,
      reason: expect.stringMatching(/holds up the others.*matching\.enableFairness.*docs\/rate-limits\.md/),
    });
  });

  it('finds a queue with several partitions, and says what to set', async () => {
    const spread = await startTemporalWith({ 'matching.enableFairness': true });
    try {
      expect(await probeRateLimits({ connection: spread.connection, ...QUEUE })).toEqual({
        enforced: false,
        reason: expect.stringMatching(/wayhook-limited has 4 partitions.*numTaskqueueReadPartitions.*to 1/),
      });
      // The probe's own queue has as many, and it waits until all of them have its activities.
      const keys = await keysFromPartitions(spread.connection);
      expect(keys.sort()).toEqual([...Array(20).fill('first'), ...Array(20).fill('second')]);
    } finally {
      await spread.close();
    }
  });
});

describe('a journey with a rate limit', () => {
  let world: ApiWorld;
  let connection: Connection;

  const limits = (over = connection) =>
    createRateLimits({ db: world.db, log: SILENT, connection: over, ...QUEUE });

  beforeAll(async () => {
    world = await createApiWorld({ rateLimits: () => limits().verdict() });
  });
  beforeEach(() => world.db.delete(keyValues));
  afterAll(() => world.close());

  async function publish(...rateLimits: unknown[]) {
    const endpoint = 'https://api.example.com/users';
    const webhook = await world.call('POST', '/api/journeyWebhooks', { name: 'CRM sync', endpoint });
    const tiles = rateLimits.map((rateLimit, index) => {
      return { id: `call-${index}`, type: 'webhook', webhookId: webhook.body.id, rateLimit };
    });
    const { body } = await world.call('POST', '/api/journeys', { name: 'Win back', tiles });
    const answer = await world.call('POST', `/api/journeys/${body.id}/publish`);
    const { status } = (await world.call('GET', `/api/journeys/${body.id}`)).body;
    return { answer, status };
  }

  it('is published where limits are enforced, and one process’s probe counts for the others', async () => {
    connection = fair;
    expect(await publish(RATE_LIMIT)).toMatchObject({ answer: { status: 200 }, status: 'published' });
    expect(await limits(away).verdict()).toEqual({ enforced: true });
  });

  it('is refused at each limit that Temporal does not enforce, and stays a draft (B115)', async () => {
    connection = unfair.connection;
    const { answer, status } = await publish(RATE_LIMIT, undefined, RATE_LIMIT);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.entries(answer.body.params)).toEqual([
      ['tiles[0].rateLimit', expect.stringContaining('matching.enableFairness')],
      ['tiles[2].rateLimit', expect.stringContaining('matching.enableFairness')],
    ]);
    expect(status).toBe('draft');
  });

  it('cannot be published while Temporal is down, but one without limits can', async () => {
    connection = away;
    expect(await publish(RATE_LIMIT)).toMatchObject({
      answer: { status: 503, body: { code: 'Unavailable' } },
      status: 'draft',
    });
    expect(await publish(undefined)).toMatchObject({ answer: { status: 200 } });
  });
});

describe('a worker that starts', () => {
  const warnings: unknown[] = [];
  const log = {
    info: () => {},
    warn: (fields: object, message: string) => warnings.push({ ...fields, message }),
  };
  let database: TestDatabase;
  beforeAll(async () => void (database = await openTestDatabase()));
  afterAll(async () => {
    await database.connection.close();
    await database.drop();
  });

  const limits = (connection: Connection) =>
    createRateLimits({ db: database.connection.db, log, connection, ...QUEUE });

  it('warns when limits are not enforced: in the log each time, as a notification once a day', async () => {
    await limits(fair).check(RUNNING);
    expect(warnings).toEqual([]);
    for (let start = 1; start <= 2; start += 1) await limits(unfair.connection).check(RUNNING);
    const reason = expect.stringContaining('matching.enableFairness');
    expect(warnings).toEqual(Array(2).fill({ reason, message: 'rate limits of tiles are not enforced' }));
    expect(
      await listNotifications(database.connection.db, { order: 'updatedAt' }, { limit: 10 }),
    ).toMatchObject([{ kind: 'rate_limit_unenforced', count: 1, detail: reason }]);
    // An earlier result of another server no longer counts.
    expect(await limits(unfair.connection).verdict()).toMatchObject({ enforced: false });
  });
});
