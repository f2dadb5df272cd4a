import { type ApiWorld, createApiWorld } from '../../support/api-world';

/** Of each kind that has revisions, how one is made. */
const KINDS = {
  'a webhook': ['/api/journeyWebhooks', { name: 'One', endpoint: 'https://api.example.com/' }],
  'an event webhook': [
    '/api/eventWebhooks',
    { name: 'One', targetUrl: 'https://api.example.com/', eventTypes: ['message.sent'] },
  ],
  'a person': ['/api/people', { email: 'ada@example.com', name: 'One', role: 'viewer' }],
  'a journey': ['/api/journeys', { name: 'One', tiles: [{ id: 'wait', type: 'delay', for: '1 day' }] }],
} as const;

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const put = (url: string, body: unknown, tag?: string) =>
  world.call('PUT', url, body, tag === undefined ? {} : { 'if-match': tag });

describe.each(Object.entries(KINDS))('%s', (_kind, [collection, one]) => {
  let made = 0;
  const make = async () => {
    // No two people have one email.
    const input = 'email' in one ? { ...one, email: `ada${(made += 1)}@example.com` } : one;
    const answer = await world.call('POST', collection, input);
    return { url: `${collection}/${answer.body.id}`, made: answer, input };
  };
  /** As it is read: people are read in their list alone. */
  const read = async (url: string) => {
    if (collection !== '/api/people') return world.call('GET', url);
    const { people } = (await world.call('GET', '/api/people?pageSize=200')).body;
    const body = people.find(({ id }: { id: number }) => url === `/api/people/${id}`);
    return { body, headers: { etag: `"${body.revision}"` } };
  };
  const nameAt = async (url: string) => (await read(url)).body.name;

  it('has a revision that grows with each write, and an ETag on each answer', async () => {
    const { url, made } = await make();
    expect([made.status, made.body.revision, made.headers.etag]).toEqual([201, 1, '"1"']);
    const known = await read(url);
    expect([known.body.revision, known.headers.etag]).toEqual([1, '"1"']);
    const written = await put(url, known.body, '"1"');
    expect([written.status, written.body.revision, written.headers.etag]).toEqual([200, 2, '"2"']);
    expect((await read(url)).headers.etag).toBe('"2"');
  });

  it('is not overwritten or deleted by one who has not seen the last change', async () => {
    const { url, input } = await make();
    await put(url, { ...input, name: 'Two' }, '"1"');
    const stale = await put(url, { ...input, name: 'Three' }, '"1"');
    expect(stale).toMatchObject({ status: 412, body: { code: 'Stale', params: { revision: 2 } } });
    expect(stale.body.params.updatedAt).toMatch(/Z$/);
    const rename = { path: 'name', before: 'One', after: 'Two' };
    expect(stale.body.params.changes).toMatchObject([
      { actor: { type: 'key', name: 'WAYHOOK_API_KEY' }, changes: expect.arrayContaining([rename]) },
    ]);
    const deletion = await world.call('DELETE', url, undefined, { 'if-match': '"1"' });
    expect(deletion).toMatchObject({ status: 412, body: { code: 'Stale' } });
    expect(await nameAt(url)).toBe('Two');
    expect((await world.call('DELETE', url, undefined, { 'if-match': '"2"' })).status).toBeLessThan(300);
  });

  it('is changed by one of two who start from the same revision', async () => {
    const { url, input } = await make();
    const names = ['Two', 'Three'];
    const answers = await Promise.all(names.map((name) => put(url, { ...input, name }, '"1"')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(await nameAt(url)).toBe(names[answers.findIndex(({ status }) => status === 200)]);
  });

  it.each([
    ['"7", "1"', 200, 'one of several'],
    ['*', 200, 'any'],
    ['W/"1"', 412, 'a weak tag, which never matches'],
    ['"7"', 412, 'one to come'],
    ['""', 412, 'an empty tag'],
    ['1', 400, 'no tag'],
    ['"1', 400, 'half a tag'],
    ['', 400, 'nothing'],
  ])('answers If-Match %s with %d: %s', async (tag, status) => {
    const { url, input } = await make();
    expect((await put(url, input, tag)).status).toBe(status);
  });

  it('is written last by the last one, without If-Match', async () => {
    const { url, input } = await make();
    await put(url, { ...input, name: 'Two' });
    expect((await put(url, { ...input, name: 'Three' })).status).toBe(200);
    expect(await nameAt(url)).toBe('Three');
  });

  it('that is not there is not found, whatever If-Match says', async () => {
    for (const tag of ['"1"', '*']) {
      expect((await put(`${collection}/999999`, one, tag)).status).toBe(404);
    }
  });
});

it.each(['publish', 'unpublish'])(
  'a journey is not changed by a stale %s, and its revision grows',
  async (step) => {
    const [collection, input] = KINDS['a journey'];
    const { id } = (await world.call('POST', collection, input)).body;
    const take = (action: string, tag: string) =>
      world.call('POST', `${collection}/${id}/${action}`, undefined, { 'if-match': tag });
    if (step === 'unpublish') await take('publish', '"1"');
    const before = (await world.call('GET', `${collection}/${id}`)).body;
    expect(await take(step, '"9"')).toMatchObject({ status: 412, body: { code: 'Stale' } });
    expect((await world.call('GET', `${collection}/${id}`)).body).toEqual(before);
    const taken = await take(step, `"${before.revision}"`);
    expect([taken.status, taken.headers.etag]).toEqual([200, `"${before.revision + 1}"`]);
  },
);

it('a deleted webhook is not found, though its row has a revision', async () => {
  const [collection, input] = KINDS['a webhook'];
  const { id } = (await world.call('POST', collection, input)).body;
  await world.call('DELETE', `${collection}/${id}`);
  expect((await put(`${collection}/${id}`, input, '"9"')).status).toBe(404);
});
