import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const post = (path: string, body: object) => world.call('POST', `/api${path}`, body);
const userOf = async (name: string) => (await world.call('GET', `/api/users/${name}`)).body.user;

describe('POST /api/users/tags', () => {
  const tags = (body: object) => post('/users/tags', body);

  it('adds and removes tags, and returns all the user’s tags', async () => {
    expect((await tags({ email: 'tagged@example.com', add: ['vip', ' beta ', 'vip'] })).body).toEqual({
      msg: '',
      code: 'Success',
      params: { tags: ['vip', 'beta'] },
    });
    const answer = await tags({ email: 'TAGGED@example.com', add: ['trial'], remove: ['vip', 'unknown'] });
    expect(answer.body.params).toEqual({ tags: ['beta', 'trial'] });
    expect(await userOf('tagged@example.com')).toMatchObject({ tags: ['beta', 'trial'] });
  });

  it('creates an unknown user, and enters journeys for new users', async () => {
    const definition = { name: 'Welcome', entry: { source: 'newUser' }, tiles: [] };
    const journeyId = (await post('/journeys', definition)).body.id as number;
    await post(`/journeys/${journeyId}/publish`, {});
    await tags({ userId: 'fresh', add: ['a'] });
    await tags({ userId: 'fresh', add: ['b'] });
    expect(world.enqueued.filter((item) => 'journeyId' in item && item.journeyId === journeyId)).toHaveLength(
      1,
    );
  });

  it('loses no tag of concurrent calls', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `tag-${index}`);
    await Promise.all(names.map((tag) => tags({ userId: 'eager', add: [tag] })));
    expect((await userOf('byUserId/eager')).tags).toHaveLength(20);
  });

  it('allows a user at most 100 tags', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `tag-${index}`);
    await tags({ userId: 'full', add: hundred });
    const answer = await tags({ userId: 'full', add: ['one more'] });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect((await tags({ userId: 'full', add: ['one more'], remove: ['tag-0'] })).status).toBe(200);
    await tags({ userId: 'other', add: ['another'] });
    const merged = await post('/users/merge', { sourceUserId: 'other', destinationUserId: 'full' });
    expect(merged).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(await userOf('byUserId/other')).toBeDefined();
  });

  it.each([
    ['nobody', { add: ['a'] }, 'BadParams'],
    ['an empty tag', { userId: 'u', add: [' '] }, 'BadJsonBody'],
    ['a long tag', { userId: 'u', add: ['x'.repeat(101)] }, 'BadJsonBody'],
    ['a tag that comes and goes', { userId: 'u', add: ['a'], remove: ['a'] }, 'BadJsonBody'],
    ['more than 100 tags', { userId: 'u', add: Array.from({ length: 101 }, String) }, 'BadJsonBody'],
  ])('refuses %s', async (_what, body, code) => {
    expect(await tags(body)).toMatchObject({ status: 400, body: { code } });
    expect(await userOf('byUserId/u')).toBeUndefined();
  });
});
