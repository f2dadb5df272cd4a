import { eq, sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { attempts, deliveries } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';
import { signInAs } from '../../support/signed-in';

const HOUR = 3_600_000;

let world: ApiWorld;
let journeyId: number;
let webhookId: number;
let count = 0;

beforeAll(async () => {
  world = await createApiWorld();
  ({ journeyId, webhookId } = await publishJourney(world));
});
beforeEach(() => world.db.execute(sql`truncate entries, deliveries, attempts cascade`));
afterAll(() => world.close());

interface Sent {
  status: 'pending' | 'delivered' | 'failed';
  reason?: string;
  /** How long ago it began, in ms. */
  ago: number;
  webhookId?: number | null;
  tileId?: string;
  durations?: number[];
  test?: boolean;
  /** Whether its user exited there. */
  exited?: boolean;
}

/** A delivery of a new user, as the worker writes it. Returns its id. */
async function send(sent: Sent): Promise<string> {
  const { status, reason = null, ago, tileId = 'crm', durations = [], test = false, exited = false } = sent;
  const id = `dlv_${(count += 1)}`;
  const at = sql`now() - ${ago}::float8 * interval '1 ms'`;
  const end = status === 'pending' ? sql`null` : at;
  const user = `user-${count}`;
  await world.call('POST', '/api/users/update', { userId: user });
  await world.db.execute(sql`
    insert into entries (id, journey_id, version, user_id, status, tile_id, reason, detail, workflow_id, ended_at, test)
    select ${`ent_${count}`}, ${journeyId}::int, 1, id, ${exited ? 'exited' : 'running'}, ${tileId},
      ${exited ? reason : null}, ${exited ? 'x' : null}, ${`ent_${count}`}, ${exited ? at : sql`null`}, ${test}::boolean
    from users where user_id = ${user}`);
  await world.db.execute(sql`
    insert into deliveries (id, entry_id, journey_id, tile_id, visit, webhook_id, status, reason, detail, created_at, ended_at)
    values (${id}, ${`ent_${count}`}, ${journeyId}::int, ${tileId}, 1,
      ${sent.webhookId === undefined ? webhookId : sent.webhookId}::int, ${status}, ${reason}, ${reason}, ${at}, ${end})`);
  for (const [index, duration] of durations.entries()) {
    const outcome = index < durations.length - 1 || status === 'pending' ? 'retry' : status;
    await world.db.execute(sql`
      insert into attempts (delivery_id, generation, number, started_at, duration_ms, status, outcome)
      values (${id}, 1, ${index + 1}::int, ${at}, ${duration}::int, 503, ${outcome === 'failed' ? 'giveUp' : outcome})`);
  }
  return id;
}

const get = async (url: string) => {
  const { status, body } = await world.call('GET', url);
  expect(status).toBe(200);
  return body;
};

describe('GET /api/deliveries/failures', () => {
  it('groups what failed by webhook and reason, the most frequent first', async () => {
    await send({ status: 'failed', reason: 'timeout', ago: HOUR });
    await send({ status: 'failed', reason: 'http_status', ago: 2 * HOUR, exited: true });
    const last = await send({ status: 'failed', reason: 'http_status', ago: HOUR });
    await send({ status: 'delivered', ago: HOUR });
    await send({ status: 'pending', ago: HOUR });
    const { failures } = await get('/api/deliveries/failures');
    const group = { webhookId, webhookName: 'CRM sync', eventWebhookId: null, journeyId: null, tileId: null };
    expect(failures).toEqual([
      expect.objectContaining({ ...group, reason: 'http_status', count: 2, exited: 1, lastDeliveryId: last }),
      expect.objectContaining({ ...group, reason: 'timeout', count: 1, exited: 0 }),
    ]);
    expect(Date.parse(failures[0].lastAt) - Date.parse(failures[0].firstAt)).toBeCloseTo(HOUR, -4);
  });

  it('tells inline webhooks apart by their tiles', async () => {
    for (const tileId of ['one', 'two', 'two']) {
      await send({ status: 'failed', reason: 'tls', ago: HOUR, webhookId: null, tileId });
    }
    const inline = { webhookId: null, webhookName: null, journeyId, journeyName: 'Win back', reason: 'tls' };
    expect((await get('/api/deliveries/failures')).failures).toMatchObject([
      { ...inline, tileId: 'two', count: 2 },
      { ...inline, tileId: 'one', count: 1 },
    ]);
  });

  it('counts since a time, a day where none is given, and no test runs', async () => {
    await send({ status: 'failed', reason: 'tls', ago: 30 * HOUR });
    await send({ status: 'failed', reason: 'timeout', ago: HOUR, test: true });
    expect((await get('/api/deliveries/failures')).failures).toEqual([]);
    const since = new Date(Date.now() - 40 * HOUR).toISOString();
    expect(await get(`/api/deliveries/failures?since=${since}`)).toMatchObject({
      since,
      failures: [{ reason: 'tls', count: 1 }],
    });
    expect((await world.call('GET', '/api/deliveries/failures?since=monday')).status).toBe(400);
  });

  it('reads failures alone, by an index, however many deliveries there are', async () => {
    await send({ status: 'delivered', ago: HOUR });
    await world.db.execute(sql`
      insert into deliveries (id, entry_id, journey_id, tile_id, visit, webhook_id, status, reason, detail, created_at, ended_at)
      select 'dlv_many' || n, ${`ent_${count}`}, ${journeyId}::int, 'crm', n + 1, ${webhookId}::int, case when n % 100 = 0 then 'failed' else 'delivered' end,
        case when n % 100 = 0 then 'tls' end, case when n % 100 = 0 then 'x' end,
        now() - n * interval '1 second', now() - n * interval '1 second'
      from generate_series(1, 20000) n`);
    await world.db.execute(sql`analyze deliveries`);
    const plan = await rowsOf<Record<string, string>>(
      world.db,
      sql`explain select id from deliveries where status = 'failed' and created_at >= now() - interval '1 hour'
        order by created_at desc limit 50000`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('deliveries_not_delivered');
  });
});

describe('GET /api/deliveries/summary', () => {
  it('counts by step of time what became of deliveries, with the time that answers took', async () => {
    const durations = Array.from({ length: 20 }, (_, index) => (index + 1) * 10);
    await send({ status: 'delivered', ago: 0, durations });
    await send({ status: 'failed', reason: 'tls', ago: 0 });
    await send({ status: 'pending', ago: 0, durations: [5] });
    await send({ status: 'delivered', ago: 5 * HOUR, durations: [700] });
    await send({ status: 'delivered', ago: 24 * HOUR + 1 });
    const { stepSeconds, steps } = await get('/api/deliveries/summary');
    expect(stepSeconds).toBe(1_800);
    const used = steps.filter(({ delivered, failed }: Record<string, number>) => delivered! + failed! > 0);
    expect(used).toMatchObject([
      { delivered: 1, failed: 0, pending: 0, p95Ms: 700 },
      { delivered: 1, failed: 1, pending: 1, p95Ms: 190 },
    ]);
    expect(steps.length).toBe(49);
    expect(steps[0]).toMatchObject({ delivered: 0, p95Ms: null });
  });

  it('counts those of one webhook', async () => {
    await send({ status: 'delivered', ago: 0 });
    await send({ status: 'delivered', ago: 0, webhookId: null });
    const delivered = async (query: string) => {
      const { steps } = await get(`/api/deliveries/summary${query}`);
      return steps.reduce((sum: number, step: { delivered: number }) => sum + step.delivered, 0);
    };
    expect(await delivered('')).toBe(2);
    expect(await delivered(`?webhookId=${webhookId}`)).toBe(1);
    expect(await delivered('?since=0001-01-01T00:00:00Z')).toBe(2);
    expect(await delivered('?since=9999-01-01T00:00:00Z')).toBe(0);
  });
});

describe('GET /api/deliveries', () => {
  it('has the names of webhook and journey, and a summary of the attempts; it is filtered by reason', async () => {
    const id = await send({ status: 'failed', reason: 'timeout', ago: 0, durations: [30, 41] });
    await send({ status: 'failed', reason: 'tls', ago: 0 });
    const names = { webhookName: 'CRM sync', journeyName: 'Win back' };
    const { deliveries: listed } = await get('/api/deliveries?reason=timeout');
    expect(listed).toMatchObject([{ id, ...names, attemptCount: 2, lastStatus: 503, durationMs: 41 }]);
    expect(listed[0]).not.toHaveProperty('request');
    expect((await get('/api/deliveries?reason=tls')).deliveries).toMatchObject([
      { attemptCount: 0, lastStatus: null, durationMs: null },
    ]);
  });

  it('has the user, and is filtered by user and tile', async () => {
    const id = await send({ status: 'delivered', ago: 0, tileId: 'shop' });
    const userId = `user-${count}`;
    await world.call('POST', '/api/users/update', { userId, email: 'Ana@example.com' });
    await send({ status: 'delivered', ago: 0, tileId: 'crm' });
    const ids = async (query: string) =>
      (await get(`/api/deliveries?${query}`)).deliveries.map((delivery: { id: string }) => delivery.id);
    for (const query of [`userId=${userId}`, 'email=ana@example.com', 'tileId=shop']) {
      expect([query, await ids(query)]).toEqual([query, [id]]);
    }
    expect(await ids(`userId=${userId}&tileId=crm`)).toEqual([]);
    const one = await get(`/api/deliveries/${id}`);
    expect(one).toMatchObject({ email: 'Ana@example.com', userId, contentHidden: false });
  });

  it('shows people without Manage Integrations what became of a delivery, not what it held (B075)', async () => {
    const id = await send({ status: 'failed', reason: 'http_status', ago: 0, durations: [30, 41] });
    const request = { method: 'POST', url: 'https://crm.example.com/', headers: { 'x-tenant': 'a' } };
    const sealed = world.sealer.seal(`request/${id}`, JSON.stringify(request));
    await world.db.update(deliveries).set({ request: sealed }).where(eq(deliveries.id, id));
    await world.db
      .update(attempts)
      .set({ responseHeaders: { server: 'nginx' }, responseBody: 'busy' })
      .where(eq(attempts.deliveryId, id));
    const response = { headers: { server: 'nginx' }, body: 'busy' };
    const shown = { contentHidden: false, request, attempts: [{ response }, { response }] };
    const hidden = {
      ...{ contentHidden: true, request: null, reason: 'http_status' },
      attempts: [
        { number: 1, status: 503, response: null },
        { number: 2, outcome: 'giveUp', response: null },
      ],
    };
    for (const [role, expected] of [
      ['viewer', hidden],
      ['marketer', hidden],
      ['integrator', shown],
    ] as const) {
      const { call } = await signInAs(world, role);
      expect((await call('GET', `/api/deliveries/${id}`)).body).toMatchObject(expected);
    }
    const reader = { 'api-key': await world.keyWith('read') };
    expect((await world.call('GET', `/api/deliveries/${id}`, undefined, reader)).body).toMatchObject(shown);
  });
});

describe('GET /api/entries/summary', () => {
  it('counts who is under way and whose request is repeated, without test runs', async () => {
    await send({ status: 'pending', ago: 0, durations: [5] });
    await send({ status: 'pending', ago: 0 });
    await send({ status: 'pending', ago: 0, durations: [5], test: true });
    await send({ status: 'failed', reason: 'tls', ago: 0, exited: true });
    const counts = { users: 2, retrying: 1 };
    expect(await get('/api/entries/summary')).toEqual({
      ...counts,
      journeys: [{ journeyId, journeyName: 'Win back', ...counts }],
    });
  });
});
