import { readPathRows } from '../../../src/db/entries/steps/path';
import { pathOf } from '../../../src/domain/journeys/reports/path';
import { updateUser } from '../../../src/db/users/users';
import { LEAST_SPREAD_MS, spreadOf } from '../../../src/domain/journeys/timing/spread';
import { calmEvents } from '../../support/history';
import { createWorld, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let count = 0;

/** Sends a new user through a delay and a webhook tile for each way out of it. Returns the tile that was called. */
async function wait(
  delay: object,
  {
    profile = {},
    dataFields = {},
    rest,
  }: { profile?: object; dataFields?: Record<string, unknown>; rest?: object[] } = {},
) {
  count += 1;
  const identity = { email: `user${count}@example.com` };
  const dataOf = profile as Record<string, unknown>;
  await updateUser(world, {
    ...identity,
    dataFields: dataOf,
    mergeNestedObjects: false,
    createNewFields: true,
  });
  const webhookId = await world.webhook();
  const call = (id: string) => ({ id, type: 'webhook', webhookId, next: 'exit' });
  const tiles = [{ id: 'wait', type: 'delay', ...delay }, ...(rest ?? ['next', 'past', 'missing'].map(call))];
  const journeyId = await world.journey(tiles);
  const began = Date.now();
  const entryId = await world.enter(journeyId, { identity, dataFields });
  const { entry, deliveries } = await world.ended(entryId);
  const calls = deliveries.map(({ tileId, attempts }) => ({
    tileId,
    afterMs: attempts[0]!.startedAt.getTime() - began,
    at: attempts[0]!.startedAt.getTime(),
  }));
  return { entryId, began, entry, calls };
}

const eventsOf = async (entryId: string) =>
  calmEvents((await world.client.workflow.getHandle(entryId).fetchHistory()).events);

const isoIn = (ms: number) => new Date(Date.now() + ms).toISOString();
const WAYS = { onPast: 'past', onMissing: 'missing' };

describe('a delay until a moment', () => {
  it('holds the user until the date in a field, and not longer', async () => {
    const until = isoIn(30 * HOUR_MS);
    const { calls, entryId } = await wait(
      { until: { field: 'trigger.due', ...WAYS } },
      { dataFields: { due: until } },
    );
    expect(calls).toMatchObject([{ tileId: 'next' }]);
    const lateMs = calls[0]!.at - Date.parse(until);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(MINUTE_MS);
    const [step] = pathOf((await readPathRows(world.db, entryId))!);
    expect(step).toMatchObject({
      tileId: 'wait',
      way: 'next',
      why: expect.stringContaining('trigger.due was “'),
    });
    // As a delay for a fixed time: a marker, where the user is, and five for the timer.
    expect(await eventsOf(entryId)).toHaveLength(11 + 2 + 5);
  });

  it('is to the minute of a time of day, and after it by the user’s place', async () => {
    const timeOfDay = isoIn(5 * HOUR_MS).slice(11, 16);
    const { calls, entryId } = await wait({ for: '1 hour', timeOfDay, timeZone: 'UTC' });
    const wanted = Math.ceil((Date.now() + 4 * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
    const { at } = calls[0]!;
    expect(new Date(at - spreadOf(entryId, 'wait', 1)).toISOString().slice(11, 16)).toBe(timeOfDay);
    expect(Math.abs(at - wanted)).toBeLessThan(HOUR_MS + LEAST_SPREAD_MS + MINUTE_MS);
  });

  it.each<[string, object, string]>([
    ['past', { due: isoIn(-HOUR_MS) }, 'past'],
    ['missing', {}, 'missing'],
    ['no date', { due: 'soon' }, 'missing'],
  ])(
    'goes on at once where the date is %s, by its own way, with one event',
    async (_what, dataFields, way) => {
      const until = { field: 'trigger.due', ...WAYS };
      const { calls, entryId } = await wait({ until }, { dataFields: dataFields as Record<string, unknown> });
      expect(calls).toMatchObject([{ tileId: way }]);
      const [step] = pathOf((await readPathRows(world.db, entryId))!);
      expect(step).toMatchObject({ tileId: 'wait', took: 0, way });
      expect(calls[0]!.afterMs).toBeLessThan(MINUTE_MS);
      expect(await eventsOf(entryId)).toHaveLength(11 + 1);
    },
  );

  it('counts from when the user arrives, not from when they entered', async () => {
    const { calls, entry } = await wait(
      { for: '30 hours', next: 'until' },
      {
        dataFields: { due: isoIn(10 * HOUR_MS) },
        rest: [
          { id: 'until', type: 'delay', until: { field: 'trigger.due', onPast: 'exit' } },
          { id: 'early', type: 'webhook', webhookId: await world.webhook() },
        ],
      },
    );
    expect(calls).toEqual([]);
    expect(entry).toMatchObject({ status: 'completed', tileId: 'until' });
  });

  it('says by which way they went, also where it was the last tile', async () => {
    const { entryId } = await wait({ for: '1 hour' }, { rest: [] });
    const path = pathOf((await readPathRows(world.db, entryId))!);
    expect(path).toMatchObject([{ tileId: 'wait', took: expect.any(Number), way: 'next' }]);
  });

  it('goes on by next where those ways are not given, and out of the journey where they lead there', async () => {
    expect((await wait({ until: { field: 'trigger.due' } })).calls).toMatchObject([{ tileId: 'next' }]);
    const { calls, entry } = await wait({ until: { field: 'trigger.due', onMissing: 'exit' } });
    expect(calls).toEqual([]);
    expect(entry).toMatchObject({ status: 'completed', tileId: 'wait' });
  });

  it('reads the profile, in the time zone of the user', async () => {
    const day = isoIn(3 * 24 * HOUR_MS).slice(0, 10);
    const profile = { renewal: day, timeZone: 'Asia/Tokyo' };
    const { calls, entryId } = await wait(
      { until: { field: 'profile.renewal', timeOfDay: '09:00' } },
      { profile },
    );
    const due = Date.parse(`${day}T00:00Z`) + spreadOf(entryId, 'wait', 1);
    expect(calls[0]!.at - due).toBeGreaterThanOrEqual(0);
    expect(calls[0]!.at - due).toBeLessThan(MINUTE_MS);
  });

  it('in a cycle lets nobody go round in less than a second, though its moment is always about to come', async () => {
    const path = `/soon-${Math.random()}`;
    world.receiver.respondAt(path, 200, 200, 200, 410);
    const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
    const next = `{{dateMath "now" "+1s" format="yyyy-MM-dd'T'HH:mm:ss.SSSZ"}}`;
    const rest = [
      { id: 'call', type: 'webhook', webhookId, onFailure: 'exit' },
      { id: 'set', type: 'updateProfile', fields: { next }, next: 'wait' },
    ];
    const until = { field: 'profile.next', offset: '-0.5 seconds' };
    const { calls } = await wait({ until }, { rest, profile: { next: isoIn(1_000) } });
    const rounds = calls.slice(1).map(({ at }, index) => at - calls[index]!.at);
    expect(rounds).toHaveLength(3);
    for (const round of rounds) expect(round).toBeGreaterThanOrEqual(1_000);
  });

  it('in a cycle lets nobody go round in less than a minute', async () => {
    const path = `/round-${Math.random()}`;
    world.receiver.respondAt(path, 200, 200, 200, 410);
    const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
    const rest = [{ id: 'call', type: 'webhook', webhookId, next: 'wait', onFailure: 'exit' }];
    const { calls, entry } = await wait({ until: { at: '2020-01-01T00:00' } }, { rest });
    expect(entry.status).toBe('completed');
    const rounds = calls.map(({ at }, index) => (index === 0 ? MINUTE_MS : at - calls[index - 1]!.at));
    expect(rounds).toHaveLength(4);
    for (const round of rounds) expect(round).toBeGreaterThanOrEqual(MINUTE_MS);
  });
});
