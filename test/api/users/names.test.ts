import { entries } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

let world: ApiWorld;
let workflowId: number;

beforeAll(async () => {
  world = await createApiWorld();
  workflowId = (await publishJourney(world)).journeyId;
});
afterAll(() => world.close());

interface Names {
  email?: string;
  userId?: string;
}

const post = (path: string, body: object) => world.call('POST', `/api/${path}`, body);
const update = (names: Names) => post('users/update', names);
const byEmail = async (email: string) => (await world.call('GET', `/api/users/${email}`)).body.user;
const byUserId = async (userId: string) =>
  (await world.call('GET', `/api/users/byUserId/${userId}`)).body.user;

/** Calls that name a user, change neither name, and create who is unknown. */
const CALLS: [string, (names: Names) => [string, object]][] = [
  ['events/track', (names) => ['events/track', { ...names, eventName: 'opened' }]],
  ['events/trackBulk', (names) => ['events/trackBulk', { events: [{ ...names, eventName: 'opened' }] }]],
  ['workflows/triggerWorkflow', (names) => ['workflows/triggerWorkflow', { ...names, workflowId }]],
  ['users/tags', (names) => ['users/tags', { ...names, add: ['reader'] }]],
  ['users/consent', (names) => ['users/consent', { ...names, category: 'marketing', action: 'decline' }]],
  ['messages', (names) => ['messages', { ...names, channel: 'sms', content: 'Hello' }]],
];

describe.each(CALLS)('POST /api/%s, given email and userId,', (path, bodyOf) => {
  const tag = path.replace('/', '-').toLowerCase();
  const call = async (names: Names) => {
    const { status, body } = await post(...bodyOf(names));
    return { status, fails: body.failCount ?? 0 };
  };
  const fine = { status: 200, fails: 0 };

  it('takes both names of one user, and gives them to a new one', async () => {
    const both = { email: `both-${tag}@example.com`, userId: `both-${tag}` };
    expect(await call(both)).toEqual(fine);
    expect(await byEmail(both.email)).toMatchObject(both);
    expect(await call({ ...both, email: both.email.toUpperCase() })).toEqual(fine);
    expect(await byUserId(both.userId)).toMatchObject(both);
  });

  it('means the user of the email, and moves no userId, if they are two users', async () => {
    const ada = { email: `ada-${tag}@example.com` };
    const bob = { email: `bob-${tag}@example.com`, userId: `bob-${tag}` };
    await update(ada);
    await update(bob);
    expect(await call({ ...ada, userId: bob.userId })).toEqual(fine);
    expect(await byEmail(ada.email)).not.toHaveProperty('userId');
    expect(await byUserId(bob.userId)).toMatchObject(bob);
    const fresh = `fresh-${tag}@example.com`;
    expect(await call({ email: fresh, userId: bob.userId })).toEqual(fine);
    expect(await byEmail(fresh)).not.toHaveProperty('userId');
    expect(await byUserId(bob.userId)).toMatchObject(bob);
  });

  it('means the user of the userId if that one has no email and nobody has this one', async () => {
    const userId = `anonymous-${tag}`;
    await update({ userId });
    const email = `later-${tag}@example.com`;
    expect(await call({ email, userId })).toEqual(fine);
    expect(await byUserId(userId)).toMatchObject({ email: '' });
    expect(await byEmail(email)).toBeUndefined();
    expect((await update({ email, userId })).status).toBe(200);
  });

  it('creates one user however many calls come at once', async () => {
    const both = { email: `rush-${tag}@example.com`, userId: `rush-${tag}` };
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(both)));
    expect(answers).toEqual(Array.from({ length: 8 }, () => fine));
    expect(await byEmail(both.email)).toMatchObject(both);
  });
});

describe('email and userId together', () => {
  it('record what is of the user of the email: event, entry, tag', async () => {
    const ada = { email: 'ada@example.com' };
    await update(ada);
    await update({ email: 'bob@example.com', userId: 'bob' });
    const mixed = { ...ada, userId: 'bob' };
    for (const [, bodyOf] of CALLS) await post(...bodyOf(mixed));
    expect((await world.call('GET', '/api/events/ada@example.com')).body.events).toHaveLength(2);
    expect((await world.call('GET', '/api/events/byUserId/bob')).body.events).toEqual([]);
    expect(await byEmail(ada.email)).toMatchObject({ tags: ['reader'] });
    expect(await byUserId('bob')).not.toHaveProperty('tags');
    const { body } = await world.call('GET', '/api/entries?email=ada@example.com');
    expect(body.entries).toHaveLength(1);
    expect((await world.db.select().from(entries)).length).toBeGreaterThan(0);
  });

  it('take the user of the email off a list, and change that one’s email', async () => {
    const { listId } = (await post('lists', { name: 'Readers' })).body;
    const [ada, bob] = [{ email: 'ada.l@example.com' }, { email: 'bob.l@example.com', userId: 'bob-l' }];
    await post('lists/subscribe', { listId, subscribers: [ada, bob] });
    const mixed = { ...ada, userId: bob.userId };
    const { body } = await post('lists/unsubscribe', { listId, subscribers: [mixed] });
    expect(body).toMatchObject({ successCount: 1, failCount: 0 });
    expect((await world.call('GET', `/api/lists/getUsers?listId=${listId}`)).body).toBe(`${bob.email}\n`);
    const current = { currentEmail: ada.email, currentUserId: bob.userId };
    expect((await post('users/updateEmail', { ...current, newEmail: 'ada.m@example.com' })).status).toBe(200);
    expect(await byEmail('ada.m@example.com')).toBeDefined();
    expect(await byUserId(bob.userId)).toMatchObject(bob);
    const unknown = await post('users/updateEmail', { ...current, newEmail: 'x@example.com' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'UnknownEmailError']);
  });

  it('are not changed by a data field called email', async () => {
    const user = { email: 'kept@example.com', userId: 'kept' };
    const renamed = { ...user, dataFields: { email: 'new@example.com' } };
    for (const [path, body] of [
      ['users/update', renamed],
      ['users/bulkUpdate', { users: [renamed] }],
      ['events/track', { ...renamed, eventName: 'seen' }],
    ] as const) {
      expect((await post(path, body)).status).toBe(200);
      expect(await byUserId('kept')).toMatchObject(user);
      expect(await byEmail('new@example.com')).toBeUndefined();
    }
  });

  it('are a conflict where the call would give a user a name of another', async () => {
    await update({ email: 'one@example.com', userId: 'one' });
    await update({ email: 'two@example.com', userId: 'two' });
    const user = { email: 'one@example.com', userId: 'two' };
    expect((await update(user)).status).toBe(409);
    expect((await post('commerce/updateCart', { user, items: [] })).status).toBe(409);
    const { body } = await post('users/bulkUpdate', { users: [user] });
    expect(body.failedUpdates).toMatchObject({
      conflictEmails: ['one@example.com'],
      conflictUserIds: ['two'],
    });
  });

  it('are refused if one cannot be a name', async () => {
    const answer = await post('events/track', {
      email: 'ada@example.com',
      userId: 'x'.repeat(53),
      eventName: 'opened',
    });
    expect(answer.body.code).toBe('InvalidUserIdError');
  });
});
