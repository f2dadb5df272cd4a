import { eq } from 'drizzle-orm';
import { webhooks } from '../../../src/db/schema';
import { insertSecret } from '../../../src/db/secrets/secrets';
import { readPathRows } from '../../../src/db/entries/steps/path';
import { pathOf, waitingForOf } from '../../../src/domain/journeys/reports/path';
import { updateUser } from '../../../src/db/users/users';
import { DAYS } from '../../../src/domain/time/days';
import { offsetAt, zoneNamed } from '../../../src/domain/time/time-zones';
import { LEAST_SPREAD_MS } from '../../../src/domain/journeys/timing/spread';
import { calmEvents } from '../../support/history';
import { until } from '../../support/until';
import { createWorld, type Passage, type World } from '../../support/world';

/* Time skips on the real server: windows are set by the clock of the moment, so that they are closed or open now. */

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the clocks of UTC show in so many hours, in whole minutes. */
const clockIn = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16);

/** A window of every day, from so many hours after now to so many. */
const windowIn = (from: number, to: number, fields: object = {}) => ({
  ...{ days: DAYS, from: clockIn(from), to: clockIn(to), timeZone: 'UTC' },
  ...fields,
});

let count = 0;

/** Sends a new user through one tile that calls, in a journey with these fields. */
async function sendThrough(
  {
    replies = [200],
    tile = {},
    journey = {},
    webhook = {},
    profile = {},
  }: {
    replies?: Parameters<World['receiver']['respond']>;
    tile?: object;
    journey?: object;
    webhook?: object;
    profile?: Record<string, unknown>;
  },
  rest: object[] = [],
) {
  count += 1;
  const path = `/window-${count}`;
  const identity = { email: `user${count}@example.com` };
  await updateUser(world, {
    ...identity,
    dataFields: profile,
    mergeNestedObjects: false,
    createNewFields: true,
  });
  world.receiver.respondAt(path, ...replies);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path, ...webhook });
  const tiles = [{ id: 'call', type: 'webhook', webhookId, ...tile }, ...rest];
  const journeyId = await world.journey(tiles, undefined, journey);
  const began = Date.now();
  const entryId = await world.enter(journeyId, { identity });
  const passage = await world.ended(entryId);
  const requests = world.receiver.requests.filter(({ url }) => url.split('?')[0] === path);
  return { began, entryId, passage, requests, hours: hoursOf(passage, began) };
}

/** When each attempt was made, in hours after the user entered. */
function hoursOf({ deliveries }: Passage, began: number): number[] {
  return deliveries.flatMap(({ attempts }) =>
    attempts.map(({ startedAt }) => (startedAt.getTime() - began) / HOUR_MS),
  );
}

/** At the opening, given in hours after now, or in the time after it in which those who wait are spread. */
function expectOpening(hour: number | undefined, opening: number, spreadMs = LEAST_SPREAD_MS): void {
  expect(hour).toBeGreaterThan(opening - MINUTE_MS / HOUR_MS);
  // The machine's own delay is far below a minute of virtual time.
  expect(hour).toBeLessThan(opening + (spreadMs + MINUTE_MS) / HOUR_MS);
}

/** When the clocks of Berlin are put forward (1) or back (-1) next, in ms since the epoch: at 1:00 by those of UTC. */
function nextClockChange(direction: number): number {
  const berlin = zoneNamed('Europe/Berlin')!;
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let moment = today + DAY_MS + HOUR_MS; ; moment += DAY_MS) {
    if (Math.sign(offsetAt(moment, berlin) - offsetAt(moment - 1, berlin)) === direction) return moment;
  }
}

const pathTo = async (entryId: string) => pathOf((await readPathRows(world.db, entryId))!);

const eventsOf = async (entryId: string) =>
  calmEvents((await world.client.workflow.getHandle(entryId).fetchHistory()).events);

describe('a send window', () => {
  it('that is open costs nothing, and that is closed holds the user until it opens', async () => {
    const open = await sendThrough({ journey: { sendWindow: windowIn(-1, 5) } });
    expect(open.hours[0]).toBeLessThan(MINUTE_MS / HOUR_MS);
    expect(await eventsOf(open.entryId)).toHaveLength(11);

    const closed = await sendThrough({ journey: { sendWindow: windowIn(10, 12) } });
    expect(closed.requests).toHaveLength(1);
    expectOpening(closed.hours[0], 10);
    expect(closed.passage).toMatchObject({
      entry: { status: 'completed' },
      deliveries: [{ status: 'delivered', attempts: [{ number: 1 }] }],
    });
    const [step] = await pathTo(closed.entryId);
    expect(step).toMatchObject({ tileId: 'call', way: 'next', why: '200' });
    expectOpening(step!.took! / HOUR_MS, 10);
    // A call that answers that it is closed, the tile for people, and a timer.
    expect(await eventsOf(closed.entryId)).toHaveLength(11 + 6 + 1 + 5);
  });

  it('is the user’s own where it says so, else the journey’s', async () => {
    const sendWindow = windowIn(1, 3, { timeZone: 'user' });
    const journey = { sendWindow, timeZone: 'Etc/GMT+2' };
    const own = await sendThrough({ journey, profile: { timeZone: 'Etc/GMT-1' } });
    expect(own.hours[0]).toBeLessThan(MINUTE_MS / HOUR_MS);
    expectOpening((await sendThrough({ journey })).hours[0], 3);
    expectOpening((await sendThrough({ journey, profile: { timeZone: 'Mars' } })).hours[0], 3);
  });

  it('of a tile replaces the journey’s, and null exempts the tile', async () => {
    const journey = { sendWindow: windowIn(10, 12) };
    expectOpening((await sendThrough({ journey, tile: { sendWindow: windowIn(5, 6) } })).hours[0], 5);
    expect((await sendThrough({ journey, tile: { sendWindow: null } })).hours[0]).toBeLessThan(0.1);
  });

  it('holds every tile that calls', async () => {
    const retrieval = { dataRetrieval: true, liveDataFields: [{ path: 'a', type: 'number' }], method: 'GET' };
    const reply = [{ body: { a: 1 } }];
    const journey = { sendWindow: windowIn(4, 6) };
    const live = { tile: { type: 'liveData', name: 'score' }, webhook: retrieval };
    expectOpening((await sendThrough({ journey, replies: reply, ...live })).hours[0], 4);
    const profile = { tile: { type: 'userProfile' }, webhook: retrieval };
    expectOpening((await sendThrough({ journey, replies: reply, ...profile })).hours[0], 4);
  });

  it('renders what is sent when it opens', async () => {
    const { requests, hours } = await sendThrough({
      journey: { sendWindow: windowIn(10, 12) },
      tile: { parameters: { at: '{{now "HH"}}' } },
    });
    const sent = new Date(Date.now() + hours[0]! * HOUR_MS).toISOString().slice(11, 13);
    expect(requests[0]!.url).toContain(`at=${sent}`);
  });

  it('holds a retry that would come while it is closed, at no event, and as one attempt', async () => {
    const { entryId, passage, hours } = await sendThrough({
      replies: [503, 503, 200],
      journey: { sendWindow: windowIn(-1, 2 / 60) },
    });
    expect(passage.deliveries).toMatchObject([{ status: 'delivered', attempts: [{}, {}, {}] }]);
    expect(hours[0]).toBeLessThan(0.1);
    expectOpening(hours[1], 23);
    expect(Math.floor((hours[2]! - hours[1]!) * 60)).toBe(3);
    expect(await eventsOf(entryId)).toHaveLength(11);
  });

  it('holds for a Retry-After that ends while it is closed', async () => {
    const { hours } = await sendThrough({
      replies: [{ status: 503, headers: { 'retry-after': '7200' } }, 200],
      journey: { sendWindow: windowIn(-1, 1) },
    });
    expectOpening(hours[1], 23);
  });

  it('spends no attempt of a call that comes late, after an outage of our own', async () => {
    count += 1;
    const path = `/window-${count}`;
    const authentication = { type: 'basic', token: 'a' };
    const webhookId = await world.webhook({ endpoint: world.receiver.url + path, authentication });
    const setSecret = (secretId: string | null) =>
      world.db.update(webhooks).set({ secretId }).where(eq(webhooks.id, webhookId));
    await setSecret(null);
    const sendWindow = windowIn(-1, 2 / 60);
    const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }], undefined, {
      sendWindow,
    });
    const began = Date.now();
    const entryId = await world.enter(journeyId);
    const handle = world.client.workflow.getHandle(entryId);
    // The pauses grow: 1 minute, 2, 4. After the third timer the window is closed.
    await until(async () => {
      const history = await handle.fetchHistory().catch(() => undefined);
      const timers = history?.events?.filter((event) => event.timerStartedEventAttributes) ?? [];
      return timers.length >= 3;
    });
    await setSecret(await insertSecret(world.db, world.sealer, 'a'));
    const passage = await world.ended(entryId);
    expect(passage.deliveries).toMatchObject([{ status: 'delivered', attempts: [{ number: 1 }] }]);
    expectOpening(hoursOf(passage, began)[0], 23);
  });

  it('lets a refused token be refreshed within it', async () => {
    const path = `/token-${Math.random()}`;
    world.receiver.respondAt(path, { body: { access_token: 'token' } });
    const tokenUrl = world.receiver.url + path;
    const { passage, hours } = await sendThrough({
      replies: [401, 200],
      journey: { sendWindow: windowIn(2, 4) },
      webhook: { authentication: { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl } },
    });
    expect(passage.deliveries).toMatchObject([
      { status: 'delivered', attempts: [{ status: 401 }, { status: 200 }] },
    ]);
    expectOpening(hours[0], 2);
    expect(hours[1]! - hours[0]!).toBeLessThan(MINUTE_MS / HOUR_MS);
  });

  it('opens after the gap in a night that skips an hour, and at the first of both times in one that repeats it', async () => {
    const sendWindow = { days: DAYS, from: '02:30', to: '06:00', timeZone: 'Europe/Berlin' };
    const sentAt = async (arrival: number) => {
      const seconds = Math.ceil((arrival - Date.now()) / 1_000);
      const webhookId = await world.webhook();
      const journeyId = await world.journey([
        { id: 'wait', type: 'delay', for: `${seconds} seconds` },
        { id: 'call', type: 'webhook', webhookId, sendWindow },
      ]);
      const { deliveries } = await world.ended(await world.enter(journeyId));
      return deliveries[0]!.attempts[0]!.startedAt.getTime();
    };
    const spring = nextClockChange(1);
    const afterGap = (await sentAt(spring - 30 * MINUTE_MS)) - spring;
    const autumn = nextClockChange(-1);
    const atFirst = (await sentAt(autumn - HOUR_MS)) - (autumn - HOUR_MS / 2);
    for (const late of [afterGap, atFirst]) {
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(LEAST_SPREAD_MS + MINUTE_MS);
    }
  });

  it('is asked anew when it would have opened: a user who moved meanwhile waits on', async () => {
    const still = await createWorld({ skipTime: false });
    try {
      const identity = { email: 'moving@example.com' };
      const move = (timeZone: string) =>
        updateUser(still, {
          ...identity,
          dataFields: { timeZone },
          mergeNestedObjects: false,
          createNewFields: true,
        });
      await move('UTC');
      const webhookId = await still.webhook();
      const sendWindow = windowIn(10, 12, { timeZone: 'user' });
      const fields = { sendWindow, timeZone: 'UTC' };
      const journeyId = await still.journey([{ id: 'call', type: 'webhook', webhookId }], undefined, fields);
      const began = Date.now();
      const entryId = await still.enter(journeyId, { identity });
      const { workflow, workflowService } = still.client;
      await until(async () => {
        const history = await workflow
          .getHandle(entryId)
          .fetchHistory()
          .catch(() => undefined);
        return history?.events?.some((event) => event.timerStartedEventAttributes);
      });
      const waiting = waitingForOf((await readPathRows(still.db, entryId))!)!;
      expect(waiting.what).toBe('window');
      expectOpening((waiting.until! - began) / HOUR_MS, 10);
      await move('Etc/GMT+5');
      await workflowService.updateWorkflowExecutionOptions({
        namespace: 'default',
        workflowExecution: { workflowId: entryId },
        workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
        updateMask: { paths: ['time_skipping_config'] },
      });
      expectOpening(hoursOf(await still.ended(entryId), began)[0], 15);
    } finally {
      await still.close();
    }
  });

  it('leaves the spreading to the rate limit of a tile that has one', async () => {
    const { hours } = await sendThrough({
      journey: { sendWindow: windowIn(2, 4) },
      tile: { rateLimit: { limit: 50, per: 'second' } },
    });
    expectOpening(hours[0], 2, 0);
  });
});

describe('a send window that is skipped while it is closed', () => {
  const sendWindow = () => windowIn(10, 12, { onClosed: 'skip' });

  it('lets the user go on, and nothing is sent and nothing fails', async () => {
    const { entryId, passage, requests, hours } = await sendThrough(
      { journey: { sendWindow: sendWindow() }, tile: { onFailure: 'exit' } },
      [{ id: 'wait', type: 'delay', for: '1 hour' }],
    );
    expect(requests).toHaveLength(0);
    expect(hours).toEqual([]);
    expect(passage).toMatchObject({ entry: { status: 'completed', tileId: 'wait' }, deliveries: [] });
    expect(await pathTo(entryId)).toMatchObject([
      { tileId: 'call', took: 0, way: 'skipped', why: 'the send window was closed' },
      { tileId: 'wait', way: 'next' },
    ]);
  });

  it('ends the journey after its last tile', async () => {
    const { passage } = await sendThrough({ journey: { sendWindow: sendWindow() } });
    expect(passage).toMatchObject({ entry: { status: 'completed', tileId: 'call' }, deliveries: [] });
  });

  it('ends a delivery whose retry would come then, and the user goes on', async () => {
    const journey = { sendWindow: windowIn(-1, 2 / 60, { onClosed: 'skip' }) };
    const { entryId, passage, requests } = await sendThrough({ journey, replies: [503] });
    expect(await pathTo(entryId)).toMatchObject([{ tileId: 'call', way: 'skipped' }]);
    expect(requests).toHaveLength(1);
    expect(passage.entry.status).toBe('completed');
    expect(passage.deliveries).toMatchObject([
      {
        status: 'failed',
        reason: 'http_status',
        detail: 'The send window closed before a request succeeded, after 1 request.',
      },
    ]);
  });

  it('sends while it is open', async () => {
    const { passage } = await sendThrough({ journey: { sendWindow: windowIn(-1, 5, { onClosed: 'skip' }) } });
    expect(passage.deliveries).toMatchObject([{ status: 'delivered' }]);
  });
});
