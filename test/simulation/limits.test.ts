import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/db/connection/client';
import { Clock } from '../../src/simulation/clock';
import { Limits } from '../../src/simulation/limits';
import { ADA, createSimulations, hours, type Simulations } from './simulations';

/* What callers may get wrong, and what one simulation may take. */

let simulations: Simulations;
let before: Record<string, number>;
let webhookId: number;
beforeAll(async () => {
  simulations = await createSimulations();
  webhookId = await simulations.webhook();
  before = await rowCounts();
});
afterAll(() => simulations.close());

async function rowCounts(): Promise<Record<string, number>> {
  const { db } = simulations.world;
  const tables = await rowsOf<{ name: string }>(
    db,
    sql`select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'audit_log' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await rowsOf<{ count: number }>(db, sql`select count(*) from ${sql.identifier(name)}`);
    counts[name] = row!.count;
  }
  return counts;
}

// Also for the tests of this file that ran before.
afterEach(async () => expect(await rowCounts()).toEqual(before));

const DAY = { id: 'wait', type: 'delay', for: '1 day' };
const crm = (more: object = {}) => ({ id: 'crm', type: 'webhook', webhookId, ...more });
const AB = {
  ...{ type: 'abSplit', key: 'test' },
  branches: [
    { name: 'A', weight: 50, next: 'exit' },
    { name: 'B', weight: 50, next: 'wait' },
  ],
};
const hostile = (value: unknown) => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`) as object;

describe('a simulation is refused, with what would fix it,', () => {
  it.each<[string, object[], object, string, RegExp]>([
    ['a start in the year 12000', [DAY], { startAt: '+012000-01-01T00:00:00Z' }, 'startAt', /ISO-8601/],
    [
      'an end after the year 9999',
      [DAY],
      { until: '+012000-01-01T00:00:00Z' },
      'until',
      /duration|two years/,
    ],
    ['a delay of 100 years', [{ ...DAY, for: '36500 days' }], {}, 'journey.tiles[0].for', /years|duration/i],
    [
      'contrary branches of splits with one key',
      [{ id: 'one', ...AB }, { id: 'two', ...AB }, DAY],
      { branches: { one: 'A', two: 'B' } },
      'branches.two',
      /“one”.*same branch/,
    ],
    ['real requests', [DAY], { callEndpoints: true }, 'callEndpoints', /script the responses.*\/test/],
  ])('for %s', async (_what, tiles, scenario, field, message) => {
    const { status, body } = await simulations.simulate(tiles, scenario);
    expect([status, body.params?.[field]]).toEqual([400, expect.stringMatching(message)]);
  });

  it.each<[string, object]>([
    ['a tile', { responses: hostile([{ status: 200 }]) }],
    ['a split', { branches: hostile('A') }],
    ['a callback', { users: [{ ...ADA, callbacks: hostile({ after: '1 day', status: 'success' }) }] }],
    ['a field', { users: [{ ...ADA, profile: hostile({ polluted: true }) }] }],
  ])('for “__proto__” as the name of %s', async (_what, scenario) => {
    const { status, body } = await simulations.simulate([DAY], scenario);
    expect([status, body.code]).toEqual([400, 'BadJsonBody']);
  });

  it.each(['constructor', 'toString'])('for “%s” as the name of tiles', async (name) => {
    const users = [{ ...ADA, callbacks: { [name]: { after: '1 day', status: 'success' } } }];
    const scenario = { users, branches: { [name]: 'A' }, responses: { [name]: [{ status: 200 }] } };
    const { body } = await simulations.simulate([DAY], scenario);
    expect(Object.keys(body.params)).toEqual([
      ...[`responses.${name}`, `branches.${name}`, `users[0].callbacks.${name}`],
    ]);
  });

  it('for a body of 5 MB', async () => {
    const { status } = await simulations.simulate([DAY], {
      responses: { wait: [{ status: 200, body: 'x'.repeat(5_000_000) }] },
    });
    expect(status).toBe(413);
  });

  it('for more requests, bytes, time or memory than one may take', async () => {
    const ended = async (use: (limits: Limits) => void) => {
      const clock = new Clock(Date.parse('2027-01-04T09:00:00Z'));
      const limits = new Limits(clock);
      clock.at(clock.now, () => use(limits));
      return clock.run(clock.now, () => limits.check()).catch(({ message }: Error) => message);
    };
    const send = (times: number, body: string) => (limits: Limits) => {
      for (let count = 0; count < times; count += 1) limits.countRequest({ path: '/users', body });
    };
    expect(await ended(send(10_000, '{}'))).toBeUndefined();
    expect(await ended(send(10_001, '{}'))).toMatch(/more than 10000 requests.*fewer users/);
    expect(await ended(send(33, 'x'.repeat(1_048_576)))).toMatch(/more than 32 MiB.*fewer users/);
    const real = { now: performance.now.bind(performance), memory: process.memoryUsage };
    const late = jest.spyOn(performance, 'now');
    expect(await ended(() => void late.mockImplementation(() => real.now() + 20_001))).toMatch(
      /within 20 seconds\. It came to 2027-01-04T09:00:00\.000Z\..*an earlier until/,
    );
    late.mockRestore();
    const large = jest.spyOn(process, 'memoryUsage');
    const grown = () => ({ ...real.memory(), external: 2 ** 30 });
    expect(await ended(() => void large.mockImplementation(grown as typeof process.memoryUsage))).toMatch(
      /too much memory\. It came to 2027-01-04T09:00:00\.000Z/,
    );
    large.mockRestore();
  });
});

describe('a simulation bears', () => {
  it('a delay of ten years: the user is still there after two', async () => {
    const { body } = await simulations.simulate([{ ...DAY, for: '3650 days' }]);
    expect(body.users[0]).toMatchObject({ outcome: 'running', endedAt: null });
  });

  it('a cycle whose wait passes at once: it goes round once a minute', async () => {
    const wait = { id: 'wait', type: 'waitFor', timeout: '1 day', onTimeout: 'exit' };
    const tiles = [
      { ...wait, for: [{ when: { field: 'profile.plan', is: 'isNotSet' }, next: 'mark' }] },
      { id: 'mark', type: 'updateProfile', fields: { seen: true }, next: 'wait' },
    ];
    const { body } = await simulations.simulate(tiles, { until: '30 minutes' });
    const visits = body.users[0].path.filter(({ tileId }: { tileId: string }) => tileId === 'wait');
    expect([body.users[0].outcome, visits.length]).toEqual(['running', 32]);
  });

  it('an answer that is no JSON where live data is read', async () => {
    const fields = { dataRetrieval: true, liveDataFields: [{ path: 'score', type: 'number' }] };
    const { db } = simulations.world;
    const live = { id: 'score', type: 'liveData', webhookId, name: 'score' };
    await db.execute(sql`
      update webhooks set definition = (definition::jsonb || ${JSON.stringify(fields)}::jsonb)::json
      where id = ${webhookId}`);
    const { body } = await simulations.simulate([live], {
      responses: { score: [{ status: 200, body: '<html>' }] },
    });
    expect(body.users[0]).toMatchObject({ outcome: 'exited', reason: 'not_json' });
  });

  it('hostile names in what users have and do', async () => {
    const users: object[] = [
      { email: 'ada@example.com', profile: { constructor: 1 }, dataFields: { valueOf: 2 } },
      { userId: '__proto__', profile: {}, events: [{ at: '1 hour', eventName: '__proto__' }] },
      { userId: 'constructor', profile: {}, dataFields: { toString: 1 } },
    ];
    const wait = { ...{ id: 'wait', type: 'waitFor', for: [{ event: '__proto__' }], timeout: '1 day' } };
    const { body } = await simulations.simulate([wait, crm()], { users });
    expect(body.users.map(({ endedAt }: { endedAt: string }) => hours(endedAt))).toEqual([24, 1, 24]);
  });
});
