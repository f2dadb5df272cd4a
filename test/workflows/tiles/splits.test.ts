import { randomUUID } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import { steps } from '../../../src/db/schema';
import { updateUser } from '../../../src/db/users/users';
import { calmEvents } from '../../support/history';
import { readable } from '../../support/readable';
import { createWorld, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const is = (field: string, value: unknown) => ({ field, is: 'equals', value });

/** Walks a user through these tiles. Returns the entry, and each step's tile, way and next tile. */
async function walk(tiles: object[], profile: Record<string, unknown> = {}, dataFields = {}) {
  const identity = { email: `${randomUUID()}@example.com` };
  const update = { ...identity, dataFields: profile, mergeNestedObjects: false, createNewFields: true };
  await updateUser(world, update);
  const entryId = await world.enter(await world.journey(tiles), { identity, dataFields });
  const { entry, deliveries } = await world.ended(entryId);
  const rows = await world.db.select().from(steps).where(eq(steps.entryId, entryId)).orderBy(asc(steps.at));
  const ways = rows.map(({ tileId, visit, way, nextTile }) => [tileId, visit, way, nextTile]);
  return { entryId, entry, rows, ways, called: deliveries.map(({ tileId }) => tileId) };
}

const call = async (id: string, more = {}) => ({
  id,
  type: 'webhook',
  webhookId: await world.webhook(),
  ...more,
});

describe('the tile yesNoSplit', () => {
  const split = { id: 'split', type: 'yesNoSplit', when: is('profile.plan', 'pro'), yes: 'pro', no: 'free' };

  it.each([
    ['pro', 'yes'],
    ['free', 'no'],
    [null, 'no'],
  ])('sends users whose field is %j the way %s', async (plan, way) => {
    const next = way === 'yes' ? 'pro' : 'free';
    const tiles = [split, await call('pro', { next: 'exit' }), await call('free')];
    const { entry, ways, called } = await walk(tiles, { plan });
    expect(entry).toMatchObject({ status: 'completed', tileId: next });
    expect(ways).toEqual([['split', 1, way, next]]);
    expect(called).toEqual([next]);
  });

  it('reads trigger data and live data, and leads to the following tile where nothing is said', async () => {
    world.receiver.respondAt('/score', { body: { value: 90 } });
    const webhookId = await world.webhook({
      ...{ endpoint: `${world.receiver.url}/score`, method: 'GET', dataRetrieval: true },
      liveDataFields: [{ path: 'value', type: 'number' }],
    });
    const when = { all: [is('trigger.color', 'red'), is('liveData.score.value', 90)] };
    const tiles = [
      { id: 'score', type: 'liveData', name: 'score', webhookId },
      { id: 'split', type: 'yesNoSplit', when, no: 'exit' },
      await call('following'),
    ];
    const { called } = await walk(tiles, {}, { color: 'red' });
    expect(called).toEqual(['score', 'following']);
  });
});

describe('the tile attributeSplit', () => {
  const branches = [
    { name: 'Pro', when: is('profile.plan', 'pro'), next: 'exit' },
    { when: is('profile.plan', 'free'), next: 'exit' },
    { name: 'Also free', when: is('profile.plan', 'free') },
  ];

  it.each([
    ['pro', 'Pro', null],
    ['free', '2', null],
    ['none', 'otherwise', 'last'],
  ])('sends users whose field is %j the way %s: the first that holds', async (plan, way, next) => {
    const tiles = [
      { id: 'split', type: 'attributeSplit', branches },
      { id: 'last', type: 'exit', reason: 'lost' },
    ];
    const { entry, ways } = await walk(tiles, { plan });
    const exit = [['last', 1, 'exit', null]];
    expect(ways).toEqual([['split', 1, way, next], ...(next === null ? [] : exit)]);
    expect(entry).toMatchObject({ status: 'completed', detail: next === null ? null : 'lost' });
  });
});

describe('tiles that only decide', () => {
  const first = { id: 'first', type: 'yesNoSplit', when: is('profile.plan', 'pro'), no: 'exit' };
  const second = { id: 'second', type: 'yesNoSplit', when: is('profile.city', 'Oslo'), no: 'exit' };
  const third = {
    id: 'third',
    type: 'attributeSplit',
    branches: [{ when: is('trigger.a', 1), next: 'exit' }],
  };

  it('cost one history event however many follow each other, without personal data', async () => {
    const tiles = [first, second, third, await call('call')];
    const { entryId, ways } = await walk(tiles, { plan: 'pro', city: 'Oslo' }, { a: 2 });
    expect(ways).toEqual([
      ['first', 1, 'yes', 'second'],
      ['second', 1, 'yes', 'third'],
      ['third', 1, 'otherwise', 'call'],
    ]);
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(calmEvents(events)).toHaveLength(5 + 1 + 6);
    expect(readable(events)).toMatch(/"tileId":"third","way":"otherwise"/);
    expect(readable(events)).not.toMatch(/Oslo|profile\.plan/);
  });

  it('close the entry where they lead to its end', async () => {
    const { entryId, entry } = await walk([first, { id: 'out', type: 'exit' }], { plan: 'pro' });
    expect(entry).toMatchObject({ status: 'completed', tileId: 'out', reason: null });
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(calmEvents(events)).toHaveLength(5 + 1);
  });

  it('are judged anew at each visit of a cycle', async () => {
    const url = `${world.receiver.url}/cycle`;
    world.receiver.respondAt('/cycle', { body: { stage: 'one' } }, { body: { stage: 'done' } });
    const tiles = [
      { id: 'wait', type: 'delay', for: '1 day' },
      { id: 'look', type: 'userProfile', url },
      { id: 'split', type: 'yesNoSplit', when: is('profile.stage', 'done'), yes: 'exit', no: 'wait' },
    ];
    const { ways } = await walk(tiles);
    expect(ways).toEqual([
      ['wait', 1, null, null],
      ['split', 1, 'no', 'wait'],
      ['wait', 2, null, null],
      ['split', 2, 'yes', null],
    ]);
  });

  it('are shown in the workflow’s status, with the ways taken', async () => {
    const { entryId } = await walk([first, second, await call('call')], { plan: 'pro', city: 'Oslo' });
    const progress = await world.client.workflow.getHandle(entryId).query('status');
    expect(progress).toMatchObject({
      visited: ['first', 'second', 'call'],
      path: [
        { tileId: 'first', way: 'yes' },
        { tileId: 'second', way: 'yes' },
        { tileId: 'call', way: null },
      ],
    });
  });
});
