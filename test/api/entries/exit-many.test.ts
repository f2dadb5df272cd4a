import { and, count, eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { JOB_KINDS } from '../../../src/background/job-kinds';
import { createPageRunner, type Page } from '../../../src/background/jobs';
import { openAttempt } from '../../../src/db/deliveries/deliveries';
import { deliveries, entries, outbox } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { until } from '../../support/until';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
// No test does the pages that another one left.
afterEach(() => world.db.delete(outbox));
afterAll(() => world.close());

const silent = pino({ level: 'silent' });
const exit = (body: object, headers?: Record<string, string>) =>
  world.call('POST', '/api/entries/exit', body, headers);
const jobOf = async (id: string) => (await world.call('GET', `/api/jobs/${id}`)).body;

async function newWebhook(): Promise<number> {
  const webhook = { name: 'CRM sync', endpoint: 'https://api.example.com/users' };
  return (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id as number;
}

/** A published journey of two tiles that call a webhook each, and one that waits. */
async function published() {
  const webhookIds = [await newWebhook(), await newWebhook()];
  const tiles = [
    { id: 'first', type: 'webhook', webhookId: webhookIds[0] },
    { id: 'second', type: 'webhook', webhookId: webhookIds[1] },
    { id: 'wait', type: 'delay', for: '1 day' },
  ];
  const { body } = await world.call('POST', '/api/journeys', { name: 'Stopped', tiles });
  expect((await world.call('POST', `/api/journeys/${body.id}/publish`)).status).toBe(200);
  return { journeyId: body.id as number, webhookIds };
}

let users = 0;

/** Sends so many users in, of whom each is at this tile. Returns their entries. */
async function enter(journeyId: number, tileId: string | undefined, many = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let user = 0; user < many; user += 1) {
    const trigger = { workflowId: journeyId, userId: `user-${(users += 1)}` };
    const { body } = await world.call('POST', '/api/workflows/triggerWorkflow', trigger);
    const { entryId } = body.params as { entryId: string };
    if (tileId !== undefined) {
      const claim = { status: 'running', firstRunId: `run-${entryId}`, tileId } as const;
      await world.db.update(entries).set(claim).where(eq(entries.id, entryId));
    }
    ids.push(entryId);
  }
  return ids;
}

/** Runs the pages that are due, as one process of several would. */
async function untilEnded(id: string) {
  const runPage = createPageRunner({ db: world.db, log: silent, enqueue: () => undefined, kinds: JOB_KINDS });
  return until(async () => {
    await runPage();
    const job = await jobOf(id);
    return job.endedAt !== undefined && job;
  });
}

async function openIn(journeyId: number): Promise<string[]> {
  const rows = await world.db
    .select({ id: entries.id })
    .from(entries)
    .where(and(eq(entries.journeyId, journeyId), sql`ended_at is null`))
    .orderBy(entries.id);
  return rows.map(({ id }) => id);
}

const signalled = async () =>
  (await world.db.select({ ref: outbox.ref }).from(outbox).where(eq(outbox.kind, 'exit'))).map(
    ({ ref }) => ref,
  );

describe('POST /api/entries/exit', () => {
  it('ends everyone in a journey, wherever they are, and signals their workflows', async () => {
    const { journeyId } = await published();
    const other = await enter((await published()).journeyId, 'wait');
    const inside = [...(await enter(journeyId, 'first')), ...(await enter(journeyId, undefined))];
    const { status, body } = await exit({ journeyId, note: 'The campaign was wrong.' });
    expect([status, body]).toEqual([202, { jobId: expect.stringMatching(/^job_/) }]);
    expect(await jobOf(body.jobId)).toMatchObject({ kind: 'exit', state: 'queued', total: 2, done: 0 });
    const ended = await untilEnded(body.jobId);
    expect(ended).toMatchObject({ state: 'completed', total: 2, done: 2, refusedCount: 0 });
    for (const id of inside) {
      const entry = (await world.call('GET', `/api/entries/${id}`)).body;
      const end = { status: 'cancelled', reason: 'operator', detail: 'The campaign was wrong.' };
      expect(entry).toMatchObject(end);
    }
    expect((await signalled()).sort()).toEqual(inside.sort());
    expect((await world.call('GET', `/api/entries/${other[0]}`)).body.status).toBe('running');
  });

  it('ends those at one tile', async () => {
    const { journeyId } = await published();
    const [first] = await enter(journeyId, 'first');
    const [wait] = await enter(journeyId, 'wait');
    const { body } = await exit({ journeyId, tileId: 'wait' });
    const about = { journeyId, journeyName: expect.any(String), tileId: 'wait' };
    expect(await untilEnded(body.jobId)).toMatchObject({ total: 1, done: 1, ...about });
    expect(await openIn(journeyId)).toEqual([first]);
    expect((await world.call('GET', `/api/entries/${wait}`)).body.detail).toBe('Asked to exit.');
  });

  it('ends those at the tiles that call a webhook, by the version of each', async () => {
    const { journeyId, webhookIds } = await published();
    const [first] = await enter(journeyId, 'first');
    await enter(journeyId, 'second');
    const [wait] = await enter(journeyId, 'wait');
    const { body } = await exit({ journeyId, webhookId: webhookIds[1] });
    const about = { journeyId, webhookId: webhookIds[1] };
    expect(await untilEnded(body.jobId)).toMatchObject({ total: 1, done: 1, ...about });
    expect(await openIn(journeyId)).toEqual([first, wait]);
  });

  it('opens no attempt for a closed entry, and closes the delivery between two attempts', async () => {
    const { journeyId, webhookIds } = await published();
    const [entryId] = await enter(journeyId, 'first');
    const visit = { entryId: entryId!, firstRunId: `run-${entryId}`, tileId: 'first', visit: 1 };
    const details = { journeyId, webhookId: webhookIds[0]!, request: null, at: Date.now() };
    const attempt = { deliveryId: `dlv_${entryId}`, generation: 1, number: 1 };
    expect(await openAttempt(world.db, visit, attempt, details)).toBe(true);
    await untilEnded((await exit({ journeyId })).body.jobId);
    const [delivery] = await world.db.select().from(deliveries).where(eq(deliveries.entryId, entryId!));
    expect(delivery).toMatchObject({ status: 'failed', reason: 'operator', detail: 'Asked to exit.' });
    expect(await openAttempt(world.db, visit, { ...attempt, number: 2 }, details)).toBe(false);
  });

  it('leaves those in who enter after the call', async () => {
    const { journeyId } = await published();
    await enter(journeyId, 'wait');
    const { body } = await exit({ journeyId });
    const later = await enter(journeyId, 'wait');
    expect(await untilEnded(body.jobId)).toMatchObject({ total: 1, done: 1 });
    expect(await openIn(journeyId)).toEqual(later);
  });

  it('ends 900 in pages, one of them by another process after a crash, and does not wait for signals', async () => {
    const { journeyId } = await published();
    await world.db.execute(sql`
      insert into entries (id, journey_id, version, user_id, status, workflow_id)
      select 'ent_many_' || n, ${journeyId}, 1, (select min(id) from users), 'accepted', 'ent_many_' || n
      from generate_series(1, 900) n`);
    const { body } = await exit({ journeyId });
    const broken: Page = async (tx, job) => {
      await JOB_KINDS.exit!(tx, job);
      throw new Error('The process ends here.');
    };
    const deps = { db: world.db, log: silent, enqueue: () => undefined };
    await createPageRunner({ ...deps, kinds: { exit: broken } })();
    expect(await openIn(journeyId)).toHaveLength(900);
    await world.db.update(outbox).set({ nextAt: sql`now()` });
    const runPage = createPageRunner({ ...deps, kinds: JOB_KINDS });
    const progress: number[] = [];
    for (let page = 0; page < 4; page += 1) {
      await runPage();
      progress.push((await jobOf(body.jobId)).done);
    }
    expect(progress).toEqual([250, 500, 750, 900]);
    expect(await jobOf(body.jobId)).toMatchObject({ state: 'completed', total: 900 });
    expect(await signalled()).toHaveLength(900);
    const [ofJob] = await world.db.select({ rows: count() }).from(outbox).where(eq(outbox.jobId, body.jobId));
    expect(ofJob).toEqual({ rows: 900 });
  });

  it('runs once at a time for the same entries, and is answered once for one Idempotency-Key', async () => {
    const { journeyId } = await published();
    await enter(journeyId, 'wait');
    const key = { 'idempotency-key': `stop-${journeyId}` };
    const first = await exit({ journeyId }, key);
    expect((await exit({ journeyId }, key)).body).toEqual(first.body);
    const { jobId } = first.body;
    const again = await exit({ journeyId });
    expect(again).toMatchObject({ status: 409, body: { code: 'Conflict', params: { jobId } } });
    expect((await exit({ journeyId, tileId: 'wait' })).status).toBe(202);
    await untilEnded(jobId);
    expect((await exit({ journeyId })).status).toBe(202);
  });

  it.each<[string, (journeyId: number) => object, string]>([
    ['no journey', () => ({}), 'journeyId'],
    ['a journey that does not exist', () => ({ journeyId: 999_999 }), 'journeyId'],
    ['a journey beyond every column', () => ({ journeyId: 9_999_999_999 }), 'journeyId'],
    ['a tile of no version', (journeyId) => ({ journeyId, tileId: 'typo' }), 'tileId'],
    [
      'a tile called like every object’s member',
      (journeyId) => ({ journeyId, tileId: 'constructor' }),
      'tileId',
    ],
    ['a tile id that is none', (journeyId) => ({ journeyId, tileId: "x' or true" }), 'tileId'],
    ['a webhook that no tile calls', (journeyId) => ({ journeyId, webhookId: 999_999 }), 'webhookId'],
    ['a note of 1,001 characters', (journeyId) => ({ journeyId, note: 'x'.repeat(1_001) }), 'note'],
    ['a status', (journeyId) => ({ journeyId, status: 'running' }), 'status'],
  ])('refuses %s, and ends nobody', async (_what, body, field) => {
    const { journeyId } = await published();
    const inside = await enter(journeyId, 'wait');
    const answer = await exit(body(journeyId));
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([field]);
    expect(await openIn(journeyId)).toEqual(inside);
  });

  it('needs a key that may change journeys', async () => {
    const { journeyId } = await published();
    const key = await world.keyWith('trigger', 'integrations', 'read');
    expect((await exit({ journeyId }, { 'api-key': key })).status).toBe(403);
    const allowed = { 'api-key': await world.keyWith('journeys') };
    const { body } = await exit({ journeyId }, allowed);
    expect((await world.call('GET', `/api/jobs/${body.jobId}`, undefined, allowed)).status).toBe(200);
  });
});
