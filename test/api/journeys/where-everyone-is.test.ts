import { enqueuing } from '../../../src/db/enqueue';
import { deliveryIdOf, openAttempt } from '../../../src/db/deliveries/deliveries';
import { closeAttempt } from '../../../src/db/deliveries/close';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { arriveAt } from '../../../src/db/entries/steps/steps';
import { findJourney } from '../../../src/db/journeys/journeys';
import { decideChain } from '../../../src/usecases/journeys/decide/decide';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

const firstRunId = 'run-1';
const DAY_MS = 86_400_000;

let world: ApiWorld;
let webhookId: number;
let users = 0;

beforeAll(async () => {
  world = await createApiWorld();
  const webhook = { name: 'CRM', endpoint: 'https://api.example.com/users' };
  webhookId = (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id as number;
});
afterAll(() => world.close());

const IS_PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };

async function publish(): Promise<number> {
  const tiles = [
    { id: 'wait', type: 'delay', for: '1 day' },
    { id: 'split', type: 'yesNoSplit', when: IS_PRO, no: 'exit' },
    { id: 'first', type: 'webhook', webhookId, onFailure: 'exit' },
    { id: 'second', type: 'webhook', webhookId },
  ];
  const { body } = await world.call('POST', '/api/journeys', { name: 'Where', tiles });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  return body.id as number;
}

/** An entry of a new user, with what moves it on, as the worker does. */
async function enter(journeyId: number, plan = 'pro') {
  const email = `where-${(users += 1)}@example.com`;
  await world.call('POST', '/api/users/update', { email, dataFields: { plan } });
  const triggered = await world.call('POST', '/api/workflows/triggerWorkflow', {
    workflowId: journeyId,
    email,
  });
  const entryId = triggered.body.params.entryId as string;
  const at = (tileId: string) => ({ entryId, workflowId: entryId, firstRunId, tileId, visit: 1 });
  const tilesOf = async () => (await findJourney(world.db, journeyId))!.definition.tiles;
  return {
    entryId,
    wait: (since: number) =>
      arriveAt(world.db, at('wait'), { tileId: 'wait', visit: 1, at: since, until: since + DAY_MS }),
    split: (when = Date.now()) =>
      decideChain({ ...world, hmacKey: 'k', tilesOf }, { ...at('split'), visits: new Map() }, when),
    /** A request, answered if `status` is given: 200, after so many attempts, or else 503. */
    call: async (tileId: string, status?: number, attempts = 1) => {
      const visit = { ...at(tileId), journeyId, webhookId, test: false };
      const when = Date.now();
      await world.db.execute(claimEntrySql(visit, tileId, when));
      for (let number = 1; number <= attempts; number += 1) {
        const key = { deliveryId: deliveryIdOf(visit), generation: 1, number };
        await openAttempt(world.db, visit, key, { journeyId, webhookId, request: Buffer.from(''), at: when });
        if (status === undefined) continue;
        const isLast = number === attempts && status === 200;
        const outcome = isLast
          ? ({ kind: 'delivered' } as const)
          : ({ kind: 'retry', reason: 'http_status', detail: 'Answered 503.' } as const);
        const answer = { responseHeaders: {}, responseBody: '', refusedEarly: false, durationMs: 1 };
        const nextAttemptAt = outcome.kind === 'retry' ? when + 180_000 : null;
        const end = isLast ? ({ status: 'delivered', reason: null, detail: null } as const) : undefined;
        const result = { ...answer, outcome, status: isLast ? 200 : 503, nextAttemptAt };
        await enqueuing(world, (db) => closeAttempt(db, visit, key, result, end, when + 1));
      }
    },
  };
}

async function countsOf(journeyId: number, query = ''): Promise<Record<string, Record<string, unknown>>> {
  const { status, body } = await world.call('GET', `/api/journeys/${journeyId}/tiles${query}`);
  expect(status).toBe(200);
  return Object.fromEntries(body.tiles.map(({ tileId, ...count }: { tileId: string }) => [tileId, count]));
}

describe('GET /api/journeys/{id}/tiles', () => {
  it('has every tile of the journey, in its order, also where nobody is', async () => {
    const journeyId = await publish();
    const { body } = await world.call('GET', `/api/journeys/${journeyId}/tiles`);
    expect(body.tiles.map(({ tileId }: { tileId: string }) => tileId)).toEqual([
      'wait',
      'split',
      'first',
      'second',
    ]);
    const nobody = { users: 0, waiting: 0, queued: 0, retrying: 0, oldestAt: null, passed: 0, ways: {} };
    expect(body.tiles[3]).toEqual({ tileId: 'second', ...nobody });
  });

  it('counts who waits, who is queued, whose request is under way and whose is repeated', async () => {
    const journeyId = await publish();
    const now = Date.now();
    await enter(journeyId);
    const [waiting, due, split, calling, retrying, delivered, free] = await Promise.all([
      ...['pro', 'pro', 'pro', 'pro', 'pro', 'pro', 'free'].map((plan) => enter(journeyId, plan)),
    ]);
    await waiting!.wait(now);
    await due!.wait(now - 2 * DAY_MS);
    for (const entry of [split, calling, retrying, delivered, free]) await entry!.wait(now - 2 * DAY_MS);
    for (const entry of [split, calling, retrying, delivered, free]) await entry!.split();
    await calling!.call('first');
    await retrying!.call('first', 503);
    await delivered!.call('first', 200);
    const counts = await countsOf(journeyId);
    // One who was accepted has not begun.
    expect(counts.wait).toMatchObject({
      users: 2,
      waiting: 1,
      queued: 1,
      retrying: 0,
      passed: 6,
      ways: { next: 6 },
    });
    expect(counts.split).toMatchObject({ users: 1, queued: 1, passed: 5, ways: { yes: 4, no: 1 } });
    expect(counts.first).toMatchObject({ users: 3, queued: 1, retrying: 1, passed: 1, ways: { next: 1 } });
    expect(counts.second).toMatchObject({ users: 1, queued: 1, passed: 0 });
    expect(counts.split!.oldestAt).toBe(new Date(now - 2 * DAY_MS).toISOString());
  });

  it('counts by version, and what was passed since a time', async () => {
    const journeyId = await publish();
    const old = await enter(journeyId);
    await old.wait(Date.now());
    const { body } = await world.call('GET', `/api/journeys/${journeyId}`);
    await world.call('PUT', `/api/journeys/${journeyId}`, { name: body.name, tiles: body.tiles.slice(1) });
    await world.call('POST', `/api/journeys/${journeyId}/publish`);
    await (await enter(journeyId)).split(Date.now() - DAY_MS);
    await (await enter(journeyId)).split();
    const all = await countsOf(journeyId);
    expect(Object.keys(all)).toEqual(['split', 'first', 'second', 'wait']);
    expect(all.wait).toMatchObject({ users: 1, waiting: 1 });
    expect(all.split).toMatchObject({ passed: 2 });
    expect(all.first).toMatchObject({ users: 2, queued: 2 });
    expect((await countsOf(journeyId, '?version=1')).first).toMatchObject({ users: 0 });
    const since = new Date(Date.now() - 60_000).toISOString();
    expect((await countsOf(journeyId, `?since=${since}`)).split).toMatchObject({
      passed: 1,
      ways: { yes: 1 },
    });
  });

  it('is refused for what is not there', async () => {
    const journeyId = await publish();
    expect((await world.call('GET', '/api/journeys/999999/tiles')).status).toBe(404);
    expect((await world.call('GET', `/api/journeys/${journeyId}/tiles?version=7`)).status).toBe(404);
    expect((await world.call('GET', `/api/journeys/${journeyId}/tiles?since=yesterday`)).status).toBe(400);
  });
});

describe('the path of an entry', () => {
  it('says where the user was, how long, which way they went and why', async () => {
    const journeyId = await publish();
    const entry = await enter(journeyId);
    const now = Date.now();
    await entry.wait(now - DAY_MS - 5);
    await entry.split(now - 5);
    await entry.call('first', 200, 2);
    const { body } = await world.call('GET', `/api/entries/${entry.entryId}`);
    expect(body.path).toMatchObject([
      { tileId: 'wait', took: DAY_MS, way: 'next', why: null },
      { tileId: 'split', took: 0, way: 'yes', why: 'profile.plan was “pro”' },
      { tileId: 'first', way: 'next', why: '200 after 2 requests' },
    ]);
    expect(body.waitingFor).toEqual({ what: 'queue', until: null });
  });
});
