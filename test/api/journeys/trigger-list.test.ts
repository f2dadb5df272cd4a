import { and, eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { SYSTEM } from '../../../src/domain/audit';
import { type Database, rowsOf } from '../../../src/db/connection/client';
import { eraseUser } from '../../../src/usecases/users/erase';
import { newEntryId } from '../../../src/db/entries/insert';
import { unsubscribe } from '../../../src/usecases/users/subscribe';
import { startEntryWithLimits } from '../../../src/db/entries/trigger';
import { entries, outbox, users } from '../../../src/db/schema';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner, type Page, startJobs } from '../../../src/background/jobs';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { until } from '../../support/until';
import { meanwhile } from '../../support/waiting';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
// No test does the pages that another one left.
afterEach(() => world.db.delete(outbox));
afterAll(() => world.close());

const silent = pino({ level: 'silent' });
const post = (path: string, body: object = {}, headers?: Record<string, string>) =>
  world.call('POST', `/api${path}`, body, headers);

/** Publishes a journey. Returns its id. */
async function published(definition: object = {}): Promise<number> {
  const { body } = await post('/journeys', { name: 'Listed', tiles: [], ...definition });
  expect((await post(`/journeys/${body.id}/publish`)).status).toBe(200);
  return body.id as number;
}

/** A list with so many users of its own, who have the names “<list>-1” and so on. */
async function listOf(count: number): Promise<number> {
  const listId = (await post('/lists', { name: 'Readers' })).body.listId as number;
  await world.db.execute(sql`
    with made as (
      insert into users (user_id) select ${`${listId}-`} || n from generate_series(1, ${count}::int) n returning id
    )
    insert into list_users (list_id, user_id) select ${listId}::int, id from made`);
  return listId;
}

const trigger = (workflowId: number, listId: number, more: object = {}, headers?: Record<string, string>) =>
  post('/workflows/triggerWorkflow', { workflowId, listId, ...more }, headers);
const triggered = async (...args: Parameters<typeof trigger>): Promise<string> => {
  const { body } = await trigger(...args);
  expect(body).toEqual({ msg: '', code: 'Success', params: { jobId: expect.stringMatching(/^job_/) } });
  return body.params.jobId as string;
};
const jobOf = async (id: string) => (await world.call('GET', `/api/jobs/${id}`)).body;

/** Runs the pages that are due, as one process of several would. Dispatched items leave the outbox at once. */
function pageRunner(db: Database = world.db): () => Promise<number> {
  return createPageRunner({ db, log: silent, enqueue: () => undefined, kinds: JOB_KINDS });
}
const dispatch = () => world.db.delete(outbox).where(sql`kind = 'entry'`);

async function untilEnded(id: string) {
  const runPage = pageRunner();
  return until(async () => {
    await runPage();
    await dispatch();
    const job = await jobOf(id);
    return job.endedAt !== undefined && job;
  });
}

/** How many entries a journey has had, and of how many users. */
async function enteredIn(journeyId: number): Promise<{ entries: number; users: number }> {
  const [row] = await rowsOf<{ entries: number; users: number }>(
    world.db,
    sql`select count(*) as entries, count(distinct user_id) as users from entries where journey_id = ${journeyId}`,
  );
  return row!;
}

describe('triggerWorkflow with a listId', () => {
  it('enters 2,500 users once each, over several pages, and shows its progress', async () => {
    const journeyId = await published();
    const listId = await listOf(2_500);
    const id = await triggered(journeyId, listId, { dataFields: { campaign: 7 } });
    expect(await jobOf(id)).toEqual({
      ...{ id, kind: 'listTrigger', state: 'queued', total: 2_500, done: 0, refusedCount: 0, refused: [] },
      ...{ journeyId, journeyName: expect.any(String), listId, listName: expect.any(String) },
      createdAt: expect.any(String),
    });
    const runPage = pageRunner();
    const progress: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      await runPage();
      await dispatch();
      progress.push((await jobOf(id)).done);
    }
    expect(progress).toEqual([500, 1_000, 1_500, 2_000, 2_500]);
    expect(await untilEnded(id)).toMatchObject({ state: 'completed', done: 2_500, refusedCount: 0 });
    expect(await enteredIn(journeyId)).toEqual({ entries: 2_500, users: 2_500 });
    const [entry] = await world.db.select().from(entries).where(eq(entries.journeyId, journeyId)).limit(1);
    expect(entry).toMatchObject({ status: 'accepted', triggerData: { campaign: 7 }, version: 1 });
  });

  it('runs its pages without a pause', async () => {
    let nudged = 0;
    const own = await createApiWorld({ nudgeJobs: () => void (nudged += 1) });
    const list = await own.call('POST', '/api/lists', { name: 'Nobody' });
    const { body } = await own.call('POST', '/api/journeys', { name: 'Listed', tiles: [] });
    await own.call('POST', `/api/journeys/${body.id}/publish`);
    const call = { workflowId: body.id, listId: list.body.listId };
    expect((await own.call('POST', '/api/workflows/triggerWorkflow', call)).status).toBe(200);
    await own.close();
    expect(nudged).toBe(1);
  });

  it('completes for an empty list', async () => {
    const id = await triggered(await published(), await listOf(0));
    expect(await untilEnded(id)).toMatchObject({ state: 'completed', total: 0, done: 0 });
  });

  it('enqueues what a page stored, marked as a job’s, and nothing that was rolled back', async () => {
    const journeyId = await published();
    await triggered(journeyId, await listOf(3));
    const enqueued: unknown[] = [];
    const broken: Page = async (tx, job) => {
      await JOB_KINDS.listTrigger!(tx, job);
      throw new Error('The process ends here.');
    };
    const deps = { db: world.db, log: silent, enqueue: (item: unknown) => void enqueued.push(item) };
    await createPageRunner({ ...deps, kinds: { listTrigger: broken } })();
    expect(enqueued).toEqual([]);
    expect(await enteredIn(journeyId)).toEqual({ entries: 0, users: 0 });
    await world.db.update(outbox).set({ nextAt: sql`now()` });
    await createPageRunner({ ...deps, kinds: JOB_KINDS })();
    const entryId = expect.stringMatching(/^ent_/) as string;
    expect(enqueued).toEqual(Array(3).fill({ entryId, journeyId, version: 1, ofJob: true }));
    await dispatch();
  });

  it('continues in another process after a crash between pages, losing and repeating no user', async () => {
    const journeyId = await published();
    const id = await triggered(journeyId, await listOf(1_800));
    await pageRunner()();
    await dispatch();
    const others = [pageRunner(), pageRunner(), pageRunner()];
    await until(async () => {
      await Promise.all(others.map((runPage) => runPage()));
      await dispatch();
      return (await jobOf(id)).state === 'completed';
    });
    expect(await enteredIn(journeyId)).toEqual({ entries: 1_800, users: 1_800 });
  });

  it('does not fill the outbox while nothing is dispatched', async () => {
    const id = await triggered(await published(), await listOf(3_000));
    const runner = startJobs({ db: world.db, log: silent, enqueue: () => undefined, kinds: JOB_KINDS });
    await until(async () => (await jobOf(id)).done >= 500);
    const runPage = pageRunner();
    for (let turn = 0; turn < 5; turn += 1) expect(await runPage()).toBeGreaterThan(0);
    await runner.stop();
    expect(await jobOf(id)).toMatchObject({ state: 'running', done: 500 });
    await untilEnded(id);
  });

  it('enters those on the list at the call, unless they have left by their page', async () => {
    const journeyId = await published();
    const listId = await listOf(3);
    const id = await triggered(journeyId, listId);
    await post('/lists/subscribe', { listId, subscribers: [{ userId: 'late' }] });
    await post('/lists/unsubscribe', { listId, subscribers: [{ userId: `${listId}-1` }] });
    await eraseUser({ ...world, author: SYSTEM }, { userId: `${listId}-2` }, Date.now());
    expect(await untilEnded(id)).toMatchObject({ state: 'completed', total: 3, refusedCount: 0 });
    const rows = await world.db
      .select({ userId: users.userId })
      .from(entries)
      .innerJoin(users, eq(users.id, entries.userId))
      .where(eq(entries.journeyId, journeyId));
    expect(rows).toEqual([{ userId: `${listId}-3` }]);
  });

  it.each([
    [
      'leaves the list',
      (tx: Database, listId: number) =>
        unsubscribe({ ...world, db: tx }, listId, { userId: `${listId}-1` }, {}),
    ],
    [
      'is erased',
      (tx: Database, listId: number) =>
        eraseUser({ ...world, db: tx, author: SYSTEM }, { userId: `${listId}-1` }, Date.now()),
    ],
  ])('skips a user who %s while their page waits for the lock', async (_, change) => {
    const journeyId = await published();
    const listId = await listOf(2);
    const id = await triggered(journeyId, listId);
    await meanwhile(
      world.db,
      (tx) => change(tx, listId),
      () => pageRunner()(),
    );
    expect(await jobOf(id)).toMatchObject({ state: 'completed' });
    expect(await enteredIn(journeyId)).toEqual({ entries: 1, users: 1 });
  });

  it('enters users on the version published when their page runs', async () => {
    const journeyId = await published();
    const id = await triggered(journeyId, await listOf(700));
    await pageRunner()();
    await dispatch();
    await post(`/journeys/${journeyId}/publish`);
    await untilEnded(id);
    const versions = await rowsOf(
      world.db,
      sql`select version, count(*) as users from entries where journey_id = ${journeyId} group by 1 order by 1`,
    );
    expect(versions).toEqual([
      { version: 1, users: 500 },
      { version: 2, users: 200 },
    ]);
  });
});

describe('of a list and a journey', () => {
  it('one run is open at a time, and concurrent calls are refused with its id', async () => {
    const [journeyId, listId] = [await published(), await listOf(2)];
    const answers = await Promise.all(Array.from({ length: 6 }, () => trigger(journeyId, listId)));
    const accepted = answers.filter(({ status }) => status === 200);
    expect(accepted).toHaveLength(1);
    const { jobId } = accepted[0]!.body.params;
    for (const { status, body } of answers.filter((answer) => answer !== accepted[0])) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: 'ExternalKeyConflict', params: { jobId } });
      expect(body.msg).toContain(`GET /api/jobs/${jobId} says how far it is`);
    }
    expect((await trigger(await published(), listId)).status).toBe(200);
    expect((await trigger(journeyId, await listOf(1))).status).toBe(200);
    await untilEnded(jobId);
    expect((await trigger(journeyId, listId)).status).toBe(200);
  });

  it('an Idempotency-Key gives the same answer, running or done, and starts nothing again', async () => {
    const [journeyId, listId] = [await published(), await listOf(2)];
    const key = { 'idempotency-key': 'a-list-once' };
    const answers = await Promise.all([1, 2, 3].map(() => trigger(journeyId, listId, {}, key)));
    const accepted = answers.filter(({ status }) => status === 200);
    // On Postgres, those that come while the first is under way are refused: they may be sent again.
    for (const { status, headers } of answers.filter((answer) => !accepted.includes(answer))) {
      expect([status, headers['retry-after']]).toEqual([409, '1']);
    }
    const jobIds = new Set(accepted.map(({ body }) => body.params.jobId as string));
    expect(jobIds.size).toBe(1);
    const [jobId] = jobIds;
    expect(await triggered(journeyId, listId, {}, key)).toBe(jobId);
    await untilEnded(jobId!);
    expect(await triggered(journeyId, listId, {}, key)).toBe(jobId);
    expect(await enteredIn(journeyId)).toEqual({ entries: 2, users: 2 });
    const other = await trigger(journeyId, listId, { dataFields: { n: 1 } }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'ExternalKeyConflict' } });
  });
});

describe('entry limits of users of a list', () => {
  it('refuse the same users as a single trigger, by name and reason', async () => {
    const suppressed = (await post('/lists', { name: 'Not these' })).body.listId as number;
    const journeyId = await published({ lifetimeLimit: 1, suppressionListIds: [suppressed] });
    const listId = await listOf(3);
    await post('/lists/subscribe', { listId: suppressed, subscribers: [{ userId: `${listId}-1` }] });
    await post('/workflows/triggerWorkflow', { workflowId: journeyId, userId: `${listId}-2` });
    const job = await untilEnded(await triggered(journeyId, listId));
    expect(job).toMatchObject({
      ...{ state: 'completed', done: 3, refusedCount: 2 },
      refused: [
        { id: `${listId}-1`, reason: 'suppressed' },
        { id: `${listId}-2`, reason: 'lifetimeLimit' },
      ],
    });
    expect(await enteredIn(journeyId)).toEqual({ entries: 2, users: 2 });
  });

  it('count open entries, and those that retention has deleted', async () => {
    const simultaneous = await published({ simultaneousLimit: 1 });
    const lifetime = await published({ lifetimeLimit: 2 });
    const listId = await listOf(2);
    await untilEnded(await triggered(simultaneous, listId));
    const again = await untilEnded(await triggered(simultaneous, listId));
    expect(again.refused).toEqual([
      { id: `${listId}-1`, reason: 'simultaneousLimit' },
      { id: `${listId}-2`, reason: 'simultaneousLimit' },
    ]);
    await world.db.execute(sql`
      insert into past_entries (user_id, journey_id, count)
      select id, ${lifetime}::int, 2 from users where user_id = ${`${listId}-1`}`);
    const { refused } = await untilEnded(await triggered(lifetime, listId));
    expect(refused).toEqual([{ id: `${listId}-1`, reason: 'lifetimeLimit' }]);
  });

  it.each([
    ['after the list', 0],
    ['before the list', 1],
  ])('are exact when a user is triggered singly just %s', async (_, refusedCount) => {
    const journeyId = await published({ lifetimeLimit: 1 });
    const listId = await listOf(2);
    const id = await triggered(journeyId, listId);
    const page = (db: Database) => pageRunner(db)();
    const single = (db: Database) =>
      startEntryWithLimits(
        { ...world, db },
        {
          entryId: newEntryId(),
          ...{ journeyId, identity: { userId: `${listId}-1` }, triggerData: {} },
        },
      );
    const [before, after]: ((db: Database) => Promise<unknown>)[] =
      refusedCount === 0 ? [page, single] : [single, page];
    await meanwhile(world.db, before!, () => after!(world.db));
    expect(await jobOf(id)).toMatchObject({ state: 'completed', refusedCount });
    expect(await enteredIn(journeyId)).toEqual({ entries: 2, users: 2 });
  });

  it('do not deadlock with an erasure, a merge or another list of the same users', async () => {
    const journeyId = await published({ simultaneousLimit: 5 });
    const listId = await listOf(60);
    const other = (await post('/lists', { name: 'Same' })).body.listId as number;
    await world.db.execute(sql`
      insert into list_users (list_id, user_id)
      select ${other}::int, user_id from list_users where list_id = ${listId} order by user_id desc`);
    const jobs = [await triggered(journeyId, listId), await triggered(journeyId, other)];
    const changes = Array.from({ length: 10 }, async (_, index) => {
      const name = (n: number) => `${listId}-${n}`;
      await post('/users/merge', { sourceUserId: name(60 - index), destinationUserId: name(1 + index) });
      await world.call('DELETE', `/api/users/byUserId/${name(50 - index)}`);
    });
    const ended = await Promise.all([...jobs.map(untilEnded), ...changes]);
    expect(ended.slice(0, 2)).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
  });
});

describe('a run of a list', () => {
  it('publishes every entry to event webhooks, in outbox items marked as a job’s', async () => {
    const { id } = (
      await post('/eventWebhooks', {
        name: 'CRM',
        targetUrl: 'https://crm.example.com',
        eventTypes: ['journey.entered'],
      })
    ).body;
    await triggered(await published(), await listOf(3));
    await pageRunner()();
    const rows = await rowsOf(
      world.db,
      sql`select kind, count(*) as n, count(job_id) as of_jobs from outbox group by kind order by kind`,
    );
    expect(rows).toEqual([
      { kind: 'entry', n: 3, of_jobs: 3 },
      { kind: 'event', n: 3, of_jobs: 3 },
    ]);
    await world.call('DELETE', `/api/eventWebhooks/${id}`);
  });

  it.each([
    ['unpublished', 'go on', 'no longer published', (id: number) => post(`/journeys/${id}/unpublish`)],
    ['archived', 'exit', 'no longer published', (id: number) => world.call('DELETE', `/api/journeys/${id}`)],
    [
      'deleted',
      'go on',
      'was deleted',
      (_: number, list: number) => world.call('DELETE', `/api/lists/${list}`),
    ],
  ])(
    'fails with a reason when journey or list is %s meanwhile; entered users %s',
    async (_, fate, words, end) => {
      const [journeyId, listId] = [await published(), await listOf(600)];
      const id = await triggered(journeyId, listId);
      await pageRunner()();
      await dispatch();
      expect((await end(journeyId, listId)).status).toBeLessThan(300);
      const job = await untilEnded(id);
      expect(job).toMatchObject({ state: 'failed', done: 500, reason: expect.stringContaining(words) });
      const status = fate === 'go on' ? 'accepted' : 'cancelled';
      const entered = await world.db
        .select({ id: entries.id })
        .from(entries)
        .where(and(eq(entries.journeyId, journeyId), eq(entries.status, status)));
      expect(entered).toHaveLength(500);
    },
  );
});

describe('a list that cannot be triggered', () => {
  it.each([
    ['unknown', 999_999],
    ['none', 0],
    ['beyond any id', 9_007_199_254_740_991],
  ])('is refused in Iterable’s shape when it is %s', async (_, listId) => {
    expect(await trigger(await published(), listId)).toMatchObject({
      status: 400,
      body: { code: 'BadParams', msg: `error.lists.invalidListId(${listId})` },
    });
  });

  it('is refused for a journey that accepts no entries, as a single trigger is', async () => {
    const draft = (await post('/journeys', { name: 'Draft', tiles: [] })).body.id as number;
    const listId = await listOf(1);
    for (const [workflowId, words] of [
      [draft, 'is not published'],
      [999_999, 'There is no journey'],
    ] as const) {
      const { status, body } = await trigger(workflowId, listId);
      expect([status, body.code]).toEqual([400, 'BadParams']);
      expect(body.params.workflowId).toContain(words);
    }
  });

  it('is refused together with a user, with trigger data above 64 KiB, and if it is not a number', async () => {
    const [journeyId, listId] = [await published(), await listOf(1)];
    const both = await trigger(journeyId, listId, { email: 'a@example.com' });
    expect(both).toMatchObject({
      status: 400,
      body: { code: 'BadParams', params: { listId: expect.any(String) } },
    });
    const large = await trigger(journeyId, listId, { dataFields: { text: 'é'.repeat(33_000) } });
    expect(large).toMatchObject({
      status: 400,
      body: { code: 'BadParams', params: { dataFields: expect.any(String) } },
    });
    const text = await post('/workflows/triggerWorkflow', { workflowId: journeyId, listId: 'all' });
    expect(text).toMatchObject({ status: 400, body: { code: 'BadJsonBody' } });
  });
});
