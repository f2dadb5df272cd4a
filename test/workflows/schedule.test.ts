import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { endJob } from '../../src/db/jobs/jobs';
import { insertList } from '../../src/db/lists/lists';
import { updateMany } from '../../src/usecases/users/update-many';
import { jobs, journeys, journeyVersions } from '../../src/db/schema';
import { JOB_KINDS } from '../../src/background/job-kinds';
import { createPageRunner } from '../../src/background/jobs';
import { type ApiWorld, createApi } from '../support/api-world';
import { align, connectTo, type TemporalClient } from '../support/schedules';
import { readable } from '../support/readable';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

let world: World;
let api: ApiWorld;
let mine: TemporalClient;

beforeAll(async () => {
  world = await createWorld({ skipTime: false });
  api = await createApi(world);
  mine = await connectTo(process.env.TEMPORAL_ADDRESS!, world.taskQueue);
});
afterEach(async () => {
  await world.db.delete(jobs);
  await world.db.update(journeys).set({ status: 'draft', publishedVersion: null });
  await align(world.db, world.temporal, {});
});
afterAll(async () => {
  await mine.close();
  await api.close();
  await world.close();
});

const NAMES = ['jane.roe', 'john.doe', 'max.power'];
/** A schedule of one minute a year, so that none is due during the test. */
const yearlyAt = (time: Date) => {
  const date = [time.getUTCMinutes(), time.getUTCHours(), time.getUTCDate(), time.getUTCMonth() + 1];
  return { cron: [...date, '*'].join(' '), timeZone: 'UTC' };
};
const YEARLY = yearlyAt(new Date(Date.now() - 30 * 86_400_000));

/** A published journey with a schedule over a list of three. */
async function journey(timing: object): Promise<{ id: number; listId: number; bodies: () => unknown[] }> {
  const listId = (await insertList(world.db, { name: 'Readers', description: '' }))!;
  for (const name of NAMES) {
    const update = { dataFields: {}, mergeNestedObjects: false, createNewFields: true };
    await updateMany(world, [{ ...update, email: `${name}@example.com` }], { listId, knownOnly: false });
  }
  const path = `/list-${listId}`;
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  const entry = { source: 'schedule', listId, ...timing };
  const id = await world.journey([{ id: 'call', type: 'webhook', webhookId }], undefined, { entry });
  const bodies = () => world.receiver.requests.filter(({ url }) => url === path).map((one) => one.json());
  return { id, listId, bodies };
}

async function publishedAgo(journeyId: number, ms: number): Promise<void> {
  await world.db
    .update(journeyVersions)
    .set({ publishedAt: new Date(Date.now() - ms) })
    .where(eq(journeyVersions.journeyId, journeyId));
}

const listedJobs = async (): Promise<{ id: string; endedAt?: string }[]> =>
  (await api.call('GET', '/api/jobs')).body.jobs;
const startedJob = () => until(async () => (await listedJobs())[0]);

/** Runs the jobs to their end, as a server process does. */
async function work(): Promise<void> {
  const { db, dispatcher } = world;
  const deps = { db, log: pino({ level: 'silent' }), enqueue: dispatcher.enqueue, kinds: JOB_KINDS };
  const runPage = createPageRunner(deps);
  await until(async () => {
    await runPage();
    return (await listedJobs()).every(({ endedAt }) => endedAt !== undefined);
  });
}

/** The workflows that a schedule started, oldest first, once they have ended. */
async function runsOf(journeyId: number, count: number) {
  const recent = await until(async () => {
    const { info } = await mine.scheduleOf(journeyId).describe();
    return info.recentActions.length >= count && info.recentActions;
  });
  return Promise.all(
    recent.map(async ({ action }) => {
      const handle = world.client.workflow.getHandle(action.workflow.workflowId);
      return { handle, result: (await handle.result()) as unknown };
    }),
  );
}

describe('at a time of its schedule, a journey', () => {
  it('enters each user of its list once, with the scheduled time as trigger data (B087, B091)', async () => {
    const at = new Date(Date.now() + 3_000).toISOString().slice(0, 19);
    const { id, listId, bodies } = await journey({ at, timeZone: 'UTC' });
    // On a slow machine the time may pass before Temporal has the schedule.
    await publishedAgo(id, 60_000);
    await align(world.db, world.temporal, { [id]: 1 });
    await startedJob();
    await work();
    const inside = await until(async () => {
      const rows: { status: string }[] = (await api.call('GET', `/api/entries?journeyId=${id}`)).body.entries;
      return rows.length > 0 && rows.every(({ status }) => status === 'completed') && rows;
    });
    expect(inside).toHaveLength(NAMES.length);
    const shared = { scheduledAt: `${at}.000Z`, listId, eventName: 'schedule', workflowId: id };
    const wanted = NAMES.map((name) => ({ ...shared, email: `${name}@example.com` }));
    expect(bodies()).toHaveLength(NAMES.length);
    expect(bodies()).toEqual(expect.arrayContaining(wanted));
  });

  it('skips a time while an earlier one is under way, and returns that to Temporal', async () => {
    const { id } = await journey(YEARLY);
    await align(world.db, world.temporal, { [id]: 1 });
    await mine.scheduleOf(id).trigger();
    const { id: jobId } = await startedJob();
    await runsOf(id, 1);
    // Temporal distinguishes runs by the second.
    const second = new Date().getSeconds();
    await until(async () => new Date().getSeconds() !== second);
    await mine.scheduleOf(id).trigger();
    const runs = await runsOf(id, 2);
    expect(runs.map(({ result }) => result)).toEqual([
      { kind: 'begun', jobId },
      { kind: 'skipped', reason: 'underWay' },
    ]);
    await endJob(world.db, jobId);
  });

  it('starts one job even if Temporal starts the same time twice', async () => {
    const end = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 600_000);
    const start = new Date(end.getTime() - 30_000);
    const { id } = await journey(yearlyAt(end));
    await align(world.db, world.temporal, { [id]: 1 });
    const again = () => mine.scheduleOf(id).backfill({ start, end, overlap: 'ALLOW_ALL' });
    await again();
    await runsOf(id, 1);
    await again();
    const runs = await runsOf(id, 2);
    expect(runs.map(({ result }) => result)).toEqual(
      runs.map(() => ({ kind: 'begun', jobId: expect.stringMatching(/^job_/) })),
    );
    expect(await listedJobs()).toHaveLength(1);
  });

  it('catches up on a time that passed before Temporal had the schedule', async () => {
    const missed = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 120_000);
    const { id } = await journey(yearlyAt(missed));
    // Published five minutes ago by a process that was killed before it reached Temporal.
    await publishedAgo(id, 300_000);
    await align(world.db, world.temporal, { [id]: 1 });
    await startedJob();
    // The API does not show what a job was started with.
    const [job] = await world.db.select().from(jobs);
    expect(job!.parameters).toMatchObject({ triggerData: { scheduledAt: missed.toISOString() } });
  });

  it('puts no user into Temporal’s history', async () => {
    const { id } = await journey(YEARLY);
    await align(world.db, world.temporal, { [id]: 1 });
    await mine.scheduleOf(id).trigger();
    await startedJob();
    const [run] = await runsOf(id, 1);
    const history = readable(await run!.handle.fetchHistory());
    expect(history).toContain(`{"journeyId":${id},"version":1}`);
    expect(history).not.toMatch(/jane|roe|example\.com/);
  });
});
