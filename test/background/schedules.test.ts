import { randomUUID } from 'node:crypto';
import { ScheduleNotFoundError } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { alignSchedules, startSchedules } from '../../src/background/schedules';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { align, connectTo, type TemporalClient } from '../support/schedules';
import { freePort } from '../support/serving';
import { until } from '../support/until';

const taskQueue = `test-${randomUUID()}`;
let world: ApiWorld;
let mine: TemporalClient;
let listId: number;
/** How often the API nudged the schedules. */
let changes = 0;
/** The fields of each warning logged. */
let warnings: object[] = [];

beforeAll(async () => {
  world = await createApiWorld({ nudgeSchedules: () => void (changes += 1) });
  mine = await connectTo(process.env.TEMPORAL_ADDRESS!, taskQueue);
  listId = (await world.call('POST', '/api/lists', { name: 'Readers' })).body.listId;
});
beforeEach(() => void (warnings = []));
afterEach(async () => {
  await world.db.execute(sql`update journeys set status = 'draft', published_version = null`);
  await align(world.db, mine.temporal, {});
});
afterAll(async () => {
  await mine.close();
  await world.close();
});

const log = { info: () => undefined, warn: (fields: object) => void warnings.push(fields) };
const WEEKLY = { cron: '0 9 * * mon', timeZone: 'Europe/Berlin' };
const entryOf = (timing: object) => ({ source: 'schedule', listId, ...timing });

async function create(timing: object): Promise<number> {
  const journey = { name: 'Weekly', tiles: [], entry: entryOf(timing) };
  return (await world.call('POST', '/api/journeys', journey)).body.id as number;
}
const publish = (id: number) => world.call('POST', `/api/journeys/${id}/publish`);
async function published(timing: object): Promise<number> {
  const id = await create(timing);
  expect((await publish(id)).status).toBe(200);
  return id;
}
const describeSchedule = (id: number) => mine.scheduleOf(id).describe();

/** Pauses as an operator does. Temporal shows it a moment later. */
async function pause(id: number): Promise<void> {
  await mine.scheduleOf(id).pause('Not now.');
  await until(async () => (await describeSchedule(id)).state.paused);
}
async function unpause(id: number): Promise<void> {
  await mine.scheduleOf(id).unpause('Now.');
  await until(async () => !(await describeSchedule(id)).state.paused);
}

describe('the schedule of a published journey', () => {
  it('is a Temporal schedule in its own time zone, whose argument holds only ids', async () => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    const { spec, action, policies, info } = await describeSchedule(id);
    expect(spec.timezone).toBe('Europe/Berlin');
    const clock = {
      timeZone: 'Europe/Berlin',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    } as const;
    const next = new Set(info.nextActionTimes.map((time) => time.toLocaleString('en-GB', clock)));
    expect([...next]).toEqual([expect.stringMatching(/^Mon\b.*09:00$/)]);
    expect(action).toMatchObject({
      workflowType: 'schedule',
      taskQueue,
      args: [{ journeyId: id, version: 1 }],
    });
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 });
  });

  it.each([
    ['2099-07-01T09:00:30', 'America/New_York', '2099-07-01T13:00:30.000Z'],
    ['2100-12-31T23:59:59', 'UTC', '2100-12-31T23:59:59.000Z'],
  ])('with one time runs once, at that moment: %s in %s', async (at, timeZone, moment) => {
    const id = await published({ at, timeZone });
    await align(world.db, mine.temporal, { [id]: 1 });
    const { info } = await describeSchedule(id);
    expect(info.nextActionTimes.map((time) => time.toISOString())).toEqual([moment]);
  });

  it('is refused by its field beyond the last moment that Temporal takes', async () => {
    const journey = { name: 'Far', tiles: [], entry: entryOf({ at: '2101-01-01T00:00', timeZone: 'UTC' }) };
    const { status, body } = await world.call('POST', '/api/journeys', journey);
    expect(status).toBe(400);
    expect(body.params).toEqual({ 'entry.at': expect.stringContaining('2100') });
    const times = { moment: Date.parse('2101-01-01T00:00:00Z') };
    const beyond = mine.temporal.schedules.set({ journeyId: 999_999, version: 1, times, since: Date.now() });
    await expect(beyond).rejects.toThrow(/Failed to create|INVALID_ARGUMENT|range/);
  });

  it('changes with a new version, and stays paused if an operator paused it', async () => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    await pause(id);
    const daily = entryOf({ cron: '30 6 * * *', timeZone: 'UTC' });
    await world.call('PUT', `/api/journeys/${id}`, { name: 'Daily', tiles: [], entry: daily });
    await publish(id);
    await align(world.db, mine.temporal, { [id]: 2 });
    const { spec, action, state } = await describeSchedule(id);
    expect(spec.calendars).toMatchObject([{ hour: [{ start: 6 }], minute: [{ start: 30 }] }]);
    expect(action).toMatchObject({ args: [{ journeyId: id, version: 2 }] });
    expect(state.paused).toBe(true);
  });

  it.each([
    ['sets', 1],
    ['marks', 2],
  ])('stays paused if an operator pauses it just as a process %s another version', async (_does, call) => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    await publish(id);
    const other = await connectTo(process.env.TEMPORAL_ADDRESS!, taskQueue);
    const { workflowService } = other.connection;
    const updateSchedule = workflowService.updateSchedule.bind(workflowService);
    let calls = 0;
    Object.assign(workflowService, {
      async updateSchedule(request: Parameters<typeof updateSchedule>[0]) {
        calls += 1;
        if (calls === call) await pause(id);
        return updateSchedule(request);
      },
    });
    await align(world.db, other.temporal, { [id]: 2 });
    await other.close();
    expect(calls).toBeGreaterThan(2);
    const { action, state } = await describeSchedule(id);
    expect(action).toMatchObject({ args: [{ journeyId: id, version: 2 }] });
    expect(state).toMatchObject({ paused: true, note: 'Not now.' });
  });

  it('is not set anew after an operator’s pause, and does not catch up on the runs it missed', async () => {
    const id = await published({ cron: '* * * * *', timeZone: 'UTC' });
    await align(world.db, mine.temporal, { [id]: 1 });
    await pause(id);
    await world.db.execute(sql`update journey_versions set published_at = now() - interval '10 minutes'`);
    await align(world.db, mine.temporal, { [id]: 1 });
    await unpause(id);
    await align(world.db, mine.temporal, { [id]: 1 });
    const { state, info } = await describeSchedule(id);
    expect(state).toMatchObject({ paused: false, note: 'Now.' });
    // One run, if a minute began in between.
    expect(info.numActionsTaken).toBeLessThanOrEqual(1);
  });

  it.each([
    ['unpublished', (id: number) => world.call('POST', `/api/journeys/${id}/unpublish`)],
    ['archived', (id: number) => world.call('DELETE', `/api/journeys/${id}`)],
  ])('is deleted when the journey is %s, and others stay', async (_what, stop) => {
    const [id, other] = [await published(WEEKLY), await published(WEEKLY)];
    await align(world.db, mine.temporal, { [id]: 1, [other]: 1 });
    await stop(id);
    await align(world.db, mine.temporal, { [other]: 1 });
    await expect(describeSchedule(id)).rejects.toThrow(ScheduleNotFoundError);
  });

  it('is deleted when the journey is published with another entry source', async () => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    await world.call('PUT', `/api/journeys/${id}`, { name: 'By hand', tiles: [] });
    await publish(id);
    await align(world.db, mine.temporal, {});
    await expect(describeSchedule(id)).rejects.toThrow(ScheduleNotFoundError);
  });

  it('is created again after it was deleted in Temporal', async () => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    await mine.scheduleOf(id).delete();
    await until(async () => !(await mine.temporal.schedules.list()).has(id));
    await align(world.db, mine.temporal, { [id]: 1 });
    expect((await describeSchedule(id)).action).toMatchObject({ args: [{ journeyId: id, version: 1 }] });
  });

  it('is completed by another process when one was killed while setting it', async () => {
    const id = await published(WEEKLY);
    const dying = mine.scheduleOf(id);
    await align(world.db, mine.temporal, { [id]: 1 });
    // The state between creation and the last step: not marked as set.
    await dying.update(({ action, policies, state }) => ({
      ...{ action, policies, state, spec: { cronExpressions: ['0 0 * * *'] } },
      typedSearchAttributes: [],
    }));
    await until(async () => (await mine.temporal.schedules.list()).get(id) === null);
    const other = await connectTo(process.env.TEMPORAL_ADDRESS!, taskQueue);
    await align(world.db, other.temporal, { [id]: 1 });
    await other.close();
    expect((await describeSchedule(id)).spec.calendars).toMatchObject([{ hour: [{ start: 9 }] }]);
  });

  it('is created once when two processes align at once', async () => {
    const ids = [await published(WEEKLY), await published(WEEKLY), await published(WEEKLY)];
    const other = await connectTo(process.env.TEMPORAL_ADDRESS!, taskQueue);
    const both = [mine, other].map(({ temporal: { schedules } }) => ({ db: world.db, schedules, log }));
    await Promise.all(both.map(alignSchedules));
    expect(warnings).toEqual([]);
    await align(world.db, mine.temporal, Object.fromEntries(ids.map((id) => [id, 1])));
    await other.close();
  });

  it('is left alone by another installation', async () => {
    const id = await published(WEEKLY);
    await align(world.db, mine.temporal, { [id]: 1 });
    const other = await connectTo(process.env.TEMPORAL_ADDRESS!, `test-${randomUUID()}`);
    const empty = await createApiWorld();
    await align(empty.db, other.temporal, {});
    await empty.close();
    await other.close();
    expect((await describeSchedule(id)).action).toMatchObject({ taskQueue, args: [{ journeyId: id }] });
  });

  it('is created once Temporal is back; the journey is published without waiting for it', async () => {
    const away = await connectTo(`127.0.0.1:${await freePort()}`, taskQueue);
    const id = await published(WEEKLY);
    const { schedules } = away.temporal;
    const running = startSchedules({ db: world.db, schedules, log });
    await until(async () => warnings.length > 0);
    await running.stop();
    await away.close();
    await align(world.db, mine.temporal, { [id]: 1 });
    expect((await describeSchedule(id)).action).toMatchObject({ args: [{ journeyId: id, version: 1 }] });
  });

  it('is deleted some time after its only run, and is not created again', async () => {
    const id = await published({ at: '2099-07-01T09:00', timeZone: 'UTC' });
    await align(world.db, mine.temporal, { [id]: 1 });
    const past = JSON.stringify(entryOf({ at: '2020-07-01T09:00', timeZone: 'UTC' }));
    await world.db.execute(
      sql`update journey_versions set definition = json_build_object('entry', ${past}::json) where journey_id = ${id}`,
    );
    await align(world.db, mine.temporal, {});
    await alignSchedules({ db: world.db, schedules: mine.temporal.schedules, log });
    await expect(describeSchedule(id)).rejects.toThrow(ScheduleNotFoundError);
  });
});

describe('a journey with a schedule', () => {
  it('nudges the schedules when it is published, unpublished or archived', async () => {
    const id = await create(WEEKLY);
    for (const call of ['/publish', '/unpublish']) {
      changes = 0;
      await world.call('POST', `/api/journeys/${id}${call}`);
      expect(changes).toBe(1);
    }
    await world.call('DELETE', `/api/journeys/${id}`);
    expect(changes).toBe(2);
  });

  it('cannot be published with a time that has passed', async () => {
    const id = await create({ at: '2020-01-01T09:00', timeZone: 'UTC' });
    expect(await publish(id)).toMatchObject({
      status: 400,
      body: { code: 'BadParams', params: { 'entry.at': expect.stringContaining('has passed') } },
    });
  });

  it('cannot be published with an unknown list, and protects its list from deletion', async () => {
    const id = await create({ ...WEEKLY, listId: 999_999 });
    expect((await publish(id)).body.params).toEqual({ 'entry.listId': expect.any(String) });
    await published(WEEKLY);
    expect((await world.call('DELETE', `/api/lists/${listId}`)).status).toBe(409);
  });

  it('is refused with one fault per field', async () => {
    const entry = entryOf({ cron: '0 25 * * *', timeZone: 'Nowhere' });
    const { body } = await world.call('POST', '/api/journeys', { name: 'Broken', tiles: [], entry });
    expect(Object.keys(body.params)).toEqual(['entry.cron', 'entry.timeZone']);
  });

  it('can be triggered too, like every published journey', async () => {
    const workflowId = await published(WEEKLY);
    const body = { workflowId, email: 'user@example.com' };
    expect((await world.call('POST', '/api/workflows/triggerWorkflow', body)).status).toBe(200);
  });
});
