import { type ApiWorld, createApiWorld } from '../../support/api-world';

let world: ApiWorld;

beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const update = (body: object) => world.call('POST', '/api/users/update', body);
const byEmail = async (email: string) => (await world.call('GET', `/api/users/${email}`)).body.user;
const byUserId = async (userId: string) =>
  (await world.call('GET', `/api/users/byUserId/${userId}`)).body.user;

describe('POST /api/users/bulkUpdate', () => {
  const bulk = (body: object) => world.call('POST', '/api/users/bulkUpdate', body);

  it('updates valid users, and says why each other one is refused', async () => {
    await update({ email: 'one@example.com', userId: 'one', dataFields: { seats: 1 } });
    await update({ email: 'two@example.com', userId: 'two' });
    const { status, body } = await bulk({
      users: [
        { email: 'new@example.com', dataFields: { seats: 5, colour: 'red' } },
        { email: 'foo@' },
        { userId: 'x'.repeat(53) },
        { email: 'one@example.com', userId: 'two' },
        { userId: 'two', dataFields: { seats: 'many' } },
        { dataFields: { seats: 2 } },
        { userId: 'one', dataFields: { seats: 3 } },
      ],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      successCount: 2,
      failCount: 5,
      invalidEmails: ['foo@'],
      invalidUserIds: ['x'.repeat(53)],
      createdFields: ['colour'],
      filteredOutFields: [],
      failedUpdates: {
        conflictEmails: ['one@example.com'],
        conflictUserIds: ['two'],
        forgottenEmails: [],
        forgottenUserIds: [],
        invalidDataEmails: [],
        invalidDataUserIds: ['two'],
        invalidEmails: ['foo@'],
        invalidUserIds: ['x'.repeat(53)],
        notFoundEmails: [],
        notFoundUserIds: [],
      },
    });
    expect((await byEmail('new@example.com')).dataFields).toMatchObject({ seats: 5, colour: 'red' });
    expect((await byUserId('one')).dataFields).toMatchObject({ seats: 3 });
    expect((await byUserId('two')).dataFields).not.toHaveProperty('seats');
  });

  it('skips fields that no user has, when asked, and names them', async () => {
    await update({ email: 'known@example.com', dataFields: { known: 'x' } });
    const { body } = await bulk({
      users: [{ email: 'known@example.com', dataFields: { known: 'y', unheardOf: 1 } }],
      createNewFields: false,
    });
    expect(body).toMatchObject({ successCount: 1, createdFields: [], filteredOutFields: ['unheardOf'] });
    const { dataFields } = await byEmail('known@example.com');
    expect(dataFields).toMatchObject({ known: 'y' });
    expect(dataFields).not.toHaveProperty('unheardOf');
  });

  it('enters each user into the journeys that a single update would', async () => {
    const entry = { source: 'newUser' };
    const { body } = await world.call('POST', '/api/journeys', { name: 'Welcome', entry, tiles: [] });
    await world.call('POST', `/api/journeys/${body.id}/publish`);
    await bulk({
      users: [{ email: 'first@example.com' }, { email: 'second@example.com' }, { userId: 'one' }],
    });
    expect((await world.call('GET', '/api/entries')).body.entries).toHaveLength(2);
    expect(world.enqueued).toHaveLength(2);
    await world.call('POST', `/api/journeys/${body.id}/unpublish`);
  });

  it('names a row of another shape, and updates the rest', async () => {
    await update({ email: 'kept@example.com', dataFields: { kept: 1 } });
    const { status, body } = await bulk({
      users: [
        { email: 'late@example.com', dataFields: { kept: 2 } },
        7,
        null,
        { email: 'shape@example.com', userId: 'shape', dataFields: 'none' },
        { userId: 'shapeless', mergeNestedObjects: 'yes' },
        { email: 12, dataFields: {} },
        { userId: 34, dataFields: {} },
        { email: 'foo@', userId: 'fine' },
        { userId: 'fine' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      successCount: 2,
      failCount: 7,
      invalidEmails: ['12', 'foo@'],
      invalidUserIds: ['34'],
      failedUpdates: {
        invalidDataEmails: ['shape@example.com'],
        invalidDataUserIds: ['shapeless'],
        conflictUserIds: [],
      },
    });
    expect((await byEmail('late@example.com')).dataFields).toMatchObject({ kept: 2 });
    expect(await byUserId('fine')).toBeDefined();
  });

  it('updates known users only, when asked, and names the others', async () => {
    await update({ email: 'here@example.com', userId: 'here' });
    const { body } = await bulk({
      updateOnly: true,
      users: [
        { email: 'here@example.com', dataFields: { asked: true } },
        { email: 'absent@example.com', userId: 'absent' },
        { userId: 'missing' },
      ],
    });
    expect(body).toMatchObject({
      successCount: 1,
      failCount: 2,
      failedUpdates: { notFoundEmails: ['absent@example.com'], notFoundUserIds: ['missing'] },
    });
    expect(await byEmail('absent@example.com')).toBeUndefined();
    expect(await byUserId('missing')).toBeUndefined();
  });

  it('keeps the order of one user’s updates', async () => {
    const email = 'ordered@example.com';
    const users = Array.from({ length: 20 }, (_, turn) => ({ email, dataFields: { turn } }));
    expect((await bulk({ users: [...users, { userId: 'between' }] })).body.successCount).toBe(21);
    expect((await byEmail(email)).dataFields).toMatchObject({ turn: 19 });
  });

  it.each([
    ['more than 1,001 users', { users: Array.from({ length: 1_002 }, () => ({})) }],
    ['no users', {}],
  ])('refuses %s', async (_what, body) => {
    const answer = await bulk(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadJsonBody' } });
    expect(Object.keys(answer.body.params)).toEqual(['obj.users']);
  });
});

describe('the fields of one update', () => {
  const fields = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 0]));

  it('are 1,000 at most', async () => {
    const email = 'wide@example.com';
    expect((await update({ email, dataFields: fields(1_001) })).body).toMatchObject({
      code: 'BadJsonBody',
      params: { 'obj.dataFields': [{ msg: [expect.stringContaining('at most 1000 fields')], args: [] }] },
    });
    expect(await byEmail(email)).toBeUndefined();
    expect((await update({ email, dataFields: fields(1_000) })).status).toBe(200);
    expect((await byEmail(email)).dataFields).toHaveProperty('f999', 0);
  });

  it('are refused before the database would fail at their number', async () => {
    const { status, body } = await update({ email: 'wider@example.com', dataFields: fields(66_000) });
    expect([status, body.code]).toEqual([400, 'BadJsonBody']);
  });
});
