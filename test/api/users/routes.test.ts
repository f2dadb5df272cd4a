import { type ApiWorld, createApiWorld } from '../../support/api-world';

describe('users', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const update = (body: object) => world.call('POST', '/api/users/update', body);
  const byEmail = async (email: string) =>
    (await world.call('GET', `/api/users/${encodeURIComponent(email)}`)).body;
  const byUserId = async (userId: string) =>
    (await world.call('GET', `/api/users/byUserId/${encodeURIComponent(userId)}`)).body;

  it('are created by an update, and keep fields that a later update does not name', async () => {
    const answer = await update({ email: 'ada@example.com', dataFields: { city: 'London', age: 36 } });
    expect(answer).toMatchObject({ status: 200, body: { msg: '', code: 'Success', params: null } });
    await update({ email: 'ADA@example.com', dataFields: { city: 'Paris' } });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00$/);
    expect(await byEmail('ada@example.com')).toEqual({
      user: {
        email: 'ada@example.com',
        dataFields: { signupDate: time, signupSource: 'API', city: 'Paris', age: 36, profileUpdatedAt: time },
      },
    });
  });

  it('are read by either identifier, three ways', async () => {
    await update({ email: 'x+y@example.com', userId: 'Case & space' });
    const expected = { user: { email: 'x+y@example.com', userId: 'Case & space' } };
    expect(await byEmail('x+y@example.com')).toMatchObject(expected);
    expect(await byUserId('Case & space')).toMatchObject(expected);
    const query = await world.call('GET', '/api/users/getByEmail?email=x%2By%40example.com');
    expect(query.body).toMatchObject(expected);
    expect(await byUserId('case & space')).toEqual({});
  });

  it('are answered without a user when unknown, as Iterable’s clients expect', async () => {
    expect(await byEmail('nobody@example.com')).toEqual({});
    expect(await byUserId('nobody')).toEqual({});
    expect((await world.call('GET', '/api/users/getByEmail?email=nobody@example.com')).status).toBe(200);
    expect(await byEmail('foo@')).toMatchObject({ code: 'InvalidEmailAddressError' });
    expect((await world.call('GET', '/api/users/getByEmail')).body).toMatchObject({ code: 'BadParams' });
  });

  it('have an empty email if they have only a userId, as Iterable’s clients expect', async () => {
    await update({ userId: 'only-id' });
    expect(await byUserId('only-id')).toMatchObject({ user: { email: '', userId: 'only-id' } });
  });

  it('have their objects replaced, or merged when asked', async () => {
    const email = 'nested@example.com';
    await update({ email, dataFields: { home: { city: 'London', zip: { a: 1 } } } });
    await update({ email, dataFields: { home: { zip: { b: 2 } } }, mergeNestedObjects: true });
    expect((await byEmail(email)).user.dataFields.home).toEqual({ city: 'London', zip: { a: 1, b: 2 } });
    await update({ email, dataFields: { home: { street: 'x' } } });
    expect((await byEmail(email)).user.dataFields.home).toEqual({ street: 'x' });
  });

  it('gain a missing identifier, and never change an existing one', async () => {
    await update({ email: 'gain@example.com' });
    expect((await update({ email: 'gain@example.com', userId: 'gained' })).status).toBe(200);
    expect(await byUserId('gained')).toMatchObject({ user: { email: 'gain@example.com' } });
    await update({ email: 'other@example.com', userId: 'other' });
    const refusals = [
      [{ email: 'gain@example.com', userId: 'other' }, 'UserIdAlreadyExists'],
      [{ email: 'gain@example.com', userId: 'new' }, 'UserIdAlreadyExists'],
      [{ email: 'new@example.com', userId: 'gained' }, 'EmailAlreadyExists'],
    ] as const;
    for (const [body, code] of refusals) {
      expect(await update(body)).toMatchObject({ status: 409, body: { code } });
    }
    expect(await byEmail('new@example.com')).toEqual({});
  });

  it('have fields whose types are fixed by their first use, in any user', async () => {
    await update({
      email: 't1@example.com',
      dataFields: { score: 1.5, plan: 'pro', born: '1990-01-31', tags: [] },
    });
    expect((await update({ email: 't2@example.com', dataFields: { score: 2, plan: null } })).status).toBe(
      200,
    );
    const answer = await update({
      email: 't3@example.com',
      dataFields: { score: 'high', plan: 7, fresh: 1 },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'RequestFieldsTypesMismatched' } });
    expect(answer.body.params).toEqual({
      score: expect.stringContaining('double'),
      plan: expect.stringContaining('string'),
    });
    expect(await byEmail('t3@example.com')).toEqual({});
    const { fields } = (await world.call('GET', '/api/users/getFields')).body;
    expect(fields).toMatchObject({ score: 'double', plan: 'string', born: 'date', tags: 'array' });
    expect(fields).not.toHaveProperty('fresh');
  });

  it('have a long that becomes a double by the first fraction, and is so in getFields', async () => {
    const typeOf = async (name: string) =>
      (await world.call('GET', '/api/users/getFields')).body.fields[name];
    const set = async (dataFields: object, more = {}) =>
      (await update({ email: 'wide@example.com', dataFields, ...more })).status;
    expect([await set({ balance: 20 }), await typeOf('balance')]).toEqual([200, 'long']);
    expect([await set({ balance: 19.99, other: 1 }), await typeOf('balance')]).toEqual([200, 'double']);
    expect([await set({ balance: 20 }), await typeOf('balance')]).toEqual([200, 'double']);
    expect([await set({ balance: '20' }), await typeOf('balance')]).toEqual([400, 'double']);
    expect([await set({ other: 0.5 }, { createNewFields: false }), await typeOf('other')]).toEqual([
      200,
      'double',
    ]);
    // A refused update widens nothing.
    await set({ whole: 1 });
    expect([await set({ whole: 1.5, balance: 'x' }), await typeOf('whole')]).toEqual([400, 'long']);
    expect((await byEmail('wide@example.com')).user.dataFields).toMatchObject({
      balance: 20,
      other: 0.5,
      whole: 1,
    });
  });

  it('widen in one bulk call and one list call too, and one after the other at once', async () => {
    const typeOf = async (name: string) =>
      (await world.call('GET', '/api/users/getFields')).body.fields[name];
    const users = (field: string) =>
      [1, 1.5, 2].map((value, n) => ({ email: `bulk${n}@example.com`, dataFields: { [field]: value } }));
    const bulk = await world.call('POST', '/api/users/bulkUpdate', { users: users('bulkField') });
    expect(bulk.body).toMatchObject({ successCount: 3, createdFields: ['bulkField'] });
    const { listId } = (await world.call('POST', '/api/lists', { name: 'Wide' })).body;
    const listed = await world.call('POST', '/api/lists/subscribe', {
      listId,
      subscribers: users('listField'),
    });
    expect(listed.body).toMatchObject({ successCount: 3 });
    const answers = await Promise.all(
      [1, 1.5, 2, 2.5].map((race) => update({ userId: `race${race}`, dataFields: { race } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await Promise.all(['bulkField', 'listField', 'race'].map(typeOf))).toEqual([
      'double',
      'double',
      'double',
    ]);
  });

  it('skip new fields when asked', async () => {
    await update({ email: 'known@example.com', dataFields: { known: 'x' } });
    const dataFields = { known: 'y', unheardOf: 1 };
    await update({ email: 'known@example.com', dataFields, createNewFields: false });
    const user = (await byEmail('known@example.com')).user;
    expect(user.dataFields).toMatchObject({ known: 'y' });
    expect(user.dataFields).not.toHaveProperty('unheardOf');
  });

  it('need a valid identifier', async () => {
    expect((await update({ dataFields: {} })).body).toMatchObject({
      code: 'BadParams',
      msg: expect.stringMatching(/^Either email or userId must be set/),
    });
    expect((await update({ email: 'foo@' })).body.code).toBe('InvalidEmailAddressError');
    expect((await update({ userId: 'x'.repeat(53) })).body.code).toBe('InvalidUserIdError');
    expect((await update({ email: 'a@example.com', dataFields: 7 })).body).toMatchObject({
      code: 'BadJsonBody',
      params: { 'obj.dataFields': [{ msg: ['error.expected.jsobject'], args: [] }] },
    });
  });

  it('change only what is as expected, if asked to', async () => {
    const email = 'expected@example.com';
    await update({ email, dataFields: { plan: 'free', home: { city: 'Ulm', zip: '1' }, gone: null } });
    const write = (dataFields: object, expected: object) => update({ email, dataFields, expected });
    const stale = await write({ plan: 'pro', other: 1 }, { plan: 'team', home: { zip: '1', city: 'Ulm' } });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: 'Stale', params: { fields: { plan: 'free' } } },
    });
    expect((await byEmail(email)).user.dataFields).not.toHaveProperty('other');
    expect((await write({ plan: 'pro' }, { plan: 'free', unheard: null, gone: null })).status).toBe(200);
    const names = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(names.map((plan) => write({ plan }, { plan: 'pro' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect((await byEmail(email)).user.dataFields.plan).toBe(
      names[answers.findIndex(({ status }) => status === 200)],
    );
    // Nobody is made by an update that expects somebody.
    expect((await update({ email: 'nobody@example.com', expected: { plan: 'x' } })).status).toBe(412);
    expect(await byEmail('nobody@example.com')).toEqual({});
  });

  it('lose no concurrent update', async () => {
    const email = 'busy@example.com';
    const names = Array.from({ length: 20 }, (_, index) => `field${index}`);
    const answers = await Promise.all(
      names.map((name) => update({ email, userId: 'busy', dataFields: { [name]: 1, shared: 1 } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(Object.keys((await byEmail(email)).user.dataFields)).toEqual(expect.arrayContaining(names));
  });
});
