import { type ApiWorld, createApiWorld, publishJourney } from '../../support/api-world';

describe('DELETE of a user', () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await createApiWorld();
  });
  afterAll(() => world.close());

  const SUCCESS = { status: 200, body: { msg: '', code: 'Success', params: null } };
  const update = (body: object) => world.call('POST', '/api/users/update', body);
  const get = async (path: string) => (await world.call('GET', path)).body;
  const erase = (path: string) => world.call('DELETE', `/api/users/${path}`);

  it('erases the user under both identifiers, by email or by userId', async () => {
    await update({ email: 'Both@example.com', userId: 'both', dataFields: { city: 'Lyon' } });
    expect(await erase('both%40example.com')).toMatchObject(SUCCESS);
    expect(await get('/api/users/Both%40example.com')).toEqual({});
    expect(await get('/api/users/byUserId/both')).toEqual({});

    await update({ userId: 'only id' });
    expect(await erase('byUserId/only%20id')).toMatchObject(SUCCESS);
    expect(await get('/api/users/byUserId/only%20id')).toEqual({});
  });

  it('ends the user’s entries and leaves them without identifiers', async () => {
    const { journeyId } = await publishJourney(world);
    const email = 'enters@example.com';
    const { params } = (
      await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId: journeyId, email })
    ).body;
    await erase(email);
    expect(world.enqueued.at(-1)).toEqual({
      ...{ exitOf: params.entryId, workflowId: params.entryId, firstRunId: null, reason: 'user_deleted' },
    });
    expect(await get(`/api/entries/${params.entryId}`)).toMatchObject({
      ...{ id: params.entryId, journeyId, version: 1, email: null, userId: null },
      ...{ status: 'cancelled', reason: 'user_deleted', detail: 'The user was deleted.' },
    });
    expect((await get(`/api/entries?journeyId=${journeyId}`)).entries).toHaveLength(1);
    expect((await get(`/api/entries?email=${email}`)).entries).toEqual([]);
  });

  it('lets the same identifier create a new user', async () => {
    const email = 'again@example.com';
    await update({ email, dataFields: { city: 'Lyon' } });
    await erase(email);
    await update({ email, dataFields: { age: 40 } });
    const { dataFields } = (await get(`/api/users/${email}`)).user;
    expect(dataFields).toMatchObject({ age: 40 });
    expect(dataFields).not.toHaveProperty('city');
  });

  it('is 404 for an unknown user, and refuses a malformed identifier', async () => {
    expect(await erase('nobody@example.com')).toMatchObject({
      status: 404,
      body: { code: 'UnknownEmailError' },
    });
    expect(await erase('byUserId/nobody')).toMatchObject({
      status: 404,
      body: { code: 'UnknownUserIdError' },
    });
    expect(await erase('nobody')).toMatchObject({ status: 400, body: { code: 'InvalidEmailAddressError' } });
    expect((await erase(`byUserId/${'x'.repeat(53)}`)).body.code).toBe('InvalidUserIdError');
  });

  it('requires a key that may write users', async () => {
    const key = await world.keyWith('read');
    const answer = await world.call('DELETE', '/api/users/a%40example.com', undefined, { 'api-key': key });
    expect(answer.status).toBe(403);
  });
});
