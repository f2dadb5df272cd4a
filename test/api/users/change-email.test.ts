import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const update = (body: object) => world.call('POST', '/api/users/update', body);
const byEmail = async (email: string) => (await world.call('GET', `/api/users/${email}`)).body.user;
const byUserId = async (userId: string) =>
  (await world.call('GET', `/api/users/byUserId/${userId}`)).body.user;

describe('POST /api/users/updateEmail', () => {
  const updateEmail = (body: object) => world.call('POST', '/api/users/updateEmail', body);

  it('changes a user’s email by either identifier', async () => {
    await update({ email: 'old@example.com', userId: 'moved', dataFields: { moves: 1 } });
    await world.call('POST', '/api/events/track', { userId: 'moved', eventName: 'moving' });
    const answer = await updateEmail({ currentEmail: 'OLD@example.com', newEmail: 'new.place@example.com' });
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: null } });
    expect(await byEmail('old@example.com')).toBeUndefined();
    expect(await byEmail('new.place@example.com')).toMatchObject({
      userId: 'moved',
      dataFields: { moves: 1 },
    });
    await updateEmail({ currentUserId: 'moved', newEmail: 'Newest@example.com' });
    expect(await byUserId('moved')).toMatchObject({ email: 'Newest@example.com' });
    const { events } = (await world.call('GET', '/api/events/newest@example.com')).body;
    expect(events).toHaveLength(1);
  });

  it('accepts the same email in another case', async () => {
    await update({ email: 'case@example.com' });
    await updateEmail({ currentEmail: 'case@example.com', newEmail: 'Case@Example.com' });
    expect(await byEmail('case@example.com')).toMatchObject({ email: 'Case@Example.com' });
  });

  it.each([
    [
      'an email of another user',
      { currentUserId: 'current', newEmail: 'TAKEN@example.com' },
      409,
      'EmailAlreadyExists',
    ],
    [
      'an unknown email',
      { currentEmail: 'nobody@example.com', newEmail: 'x@example.com' },
      404,
      'UnknownEmailError',
    ],
    ['an unknown userId', { currentUserId: 'nobody', newEmail: 'x@example.com' }, 404, 'UnknownUserIdError'],
    ['an invalid new email', { currentUserId: 'current', newEmail: 'foo@' }, 400, 'InvalidEmailAddressError'],
    ['no new email', { currentUserId: 'current' }, 400, 'BadJsonBody'],
    ['no user', { newEmail: 'x@example.com' }, 400, 'BadParams'],
  ])('refuses %s, and changes nothing', async (_what, body, status, code) => {
    await update({ email: 'current@example.com', userId: 'current' });
    await update({ email: 'taken@example.com' });
    expect(await updateEmail(body)).toMatchObject({ status, body: { code } });
    expect(await byUserId('current')).toMatchObject({ email: 'current@example.com' });
    expect(await byEmail('x@example.com')).toBeUndefined();
  });

  it('gives an email to one of two users who ask for it at once', async () => {
    await update({ userId: 'racer-a' });
    await update({ userId: 'racer-b' });
    const answers = await Promise.all(
      ['racer-a', 'racer-b'].map((currentUserId) =>
        updateEmail({ currentUserId, newEmail: 'goal@example.com' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
