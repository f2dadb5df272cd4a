import { calmEvents } from '../../support/history';
import { until } from '../../support/until';
import { createWorld, type World } from '../../support/world';

const TWO_AN_HOUR = { limit: 2, per: 'hour' };

let world: World;

beforeAll(async () => {
  world = await createWorld({ skipTime: false });
});
afterAll(() => world.close());

/** A journey of one tile, whose requests come to a path of their own. */
async function limited(rateLimit?: object, { path = `/${Math.random()}`, of = world } = {}) {
  const webhookId = await of.webhook({ endpoint: `${of.receiver.url}${path}` });
  const journeyId = await of.journey([{ id: 'call', type: 'webhook', webhookId, rateLimit }]);
  const came = () => of.receiver.requests.filter(({ url }) => url === path);
  return {
    path,
    came,
    /** Sends so many users in; returns their entries. */
    enter: (users: number) =>
      Promise.all(
        Array.from({ length: users }, (_, user) =>
          of.enter(journeyId, { identity: { email: `user-${user}@example.com` } }),
        ),
      ),
    arrived: (count: number) => until(async () => came().length >= count),
  };
}

async function completed(entries: string[], of = world): Promise<void> {
  const passages = await Promise.all(entries.map((entryId) => of.ended(entryId)));
  expect(passages.map(({ entry }) => entry.status)).toEqual(entries.map(() => 'completed'));
}

/** After a pause a tile may call for one second at once, and once more. */
function leastSeconds(requests: number, perSecond: number): number {
  return (requests - perSecond - 1) / perSecond;
}

describe('a tile with a rate limit', () => {
  it('lets users pass no faster than its limit (B115, B117)', async () => {
    const tile = await limited({ limit: 5, per: 'second' });
    const began = Date.now();
    await completed(await tile.enter(25));
    expect(tile.came()).toHaveLength(25);
    const seconds = (tile.came().at(-1)!.receivedAt - began) / 1_000;
    expect(seconds).toBeGreaterThan(leastSeconds(25, 5) - 0.1);
  });

  it('delays no other tile: each has its own pace, limited or not (B118)', async () => {
    const slow = await limited(TWO_AN_HOUR);
    const fast = await limited({ limit: 20, per: 'second' }, { path: slow.path });
    const free = await limited(undefined, { path: slow.path });
    await slow.enter(30);
    await slow.arrived(1);
    const others = await Promise.all([fast.enter(40), free.enter(40)]);
    await completed(others.flat());
    // The endpoint gets the sum of what each lets pass.
    expect(slow.came()).toHaveLength(1 + 40 + 40);
  });

  it('is left at once by a user who exits while waiting for the limit', async () => {
    const slow = await limited(TWO_AN_HOUR);
    const entries = await slow.enter(2);
    await slow.arrived(1);
    const passed = await Promise.race(entries.map(async (id) => (await world.ended(id), id)));
    const waiting = entries.find((id) => id !== passed)!;
    await until(() => world.temporal.requestExit(waiting, null));
    expect((await world.ended(waiting)).entry).toMatchObject({ status: 'cancelled', reason: 'operator' });
    expect(slow.came()).toHaveLength(1);
  });

  it('costs no history event', async () => {
    const tile = await limited({ limit: 10, per: 'second' });
    const [entryId] = await tile.enter(1);
    await completed([entryId!]);
    const { events } = await world.client.workflow.getHandle(entryId!).fetchHistory();
    expect(calmEvents(events)).toHaveLength(11);
  });
});

it('counts retries among the requests of a limited tile (B116, B117)', async () => {
  const skipping = await createWorld();
  try {
    const tile = await limited({ limit: 2, per: 'second' }, { of: skipping });
    skipping.receiver.respondAt(tile.path, 503);
    const began = Date.now();
    const entries = await tile.enter(4);
    const passages = await Promise.all(entries.map((id) => skipping.ended(id)));
    expect(passages.map(({ entry }) => entry.status)).toEqual(entries.map(() => 'exited'));
    expect(tile.came()).toHaveLength(16);
    const seconds = (tile.came().at(-1)!.receivedAt - began) / 1_000;
    expect(seconds).toBeGreaterThan(leastSeconds(16, 2) - 0.1);
  } finally {
    await skipping.close();
  }
});
