import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { rowsOf } from '../../src/db/connection/client';
import { findJob } from '../../src/db/jobs/list';
import { findOpenJob, type LockedJob, insertJob, newJobId, type PageResult } from '../../src/db/jobs/jobs';
import { jobs, lists, outbox } from '../../src/db/schema';
import { createPageRunner, type JobsDeps, type Page, startJobs } from '../../src/background/jobs';
import { type ApiWorld, createApiWorld, publishJourney } from '../support/api-world';
import { until } from '../support/until';

const PAGES = 4;

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
beforeEach(async () => {
  await world.db.delete(outbox);
  await world.db.delete(jobs);
  await world.db.delete(lists);
});
afterAll(() => world.close());

const silent = pino({ level: 'silent' });

/** A page leaves a list named after it: a page that was done twice, or not at all, shows. */
const writesLists: Page = async (tx, { cursor }) => {
  const page = Number(cursor ?? 0) + 1;
  await tx.insert(lists).values({ name: String(page), description: '' });
  return result({ cursor: page, done: 10, ended: page === PAGES });
};

function result(page: Partial<PageResult>): PageResult {
  return { cursor: 1, done: 1, refused: [], ended: true, ...page };
}

/** What a process of its own does with these jobs. */
function process(kind: Page, more: Partial<JobsDeps> = {}): JobsDeps {
  const broken: Page = () => Promise.reject(new Error('This page cannot be done.'));
  return { db: world.db, log: silent, enqueue: () => undefined, kinds: { lists: kind, broken }, ...more };
}

async function begin(kind = 'lists', subject?: string): Promise<string> {
  const id = newJobId();
  expect(await insertJob(world.db, { id, kind, subject, parameters: { secret: 'needle' }, total: 40 })).toBe(
    true,
  );
  return id;
}

const job = async (id: string) => (await findJob(world.db, id))!;
const written = async () =>
  (await world.db.select({ name: lists.name }).from(lists)).map(({ name }) => name).sort();
const inOutbox = async () =>
  (await world.db.select().from(outbox)).filter(({ kind }) => kind === 'job').length;
/** A time of the database's clock. */
const secondsOfDatabase = async (time = sql`now()`): Promise<number> =>
  (await rowsOf<{ at: number }>(world.db, sql`select extract(epoch from ${time})::float8 as at`))[0]!.at;
const allDue = () => world.db.update(outbox).set({ nextAt: sql`now()` });

describe('a job', () => {
  it('runs its pages one after another, shows its progress, and completes', async () => {
    const id = await begin();
    const runPage = createPageRunner(process(writesLists));
    expect(await job(id)).toMatchObject({ state: 'queued', total: 40, done: 0, startedAt: null });
    expect(await runPage()).toBe(0);
    expect(await job(id)).toMatchObject({ state: 'running', done: 10, startedAt: expect.any(Date) });
    for (let page = 2; page <= PAGES; page += 1) await runPage();
    expect(await job(id)).toMatchObject({ state: 'completed', done: 40, endedAt: expect.any(Date) });
    expect(await runPage()).toBeGreaterThan(0);
    expect(await written()).toEqual(['1', '2', '3', '4']);
    expect(await inOutbox()).toBe(0);
  });

  it('deletes its parameters when it ends, and shows them nowhere', async () => {
    const id = await begin();
    expect(JSON.stringify((await world.call('GET', `/api/jobs/${id}`)).body)).not.toContain('needle');
    const runPage = createPageRunner(process(async () => result({})));
    await runPage();
    const [row] = await world.db.select().from(jobs).where(eq(jobs.id, id));
    expect(row).toMatchObject({ state: 'completed', parameters: {} });
  });

  it('continues in another process after a crash, repeating a page that was rolled back', async () => {
    const id = await begin();
    await createPageRunner(process(writesLists))();
    const half: Page = async (tx, job) => {
      await writesLists(tx, job);
      throw new Error('The process ends here.');
    };
    await createPageRunner(process(half))();
    expect(await job(id)).toMatchObject({ state: 'running', done: 10 });
    await allDue();
    const other = startJobs(process(writesLists));
    await until(async () => (await job(id)).state === 'completed');
    await other.stop();
    expect(await written()).toEqual(['1', '2', '3', '4']);
    expect(await job(id)).toMatchObject({ done: 40 });
  });

  it('is never run twice by concurrent processes', async () => {
    const ids = [await begin(), await begin(), await begin()];
    const processes = Array.from({ length: 4 }, () => createPageRunner(process(writesLists)));
    await until(async () => {
      await Promise.all(processes.map((runPage) => runPage()));
      return (await Promise.all(ids.map(job))).every(({ state }) => state === 'completed');
    });
    expect(await written()).toEqual(['1', '2', '3', '4'].flatMap((name) => [name, name, name]));
    expect((await Promise.all(ids.map(job))).map(({ done }) => done)).toEqual([40, 40, 40]);
  });

  it('alternates with other jobs', async () => {
    const first = await begin();
    const second = await begin();
    const runPage = createPageRunner(process(writesLists));
    for (let turn = 0; turn < 4; turn += 1) await runPage();
    expect([(await job(first)).done, (await job(second)).done]).toEqual([20, 20]);
  });

  it('is left to processes that know its kind', async () => {
    const id = await begin('unheard of');
    expect(await createPageRunner(process(writesLists))()).toBeGreaterThan(0);
    expect(await job(id)).toMatchObject({ state: 'queued' });
  });

  it('is created once per kind and subject until it has ended, also by concurrent calls', async () => {
    const make = () => insertJob(world.db, { id: newJobId(), kind: 'lists', subject: '1/2', parameters: {} });
    const made = await Promise.all(Array.from({ length: 8 }, make));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await findOpenJob(world.db, 'lists', '1/2')).toMatch(/^job_/);
    expect(await inOutbox()).toBe(1);
    await createPageRunner(process(async () => result({})))();
    expect(await findOpenJob(world.db, 'lists', '1/2')).toBeUndefined();
    expect(await make()).toBe(true);
  });

  it('is created once per id', async () => {
    const make = () => insertJob(world.db, { id: 'job_mine', kind: 'lists', parameters: {} });
    expect((await Promise.all([make(), make(), make()])).filter(Boolean)).toHaveLength(1);
  });
});

describe('a page that fails', () => {
  it('is retried with growing pauses, and fails the job after five failures in a row', async () => {
    const id = await begin('broken');
    const runPage = createPageRunner(process(writesLists));
    for (const pause of [2, 4, 8, 16]) {
      const before = await secondsOfDatabase();
      await runPage();
      const after = await secondsOfDatabase();
      const due = await secondsOfDatabase(sql`(select next_at from outbox where ref = ${id})`);
      expect(due).toBeGreaterThanOrEqual(before + pause);
      expect(due).toBeLessThanOrEqual(after + pause);
      await allDue();
    }
    await runPage();
    expect(await inOutbox()).toBe(0);
    expect(await job(id)).toMatchObject({
      state: 'failed',
      reason: 'A page failed 5 times in a row. The server’s log says why, under this job’s id.',
    });
  });

  it('delays no other job', async () => {
    const broken = await begin('broken');
    const id = await begin();
    const runner = startJobs(process(writesLists));
    await until(async () => (await job(id)).state === 'completed');
    await runner.stop();
    expect((await job(broken)).state).not.toBe('completed');
  });

  it('is counted anew after a success', async () => {
    const id = await begin();
    let calls = 0;
    const every: Page = (tx, job) => {
      calls += 1;
      return calls % 5 === 0 ? writesLists(tx, job) : Promise.reject(new Error('Not this time.'));
    };
    const runPage = createPageRunner(process(every));
    for (let turn = 0; turn < 5 * PAGES; turn += 1) {
      await runPage();
      await allDue();
    }
    expect(await job(id)).toMatchObject({ state: 'completed', done: 40 });
  });

  it('never fails the job while the database is away', async () => {
    const id = await begin();
    const away: Page = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    const runPage = createPageRunner(process(away));
    for (let turn = 0; turn < 10; turn += 1) {
      await runPage();
      await allDue();
    }
    expect(await job(id)).toMatchObject({ state: 'queued', reason: null });
    await createPageRunner(process(async () => result({})))();
    expect(await job(id)).toMatchObject({ state: 'completed' });
  });

  it('is logged with the job’s id, without its subject', async () => {
    const messages: unknown[] = [];
    const log = {
      info: () => {},
      warn: (fields: object, message: string) => messages.push({ ...fields, message }),
    };
    const id = await begin('broken');
    await createPageRunner(process(writesLists, { log }))();
    expect(messages).toEqual([
      { id, error: 'This page cannot be done.', message: 'a page of a job failed and will be retried' },
    ]);
  });

  it('fails the job at once if it gives a reason', async () => {
    const id = await begin();
    await createPageRunner(process(async () => ({ failed: 'The list is gone.' })))();
    expect(await job(id)).toMatchObject({ state: 'failed', reason: 'The list is gone.' });
    expect(await inOutbox()).toBe(0);
  });
});

describe('what a page stores', () => {
  let journeyId: number;
  beforeAll(async () => void ({ journeyId } = await publishJourney(world)));

  /** A page that makes as many entries of one user as this. */
  const making =
    (count: number): Page =>
    async (tx, { cursor }: LockedJob) => {
      const page = Number(cursor ?? 0) + 1;
      const items = Array.from({ length: count }, (_, index) => ({
        entryId: `ent_${page}_${index}`,
        journeyId,
        version: 1,
      }));
      for (const { entryId } of items) {
        await tx.insert(outbox).values({ kind: 'entry', ref: entryId, nextAt: sql`now()` });
      }
      tx.enqueued.push(...items);
      return result({ cursor: page, ended: false });
    };

  it('is enqueued after the commit, marked as a job’s', async () => {
    await begin();
    const enqueued: unknown[] = [];
    await createPageRunner(process(making(2), { enqueue: (item) => void enqueued.push(item) }))();
    expect(enqueued).toEqual([
      { entryId: 'ent_1_0', journeyId, version: 1, ofJob: true },
      { entryId: 'ent_1_1', journeyId, version: 1, ofJob: true },
    ]);
  });

  it('pauses its job while 500 items wait, but no other job', async () => {
    const id = await begin();
    const runPage = createPageRunner(process(making(300)));
    for (let turn = 0; turn < 5; turn += 1) await runPage();
    expect(await job(id)).toMatchObject({ done: 2 });
    const other = await begin('broken');
    await runPage();
    expect(await world.db.select().from(jobs).where(eq(jobs.id, other))).toMatchObject([{ failures: 1 }]);
    await world.db.delete(outbox).where(sql`ref like 'ent_1_%'`);
    await runPage();
    expect(await job(id)).toMatchObject({ done: 3 });
  });
});

it('a stop waits for the page under way and starts no other', async () => {
  const id = await begin();
  let reached = (): void => undefined;
  let goOn = (): void => undefined;
  const underWay = new Promise<void>((resolve) => (reached = resolve));
  const slow: Page = async (tx, job) => {
    reached();
    await new Promise<void>((resolve) => (goOn = resolve));
    return writesLists(tx, job);
  };
  const runner = startJobs(process(slow));
  await underWay;
  const stopped = runner.stop();
  goOn();
  await stopped;
  expect(await job(id)).toMatchObject({ state: 'running', done: 10 });
  expect(await written()).toEqual(['1']);
});

it('lets others use the database after each page', async () => {
  const id = await begin();
  let pages = 0;
  let others = 0;
  setImmediate(() => (others += 1));
  const untilOthers: Page = async (_tx, { cursor }) => {
    pages += 1;
    return result({ cursor: Number(cursor ?? 0) + 1, ended: others > 0 || pages === 50 });
  };
  const runner = startJobs(process(untilOthers));
  await until(async () => (await job(id)).endedAt !== null);
  await runner.stop();
  expect(pages).toBeLessThan(50);
});
