import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import { createTestSimulator } from '../../support/simulator';

const simulator = createTestSimulator();
let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ simulator });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

const START = '2027-01-04T09:00:00.000Z';
const ADA = { email: 'ada@example.com', profile: {} };
const webhook = async (fields: object = {}): Promise<number> => {
  const input = { name: 'CRM', endpoint: 'https://crm.example.com/users', ...fields };
  return (await world.call('POST', '/api/journeyWebhooks', input)).body.id;
};
const simulate = (tiles: object[], scenario: object = {}, fields: object = {}): Promise<Answer> =>
  world.call('POST', '/api/journeys/simulate', {
    ...{ journey: { name: 'Win back', tiles, ...fields }, startAt: START, users: [ADA], ...scenario },
  });
const minutes = (at: string) => (Date.parse(at) - Date.parse(START)) / 60_000;
/** Minutes since the start, and what was answered. */
const requestsOf = ({ body }: Answer, user = 0) =>
  body.users[user].requests.map(
    ({ tileId, attempt, at, status }: { tileId: string; attempt: number; at: string; status: number }) => [
      ...[tileId, attempt, minutes(at), status],
    ],
  );
const crm = async (more: object = {}, fields: object = {}) => ({
  ...{ id: 'crm', type: 'webhook', webhookId: await webhook(fields), ...more },
});
const tables = async () => {
  const names = await rowsOf<{ name: string }>(
    world.db,
    sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of names) {
    rows[name] = await rowsOf(world.db, sql`select * from ${sql.identifier(name)} order by 1::text`);
  }
  return rows;
};

describe('a simulation', () => {
  it('goes through delays, retries and a long Retry-After in virtual time', async () => {
    const wait = { id: 'wait', type: 'delay', for: '30 days' };
    const responses = {
      crm: [{ status: 503 }, { status: 429, headers: { 'Retry-After': '600' } }, { status: 200 }],
    };
    const answer = await simulate([wait, await crm()], { responses });
    expect(requestsOf(answer)).toEqual([
      ['crm', 1, 43_200, 503],
      ['crm', 2, 43_203, 429],
      ['crm', 3, 43_213, 200],
    ]);
    expect(answer.body.users[0]).toMatchObject({ outcome: 'completed', endedAt: '2027-02-03T09:13:00.000Z' });
  });

  it('renders the real request, and hides its credentials', async () => {
    const authentication = { type: 'apiKey', header: 'X-Tenant', key: 'very-secret-key' };
    const tile = await crm({}, { authentication, body: '{"plan": "{{plan}}"}' });
    const users = [{ userId: 'ada', profile: { plan: 'pro' }, dataFields: { cart: 7 } }];
    const { body } = await simulate([tile], { users });
    const [request] = body.users[0].requests;
    expect(request.headers).toMatchObject({ 'x-tenant': '[redacted]' });
    expect(JSON.parse(request.body)).toMatchObject({ plan: 'pro' });
    expect(JSON.stringify(body)).not.toContain('very-secret-key');
  });

  it('lets users go on whom a tile sends to another journey, which they do not enter', async () => {
    const other = (await world.call('POST', '/api/journeys', { name: 'Other', tiles: [] })).body.id;
    await world.call('POST', `/api/journeys/${other}/publish`);
    const answer = await simulate([{ id: 'send', type: 'sendToJourney', journeyId: other }, await crm()]);
    expect(answer.body.users[0]).toMatchObject({
      outcome: 'completed',
      path: [{ tileId: 'send', way: 'next' }, { tileId: 'crm' }],
    });
  });

  it('makes a user exit as an endpoint does, after four requests', async () => {
    const answer = await simulate([await crm()], { responses: { crm: [{ status: 503 }] } });
    expect(requestsOf(answer).map(([, , at]: unknown[]) => at)).toEqual([0, 3, 6, 9]);
    expect(answer.body.users[0]).toMatchObject({ outcome: 'exited', reason: 'http_status' });
  });

  it('takes a slow endpoint for one that does not answer', async () => {
    const answer = await simulate([await crm({ onFailure: 'exit' })], {
      responses: { crm: [{ status: 200, after: '11 seconds' }] },
    });
    expect(requestsOf(answer).slice(0, 2)).toEqual([
      ['crm', 1, 0, null],
      ['crm', 2, 3 + 1 / 6, null],
    ]);
    expect(answer.body.users[0]).toMatchObject({ outcome: 'completed' });
  });

  it('captures live data from scripted answers', async () => {
    const fields = { dataRetrieval: true, liveDataFields: [{ path: 'score', type: 'number' }] };
    const webhookId = await webhook();
    await world.db.execute(sql`
      update webhooks set definition = (definition::jsonb || ${JSON.stringify(fields)}::jsonb)::json
      where id = ${webhookId}`);
    const score = { id: 'score', type: 'liveData', webhookId, name: 'score' };
    const tile = await crm({}, { body: '{"score": {{liveData.score.score}}}' });
    const { body } = await simulate([score, tile], {
      responses: { score: [{ status: 200, body: { score: 81 } }] },
    });
    expect(JSON.parse(body.users[0].requests[1].body)).toMatchObject({ score: 81 });
  });

  it('gets a token where a webhook needs one, and another after a 401', async () => {
    const authentication = {
      ...{ type: 'oauth2', clientId: 'id', clientSecret: 'hidden', tokenUrl: 'https://id.example.com/token' },
    };
    const tile = await crm({}, { authentication });
    const answer = await simulate([tile], { responses: { crm: [{ status: 401 }, { status: 200 }] } });
    expect(requestsOf(answer)).toEqual([
      ['crm', 1, 0, 401],
      ['crm', 2, 0, 200],
    ]);
  });

  it('shares a rate limit among its users', async () => {
    const tile = await crm({ rateLimit: { limit: 2, per: 'hour' } });
    const users = ['a', 'b', 'c'].map((userId) => ({ userId, profile: {} }));
    const answer = await simulate([tile], { users });
    const times = [0, 1, 2].map((user) => requestsOf(answer, user)[0][2]);
    expect(times).toEqual([0, 30, 60]);
  });

  it('says who was not let in, and who is still there at the end', async () => {
    const wait = { id: 'wait', type: 'delay', for: '3 days' };
    const { body } = await simulate([wait], { until: '2 days' });
    expect(body.users[0]).toMatchObject({ outcome: 'running', endedAt: null });
  });

  it('ends a wait at the moment of a scripted event, and lets it time out without one', async () => {
    const tiles = [
      {
        ...{ id: 'bought', type: 'waitFor', for: [{ event: 'purchase', next: 'crm' }], timeout: '7 days' },
        onTimeout: 'exit',
      },
      await crm(),
    ];
    const events = [{ at: '2 days', eventName: 'purchase', dataFields: { shoppingCartItems: [] } }];
    const users = [
      { ...ADA, events },
      { userId: 'bob', profile: {} },
    ];
    const answer = await simulate(tiles, { users });
    expect([requestsOf(answer, 0), requestsOf(answer, 1)]).toEqual([[['crm', 1, 2_880, 200]], []]);
    const [ada, bob] = answer.body.users;
    expect([minutes(ada.endedAt), minutes(bob.endedAt)]).toEqual([2_880, 10_080]);
  });

  it('holds requests outside of a send window', async () => {
    const sendWindow = { days: ['mon', 'tue'], from: '09:00', to: '10:00', timeZone: 'Europe/Berlin' };
    const wait = { id: 'wait', type: 'delay', for: '1 hour' };
    const answer = await simulate([wait, await crm()], {}, { sendWindow });
    const [[, , at]] = requestsOf(answer);
    expect(Math.floor(at / 60)).toBe(23);
  });

  it('says of each tile when, for how long, which way and why', async () => {
    const tiles = [
      { id: 'wait', type: 'delay', for: '1 hour' },
      {
        ...{ id: 'vip', type: 'yesNoSplit', yes: 'crm', no: 'exit' },
        when: { field: 'profile.plan', is: 'equals', value: 'pro' },
      },
      await crm(),
    ];
    const users = [
      { ...ADA, profile: { plan: 'pro' } },
      { userId: 'bob', profile: { plan: 'free' } },
    ];
    const { body } = await simulate(tiles, { users });
    const [pro, free] = body.users;
    expect(pro.path.map((step: { at: string }) => ({ ...step, at: minutes(step.at) }))).toEqual([
      { tileId: 'wait', at: 0, took: 3_600_000, way: 'next', why: null },
      { tileId: 'vip', at: 60, took: 0, way: 'yes', why: expect.stringContaining('pro') },
      { tileId: 'crm', at: 60, took: 0, way: 'next', why: '200' },
    ]);
    expect(free.path[1]).toMatchObject({ way: 'no', why: expect.stringContaining('free') });
  });

  it('sends all users down the branch that it is told', async () => {
    const split = {
      ...{ id: 'ab', type: 'abSplit' },
      branches: [
        { name: 'send', weight: 50, next: 'crm' },
        { name: 'none', weight: 50, next: 'exit' },
      ],
    };
    const users = Array.from({ length: 8 }, (_, index) => ({ userId: `u${index}`, profile: {} }));
    const waysOf = ({ body }: Answer) =>
      new Set(body.users.map(({ path }: { path: { way: string }[] }) => path[0]!.way));
    const tiles = [split, await crm()];
    expect(waysOf(await simulate(tiles, { users, branches: { ab: 'none' } }))).toEqual(new Set(['none']));
    expect(waysOf(await simulate(tiles, { users, branches: { ab: 'send' } }))).toEqual(new Set(['send']));
    expect(waysOf(await simulate(tiles, { users })).size).toBe(2);
  });

  it('names the tiles that nobody reached', async () => {
    const tiles = [await crm({ next: 'exit' }), { id: 'after', type: 'webhook', webhookId: await webhook() }];
    expect((await simulate(tiles)).body.uncovered).toEqual(['after']);
  });

  it('copies a real user', async () => {
    const email = 'real@example.com';
    await world.call('POST', '/api/users/update', { email, dataFields: { plan: 'gold' } });
    const tile = await crm({}, { body: '{"plan": "{{plan}}"}' });
    const { body } = await simulate([tile], { users: [{ email }] });
    expect(JSON.parse(body.users[0].requests[0].body)).toMatchObject({ plan: 'gold' });
  });

  it('runs a draft and a version that is saved', async () => {
    const { body: saved } = await world.call('POST', '/api/journeys', {
      ...{ name: 'Saved', tiles: [await crm()] },
    });
    await world.call('POST', `/api/journeys/${saved.id}/publish`);
    const wait = { id: 'wait', type: 'delay', for: '1 day' };
    await world.call('PUT', `/api/journeys/${saved.id}`, { name: 'Saved', tiles: [wait] });
    const path = `/api/journeys/${saved.id}/simulate`;
    const scenario = { users: [ADA], startAt: START };
    const draft = await world.call('POST', path, scenario);
    const version = await world.call('POST', path, { ...scenario, version: 1 });
    expect([draft.body.users[0].requests, requestsOf(version)]).toEqual([[], [['crm', 1, 0, 200]]]);
  });

  it('gives the same answer byte for byte, five times', async () => {
    const tiles = [await crm(), { id: 'wait', type: 'delay', for: '5 days', next: 'crm' }];
    const scenario = {
      ...{ users: [ADA, { userId: 'bob', profile: { plan: 'pro' } }], until: '30 days' },
      responses: { crm: [{ status: 503 }, { status: 200, after: '2 seconds' }] },
    };
    const answers: string[] = [];
    for (let run = 0; run < 5; run += 1) answers.push(JSON.stringify((await simulate(tiles, scenario)).body));
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0]!).users[0].requests.length).toBeGreaterThan(5);
  });

  it('changes nothing but the audit log, and dispatches nothing', async () => {
    const tile = await crm({}, { signing: { enabled: true } });
    const before = await tables();
    const enqueued = world.enqueued.length;
    expect((await simulate([tile], { users: [{ email: 'ada@example.com' }] })).status).toBe(200);
    const after = await tables();
    expect({ ...after, audit_log: null }).toEqual({ ...before, audit_log: null });
    expect(world.enqueued).toHaveLength(enqueued);
  });
});

describe('a simulation is refused', () => {
  const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];
  const many = Array.from({ length: 10_000 }, (_, index) => ({ userId: `u${index}` }));
  it.each<[string, object, string, RegExp]>([
    ['without users', { users: [] }, 'users', /1/],
    ['of 10,000 users', { users: many }, 'users', /100/],
    ['of the same user twice', { users: [ADA, { email: 'ADA@example.com' }] }, 'users[1]', /users\[0\]/],
    ['of a user without a name', { users: [{ profile: {} }] }, 'users[0]', /email or userId/],
    [
      'with answers of an unknown tile',
      { responses: { crm: [{ status: 200 }] } },
      'responses.crm',
      /no tile/,
    ],
    ['with a branch of an unknown tile', { branches: { ab: 'a' } }, 'branches.ab', /no tile/],
    ['with a branch of a delay', { branches: { wait: 'a' } }, 'branches.wait', /A\/B/],
    ['that would end before its start', { until: '2026-01-01T00:00:00Z' }, 'until', /before/],
    ['of a year, which has no fixed length', { until: '1 year' }, 'until', /no fixed length\. Write days/],
    ['of more than two years', { until: '1000 days' }, 'until', /two years/],
    [
      'with an event before its start',
      { users: [{ ...ADA, events: [{ at: '2026-01-01T00:00:00Z', eventName: 'x' }] }] },
      'users[0].events[0].at',
      /before/,
    ],
    [
      'with a call back to a tile that awaits none',
      { users: [{ ...ADA, callbacks: { wait: { after: '1 hour', status: 'success' } } }] },
      'users[0].callbacks.wait',
      /no webhook tile/,
    ],
    ['that calls endpoints', { callEndpoints: true }, 'callEndpoints', /calls no endpoint/],
  ])('%s', async (_what, scenario, field, message) => {
    const { status, body } = await simulate(tiles, scenario);
    expect([status, body.code, body.params[field]]).toEqual([
      400,
      'BadParams',
      expect.stringMatching(message),
    ]);
  });

  it('of a draft that could not be published, with the field', async () => {
    const { status, body } = await simulate([{ id: 'crm', type: 'webhook', webhookId: 999 }]);
    expect([status, Object.keys(body.params)]).toEqual([400, ['journey.tiles[0].webhookId']]);
  });
});
