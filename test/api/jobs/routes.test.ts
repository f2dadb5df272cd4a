import { SYSTEM } from '../../../src/domain/audit';
import { endJob, insertJob, newJobId, type Refusal } from '../../../src/db/jobs/jobs';
import { eraseUser } from '../../../src/usecases/users/erase';
import { jobs } from '../../../src/db/schema';
import { findUser, updateUser } from '../../../src/db/users/users';
import { createPageRunner } from '../../../src/background/jobs';
import { mergeUsers } from '../../../src/usecases/users/merge';
import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

/** A job whose one page refuses this. */
async function jobThatRefuses(refused: Refusal[]): Promise<string> {
  const id = newJobId();
  await insertJob(world.db, { id, kind: 'test', parameters: {} });
  const page = async () => ({ cursor: 1, done: refused.length, refused, ended: true });
  const log = { info: () => {}, warn: () => {} };
  await createPageRunner({ db: world.db, log, enqueue: () => undefined, kinds: { test: page } })();
  return id;
}

const lines = (count: number): Refusal[] =>
  Array.from({ length: count }, (_, index) => ({ ref: `line ${index + 1}`, reason: 'No email.' }));

describe('a job over the API', () => {
  it('shows its progress and its first hundred refusals', async () => {
    const id = await jobThatRefuses(lines(150));
    const { status, body } = await world.call('GET', `/api/jobs/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ id, kind: 'test', state: 'completed', total: null, done: 150, refusedCount: 150 },
      refused: lines(100).map(({ reason }, index) => ({ id: `line ${index + 1}`, reason })),
      ...{ createdAt: expect.any(String), startedAt: expect.any(String), endedAt: expect.any(String) },
    });
  });

  it('pages all refusals in order', async () => {
    const id = await jobThatRefuses(lines(150));
    const found: string[] = [];
    let token: string | undefined;
    do {
      const query: string = token === undefined ? '' : `&pageToken=${token}`;
      const { body } = await world.call('GET', `/api/jobs/${id}/refused?pageSize=60${query}`);
      found.push(...body.refused.map((refused: { id: string }) => refused.id));
      token = body.nextPageToken;
    } while (token !== undefined);
    expect(found).toEqual(Array.from({ length: 150 }, (_, index) => `line ${index + 1}`));
  });

  it('names a user as the caller knows them, until the user is erased', async () => {
    const make = async (identity: { email: string } | { userId: string }) => {
      await updateUser(world, {
        ...identity,
        dataFields: {},
        mergeNestedObjects: false,
        createNewFields: true,
      });
      return (await findUser(world.db, identity as { email: string }))!.id;
    };
    const [ada, bob, eve] = [
      await make({ email: 'ada@example.com' }),
      await make({ userId: 'bob' }),
      await make({ email: 'eve@example.com' }),
    ];
    const id = await jobThatRefuses([ada, bob, eve].map((userId) => ({ userId, reason: 'suppressed' })));
    const named = async () =>
      (await world.call('GET', `/api/jobs/${id}`)).body.refused.map((refused: { id: string }) => refused.id);
    expect(await named()).toEqual(['ada@example.com', 'bob', 'eve@example.com']);
    await eraseUser({ ...world, author: SYSTEM }, { email: 'ada@example.com' }, Date.now());
    expect(await named()).toEqual(['bob', 'eve@example.com']);
    await mergeUsers({ ...world, author: SYSTEM }, { email: 'eve@example.com' }, { userId: 'bob' });
    expect(await named()).toEqual(['eve@example.com', 'eve@example.com']);
  });

  it('is listed, newest first', async () => {
    await world.db.delete(jobs);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await jobThatRefuses(lines(1)));
    ids.sort().reverse();
    const first = await world.call('GET', '/api/jobs?pageSize=2');
    expect(first.body.jobs.map((job: { id: string }) => job.id)).toEqual(ids.slice(0, 2));
    expect(first.body.jobs[0]).not.toHaveProperty('refused');
    const second = await world.call('GET', `/api/jobs?pageSize=2&pageToken=${first.body.nextPageToken}`);
    expect(second.body.jobs.map((job: { id: string }) => job.id)).toEqual(ids.slice(2));
  });

  it('can be read with the scopes “trigger”, “journeys” and “read” only', async () => {
    const id = await jobThatRefuses([]);
    const statuses = [];
    for (const scope of ['trigger', 'journeys', 'read', 'integrations'] as const) {
      const key = await world.keyWith(scope);
      statuses.push((await world.call('GET', `/api/jobs/${id}`, undefined, { 'api-key': key })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 403]);
  });

  it('is 404 for an unknown id and 400 for a malformed one', async () => {
    for (const path of ['job_none', 'job_none/refused']) {
      expect(await world.call('GET', `/api/jobs/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'NotFound', msg: 'There is no job job_none, or it ended too long ago.' },
      });
    }
    expect((await world.call('GET', '/api/jobs/12')).body.code).toBe('BadParams');
  });

  it('shows why it failed', async () => {
    const id = newJobId();
    await insertJob(world.db, { id, kind: 'test', parameters: {} });
    await endJob(world.db, id, 'The list is gone.');
    expect((await world.call('GET', `/api/jobs/${id}`)).body).toMatchObject({
      state: 'failed',
      total: null,
      reason: 'The list is gone.',
    });
  });
});
