import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  const people = [
    { email: 'Ada.Lovelace@example.com', userId: 'u-1' },
    { email: 'ada@example.com' },
    { userId: 'ada-browser' },
    { email: 'adam@example.com', userId: 'ada-2' },
    { email: 'grace@example.com', userId: 'Ada-3' },
    { email: 'a%_b@example.com' },
  ];
  for (const user of people) await world.call('POST', '/api/users/update', user);
});
afterAll(() => world.close());

const search = async (query: string) => (await world.call('GET', `/api/users/search${query}`)).body;

interface Found {
  email: string | null;
  userId: string | null;
}
const names = ({ users }: { users: Found[] }) => users.map(({ email, userId }) => email ?? userId);

/** All pages, one user each. */
async function pages(text: string): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const page: { users: Found[]; nextPageToken?: string } = await search(
      `?pageSize=1&text=${text}${token && `&pageToken=${token}`}`,
    );
    found.push(...names(page));
    token = page.nextPageToken;
  }
  return found;
}

it('finds users by how their email, in any case, or their userId begins, once each', async () => {
  const all = ['ada-browser', 'Ada.Lovelace@example.com', 'ada@example.com', 'adam@example.com'];
  expect(names(await search('?text=ada'))).toEqual(all);
  expect(await pages('ada')).toEqual(all);
  expect(names(await search('?text=Ada-'))).toEqual(['grace@example.com']);
  expect(names(await search('?text=ada@example.com'))).toEqual(['ada@example.com']);
  expect(names(await search('?text=a%25_'))).toEqual(['a%_b@example.com']);
  expect(names(await search('?text=nobody'))).toEqual([]);
});

it('lists all users without a text, the last one first, page by page', async () => {
  const { users } = await search('');
  expect(users[0]).toEqual({
    email: 'a%_b@example.com',
    userId: null,
    tags: [],
    createdAt: expect.stringMatching(/Z$/),
    updatedAt: expect.stringMatching(/Z$/),
  });
  expect(users).toHaveLength(6);
  expect(await pages('')).toEqual(names({ users }));
});

it('writes no part of what is searched for into the log', async () => {
  await search('?text=secretive');
  expect(JSON.stringify(world.logged)).not.toContain('secretive');
});

it('tells the lists and the last consents of a user', async () => {
  const email = 'ada@example.com';
  const { listId: id } = (await world.call('POST', '/api/lists', { name: 'Readers' })).body;
  await world.call('POST', '/api/lists/subscribe', { listId: id, subscribers: [{ email }] });
  for (const action of ['accept', 'decline']) {
    await world.call('POST', '/api/users/consent', { email, category: 'news', action });
  }
  const updatedAt = expect.stringMatching(/Z$/);
  expect((await world.call('GET', `/api/users/details?email=${email}`)).body).toEqual({
    lists: [{ id, name: 'Readers' }],
    consents: [{ category: 'news', action: 'decline', updatedAt }],
  });
  const empty = { lists: [], consents: [] };
  expect((await world.call('GET', '/api/users/details?userId=ada-browser')).body).toEqual(empty);
  expect((await world.call('GET', '/api/users/details?userId=none')).status).toBe(404);
  expect((await world.call('GET', '/api/users/details')).body.code).toBe('BadParams');
});
