import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { NO_KEY, PASSWORD, sessionIn, type SignedIn, signInAs } from '../../support/signed-in';

let world: ApiWorld;
let ada: SignedIn;
beforeAll(async () => void (world = await createApiWorld()));
beforeEach(async () => {
  await world.db.execute(sql`delete from sign_in_tries`);
  ada = await signInAs(world, 'marketer');
});
afterAll(() => world.close());

const who = ({ call }: Pick<SignedIn, 'call'>) => call('GET', '/api/session');
const ended = { status: 401, body: { code: 'SessionEnded' } };
const newList = { name: 'Readers' };

describe('a session', () => {
  it('says who calls and what they may do', async () => {
    expect((await who(ada)).body).toEqual({
      person: { id: ada.id, email: ada.email, name: 'A marketer', role: 'marketer' },
      scopes: ['read', 'journeys', 'trigger'],
      manageIntegrations: false,
      csrfToken: ada.csrfToken,
    });
    expect((await world.call('GET', '/api/session')).body).toEqual({
      ...{ person: null, scopes: ['admin'], manageIntegrations: true, csrfToken: null },
    });
  });

  it('is stored as a hash of its token', async () => {
    const token = ada.cookie.split('=')[1]!;
    const [row] = await rowsOf<{ text: string; hash: Uint8Array }>(
      world.db,
      sql`select row_to_json(sessions)::text as text, token_hash as hash from sessions where person_id = ${ada.id}`,
    );
    expect(row!.text).not.toContain(token);
    expect(row!.hash).toHaveLength(32);
  });

  it.each([
    ['12 hours without a request', 'used_at', '12 hours', '11 hours 59 minutes'],
    ['30 days in any case', 'created_at', '30 days', '29 days 23 hours'],
  ])('ends after %s', async (_what, column, over, within) => {
    const age = (by: string) =>
      world.db.execute(sql`
        update sessions set ${sql.identifier(column)} = now() - ${by}::interval where person_id = ${ada.id}`);
    await age(within);
    expect((await who(ada)).status).toBe(200);
    await age(over);
    expect(await who(ada)).toMatchObject(ended);
  });

  it('begins its 12 hours anew with a request', async () => {
    await world.db.execute(sql`
      update sessions set used_at = now() - interval '11 hours' where person_id = ${ada.id}`);
    await who(ada);
    const [row] = await rowsOf<{ young: boolean }>(
      world.db,
      sql`select used_at > now() - interval '1 minute' as young from sessions where person_id = ${ada.id}`,
    );
    expect(row!.young).toBe(true);
  });

  it('ends when its person signs out, and its cookie goes', async () => {
    const answer = await ada.call('DELETE', '/api/session');
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toBe('wayhook_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
    expect(await who(ada)).toMatchObject(ended);
  });

  it('ends at once when its person is removed', async () => {
    expect((await world.call('DELETE', `/api/people/${ada.id}`)).status).toBe(204);
    expect(await who(ada)).toMatchObject(ended);
    expect(await ada.call('POST', '/api/journeys', {})).toMatchObject(ended);
    expect((await ada.signInAgain()).body.code).toBe('BadCredentials');
  });

  it('goes on with what its person may do now, from the next request on', async () => {
    const journey = { name: 'J', tiles: [] };
    expect((await ada.call('POST', '/api/journeys', journey)).status).toBe(201);
    const values = { email: ada.email, name: 'Ada', role: 'viewer' };
    await world.call('PUT', `/api/people/${ada.id}`, values);
    expect((await ada.call('POST', '/api/journeys', journey)).status).toBe(403);
    await world.call('PUT', `/api/people/${ada.id}`, { ...values, role: 'admin' });
    expect((await ada.call('POST', '/api/journeys', journey)).status).toBe(201);
    expect((await ada.call('GET', '/api/people')).status).toBe(200);
  });

  it('is answered in Iterable’s codes where the call is Iterable’s', async () => {
    await ada.call('DELETE', '/api/session');
    expect(await ada.call('GET', '/api/lists')).toMatchObject({ status: 401, body: { code: 'BadApiKey' } });
  });

  it('is none for a cookie that came twice, of which one may be somebody else’s', async () => {
    const other = await signInAs(world, 'admin');
    const cookie = `${other.cookie}; ${ada.cookie}`;
    expect((await ada.call('GET', '/api/session', undefined, { cookie })).body.code).toBe('BadApiKey');
    expect(
      (await ada.call('GET', '/api/session', undefined, { cookie: `a=1; ${ada.cookie}; b` })).status,
    ).toBe(200);
  });

  it.each(['', 'x', 'A'.repeat(43), 'A'.repeat(10_000), "'; drop table sessions; --", '%00'])(
    'is none for a cookie with %s',
    async (token) => {
      const cookie = `wayhook_session=${token}`;
      const answer = await world.call('GET', '/api/session', undefined, { ...NO_KEY, cookie });
      expect(answer.status).toBe(401);
    },
  );

  it('gives way to an API key, wrong or right', async () => {
    const key = await world.keyWith('read');
    const as = async (value: string) =>
      (await ada.call('GET', '/api/session', undefined, { 'api-key': value })).body;
    expect(await as(key)).toMatchObject({ person: null, scopes: ['read'] });
    expect(await as('wrong')).toMatchObject({ code: 'BadApiKey' });
  });
});

describe('a change with the cookie of a session', () => {
  const change = (headers: Record<string, string | undefined>) =>
    ada.call('POST', '/api/lists', newList, headers);

  it('is made from our own page, with its token', async () => {
    expect((await change({})).status).toBe(200);
    const plainHttp = { 'sec-fetch-site': undefined, origin: 'http://10.0.0.5:8080', host: '10.0.0.5:8080' };
    // Listening on loopback, the server answers to names of loopback alone.
    const local = { ...plainHttp, origin: 'http://localhost:8080', host: 'localhost:8080' };
    expect((await change(local)).status).toBe(200);
    expect((await change({ ...local, origin: 'https://localhost:8080' })).status).toBe(200);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['without the token', { 'x-csrf-token': undefined }],
    ['with an empty token', { 'x-csrf-token': '' }],
    ['with another token', { 'x-csrf-token': 'A'.repeat(43) }],
    ['from a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['from no page', { 'sec-fetch-site': 'none' }],
    ['from nowhere', { 'sec-fetch-site': undefined }],
    [
      'from another port, where browsers send no Sec-Fetch-Site',
      { 'sec-fetch-site': undefined, origin: 'http://localhost:3000', host: 'localhost:8080' },
    ],
    ['from a page without an origin', { 'sec-fetch-site': undefined, origin: 'null' }],
  ])('is refused %s', async (_what, headers) => {
    const before = (await world.call('GET', '/api/lists')).body.lists.length;
    const answer = await change(headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
    expect(JSON.stringify(answer.body)).not.toContain(ada.csrfToken);
    expect((await world.call('GET', '/api/lists')).body.lists).toHaveLength(before);
  });

  it('is refused with the token of another session', async () => {
    const other = await signInAs(world, 'marketer');
    expect((await change({ 'x-csrf-token': other.csrfToken })).status).toBe(403);
  });

  it('needs none of it to read', async () => {
    const bare = { 'sec-fetch-site': undefined, 'x-csrf-token': undefined };
    expect((await ada.call('GET', '/api/lists', undefined, bare)).status).toBe(200);
  });

  it('may have an Idempotency-Key, which is the person’s own', async () => {
    const other = await signInAs(world, 'marketer');
    const key = { 'idempotency-key': 'mine' };
    const first = await change(key);
    expect((await change(key)).body).toEqual(first.body);
    expect((await other.call('POST', '/api/lists', newList, key)).body).not.toEqual(first.body);
  });
});

describe('the list of sessions', () => {
  it('has a person’s own, which they can end', async () => {
    const phone = sessionIn(world.call, await ada.signInAgain());
    const { sessions } = (await ada.call('GET', '/api/sessions')).body;
    expect(sessions).toMatchObject([
      { person: { id: ada.id }, current: false, address: '127.0.0.1', userAgent: expect.any(String) },
      { person: { id: ada.id }, current: true },
    ]);
    expect((await ada.call('DELETE', `/api/sessions/${sessions[0].id}`)).status).toBe(204);
    expect(await who(phone)).toMatchObject(ended);
    expect((await who(ada)).status).toBe(200);
  });

  it('has everybody’s for administrators alone', async () => {
    const admin = await signInAs(world, 'admin');
    const all = (await admin.call('GET', `/api/sessions?personId=${ada.id}`)).body.sessions;
    expect(all).toMatchObject([{ person: { email: ada.email } }]);
    const own = (await admin.call('GET', `/api/sessions?personId=${admin.id}`)).body.sessions[0].id;
    expect((await ada.call('DELETE', `/api/sessions/${own}`)).status).toBe(404);
    expect((await ada.call('GET', `/api/sessions?personId=${admin.id}`)).body.sessions).toMatchObject([
      { person: { id: ada.id } },
    ]);
    expect((await admin.call('DELETE', `/api/sessions/${all[0].id}`)).status).toBe(204);
    expect(await who(ada)).toMatchObject(ended);
    const reader = { 'api-key': await world.keyWith('read') };
    expect((await world.call('GET', '/api/sessions', undefined, reader)).status).toBe(403);
  });
});

describe('a new password of one’s own', () => {
  const change = (currentPassword: string, newPassword: string) =>
    ada.call('PUT', '/api/session/password', { currentPassword, newPassword });

  it('ends all sessions and begins another', async () => {
    const phone = sessionIn(world.call, await ada.signInAgain());
    const answer = await change(PASSWORD, 'nine purple umbrellas');
    expect(answer.status).toBe(200);
    expect(await who(ada)).toMatchObject(ended);
    expect(await who(phone)).toMatchObject(ended);
    expect((await who(sessionIn(world.call, answer))).status).toBe(200);
    expect((await ada.signInAgain()).body.code).toBe('BadCredentials');
  });

  it('needs the current one, and ten wrong ones lock it too', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect((await change('wrong and secret words', 'nine purple umbrellas')).body.code).toBe(
        'BadCredentials',
      );
    }
    expect((await change(PASSWORD, 'nine purple umbrellas')).status).toBe(429);
    expect((await who(ada)).status).toBe(200);
  });

  it('is refused where it would be refused to a newcomer', async () => {
    expect((await change(PASSWORD, 'short')).body.params).toHaveProperty('newPassword');
    expect((await change(PASSWORD, ada.email)).body.params).toHaveProperty('newPassword');
  });

  it('is nothing that an API key has', async () => {
    const body = { currentPassword: PASSWORD, newPassword: 'nine purple umbrellas' };
    expect((await world.call('PUT', '/api/session/password', body)).status).toBe(403);
    expect((await world.call('DELETE', '/api/session')).status).toBe(403);
  });
});
