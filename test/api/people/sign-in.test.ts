import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { inviteFirst } from '../../../src/usecases/people/welcome';
import { type Answer, type ApiWorld, createApi, createApiWorld } from '../../support/api-world';
import { codeIn, NO_KEY, PASSWORD, sessionIn, signInAs } from '../../support/signed-in';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
beforeEach(() => world.db.execute(sql`delete from sign_in_tries`));
afterAll(() => world.close());

const signIn = (email: string, password: string, headers = {}, site = world): Promise<Answer> =>
  site.call('POST', '/api/session', { email, password }, { ...NO_KEY, ...headers });
const welcome = (body: object, site = world): Promise<Answer> =>
  site.call('POST', '/api/welcome', body, NO_KEY);
const check = (code: string): Promise<Answer> => world.call('POST', '/api/welcome/check', { code }, NO_KEY);
const linkOf = async (id: number) => codeIn((await world.call('POST', `/api/people/${id}/invite`)).body.link);
const setCookie = ({ headers }: Answer) => String(headers['set-cookie']);

describe('the first administrator', () => {
  let empty: ApiWorld;
  beforeAll(async () => void (empty = await createApiWorld()));
  afterAll(() => empty.close());
  const FIRST = { email: 'Grace@Example.com', name: 'Grace', password: 'a compiler is a translator' };

  it('sets a password with a link that exists only while there is no administrator, and once', async () => {
    const replaced = (await inviteFirst(empty.db))!;
    const { code } = (await inviteFirst(empty.db))!;
    expect((await welcome({ ...FIRST, code: replaced.code }, empty)).body.code).toBe('Gone');
    expect(await welcome({ code, password: FIRST.password }, empty)).toMatchObject({
      status: 400,
      body: { params: { email: expect.any(String), name: expect.any(String) } },
    });
    const answers = await Promise.all([1, 2, 3].map(() => welcome({ ...FIRST, code }, empty)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    expect(answers.find(({ status }) => status === 200)!.body.person).toEqual({
      ...{ id: expect.any(Number), email: 'grace@example.com', name: 'Grace', role: 'admin' },
    });
    expect(await inviteFirst(empty.db)).toBeUndefined();
    expect((await signIn('GRACE@example.com', FIRST.password, {}, empty)).status).toBe(200);
  });

  it('keeps their link when others are added first, until an administrator is', async () => {
    const other = await createApiWorld();
    const viewer = await signInAs(other, 'viewer');
    const { code } = (await inviteFirst(other.db))!;
    expect((await other.call('POST', '/api/welcome/check', { code }, NO_KEY)).body.person).toBeNull();
    expect(await welcome({ ...FIRST, email: viewer.email, code }, other)).toMatchObject({
      status: 400,
      body: { params: { email: expect.stringContaining('another role') } },
    });
    await signInAs(other, 'admin');
    const late = {
      status: 410,
      body: { code: 'Gone', msg: expect.stringContaining('for the first administrator') },
    };
    expect(await welcome({ ...FIRST, code }, other)).toMatchObject(late);
    expect(await other.call('POST', '/api/welcome/check', { code }, NO_KEY)).toMatchObject(late);
    expect(await inviteFirst(other.db)).toBeUndefined();
    await other.close();
  });
});

describe('a one-time link', () => {
  const newPerson = async () => {
    const email = `ada${Math.random()}@example.com`;
    return (await world.call('POST', '/api/people', { email, name: 'Ada', role: 'marketer' })).body;
  };

  it('shows whom it is for, sets a password and signs in', async () => {
    const { id, email } = await newPerson();
    const answer = await world.call('POST', `/api/people/${id}/invite`);
    expect(answer.body.link).toMatch(/^http:\/\/localhost\/welcome#code=[\w-]{43}$/);
    const days = (Date.parse(answer.body.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
    const code = codeIn(answer.body.link);
    expect((await check(code)).body).toMatchObject({ person: { id, email, name: 'Ada', role: 'marketer' } });
    const { status, body } = await welcome({ code, password: PASSWORD });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        person: { id, email, name: 'Ada', role: 'marketer' },
        scopes: ['read', 'journeys', 'trigger'],
        manageIntegrations: false,
        csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  it.each<[string, (id: number, code: string) => Promise<unknown>]>([
    ['used', (_id, code) => welcome({ code, password: PASSWORD })],
    ['expired', () => world.db.execute(sql`update invitations set expires_at = now() - interval '1 second'`)],
    ['replaced by a newer one', (id) => linkOf(id)],
    ['of a person who was removed', (id) => world.call('DELETE', `/api/people/${id}`)],
    ['changed in one letter', async () => undefined],
  ])('is refused when it is %s', async (what, spoil) => {
    const { id } = await newPerson();
    const made = await linkOf(id);
    await spoil(id, made);
    const code = what.startsWith('changed') ? `${made.slice(0, -2)}AA` : made;
    const refused = { status: 410, body: { code: 'Gone', params: null } };
    expect(await check(code)).toMatchObject(refused);
    expect(await welcome({ code, password: PASSWORD })).toMatchObject(refused);
  });

  it.each([
    ['short', 'eleven char', '12 characters'],
    ['repeated', 'aaaaaaaaaaaabbbb', 'repeats'],
    ['their own name', 'Ada Lovelace the First', 'name'],
    ['too long', 'x1y2z3'.repeat(200), '1024'],
  ])('is not used up by a password that is %s', async (_what, password, message) => {
    const values = { email: `l${Math.random()}@example.com`, name: 'ada lovelace the first', role: 'viewer' };
    const code = await linkOf((await world.call('POST', '/api/people', values)).body.id);
    const answer = await welcome({ code, password });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.params.password).toContain(message);
    expect(JSON.stringify(answer.body)).not.toContain(password);
    expect((await welcome({ code, password: PASSWORD })).status).toBe(200);
  });

  it('does not let anybody else be named than whom it is for', async () => {
    const { id } = await newPerson();
    const code = await linkOf(id);
    const { body } = await welcome({
      code,
      password: PASSWORD,
      email: 'mallory@example.com',
      name: 'Mallory',
    });
    expect(Object.keys(body.params)).toEqual(['email', 'name']);
    expect((await check(code)).status).toBe(200);
  });

  it('replaces a lost password, ends open sessions and unlocks the account', async () => {
    const { id, email, call } = await signInAs(world, 'viewer');
    for (let count = 0; count < 11; count += 1) await signIn(email, 'something else entirely');
    await world.db.execute(sql`delete from sign_in_tries where count < 10`);
    const code = await linkOf(id);
    expect((await welcome({ code, password: 'nine purple umbrellas' })).status).toBe(200);
    expect((await call('GET', '/api/session')).body.code).toBe('SessionEnded');
    expect((await signIn(email, PASSWORD, {}, await elsewhere())).body.code).toBe('BadCredentials');
    expect((await signIn(email, 'nine purple umbrellas', {}, await elsewhere())).status).toBe(200);
  });
});

/** The same API, asked from another address: a proxy is believed about it. */
const opened: ApiWorld[] = [];
let address = 0;
async function elsewhere(): Promise<ApiWorld> {
  const listening = { ...LISTENING, trustedProxies: ['127.0.0.1/32'] };
  const api = await createApi(world, { listening });
  opened.push(api);
  address += 1;
  const from = { 'x-forwarded-for': `203.0.113.${address}` };
  return {
    ...api,
    call: (method, url, body, headers) => api.call(method, url, body, { ...from, ...headers }),
  };
}
const LISTENING = { host: '127.0.0.1', url: undefined, publicUrl: 'http://localhost' };
afterAll(async () => void (await Promise.all(opened.map((api) => api.close()))));

describe('a password', () => {
  it('is stored as an Argon2id hash with its parameters, and stands in no log', async () => {
    const { email } = await signInAs(world, 'viewer');
    await signIn(email, 'wrong and secret words');
    const [row] = await rowsOf<{ hash: string; text: string }>(
      world.db,
      sql`select password_hash as hash, row_to_json(people)::text as text from people where email = ${email}`,
    );
    expect(row!.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const audit = JSON.stringify((await world.call('GET', '/api/auditLog?pageSize=200')).body);
    for (const text of [row!.text, audit, JSON.stringify(world.logged)]) {
      expect(text).not.toMatch(/bicycles|secret words/);
    }
  });

  it('is the same however its letters are composed, and counts in characters', async () => {
    const composed = 'Ärger über Öl \u{1F6B2}'.normalize('NFC');
    const { email } = await signInAs(world, 'viewer', composed.normalize('NFD'));
    expect((await signIn(email, composed)).status).toBe(200);
    expect((await signIn(email, composed.normalize('NFD'))).status).toBe(200);
    expect((await signIn(email, composed.toLowerCase())).status).toBe(401);
  });

  it('may be 1,024 characters long, each of which counts', async () => {
    const long = 'correct horse battery '.repeat(50).slice(0, 1_024);
    const { email } = await signInAs(world, 'viewer', long);
    expect((await signIn(email, long)).status).toBe(200);
    expect((await signIn(email, `${long.slice(0, -1)}!`)).status).toBe(401);
    expect((await signIn(email, `${long}!`)).body.code).toBe('BadParams');
  });

  it('is refused the same way for an account that does not exist, and after the same work', async () => {
    const { email } = await signInAs(world, 'viewer');
    const { email: invited } = (
      await world.call('POST', '/api/people', { email: 'invited@example.com', name: 'I', role: 'viewer' })
    ).body;
    const [known, unknown, without] = await Promise.all(
      [email, 'nobody@example.com', invited].map((one) => signIn(one, 'wrong and secret words')),
    );
    expect(known).toMatchObject({ status: 401, body: { code: 'BadCredentials', params: null } });
    expect([unknown!.status, unknown!.body]).toEqual([401, known!.body]);
    expect([without!.status, without!.body]).toEqual([401, known!.body]);
    const cpuOf = async (one: string) => {
      await world.db.execute(sql`delete from sign_in_tries`);
      const times: number[] = [];
      for (let count = 0; count < 5; count += 1) {
        const start = process.cpuUsage();
        await signIn(one, 'wrong and secret words');
        times.push(process.cpuUsage(start).user);
      }
      return Math.min(...times);
    };
    // Without the hash, the rest of a request takes a tenth of it.
    const [forKnown, forUnknown] = [await cpuOf(email), await cpuOf('nobody@example.com')];
    expect(forUnknown / forKnown).toBeGreaterThan(0.5);
    expect(forUnknown / forKnown).toBeLessThan(2);
  });

  it.each([
    [{ email: 'a@example.com' }],
    [{ password: 'x' }],
    [{ email: 'a', password: 'x' }],
    [{ role: 'admin' }],
  ])('is not looked at in %j', async (body) => {
    expect(await world.call('POST', '/api/session', body, NO_KEY)).toMatchObject({
      ...{ status: 400, body: { code: 'BadParams' } },
    });
  });
});

describe('ten wrong passwords', () => {
  it('lock the account, from every address, also one that does not exist', async () => {
    const { email } = await signInAs(world, 'viewer');
    for (const one of [email, 'no.such.person@example.com']) {
      const answers: Answer[] = [];
      for (let count = 0; count < 10; count += 1) {
        answers.push(await signIn(one, 'wrong and secret words', {}, await elsewhere()));
      }
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(401));
      const locked = await signIn(one, PASSWORD, {}, await elsewhere());
      expect(locked).toMatchObject({ status: 429, body: { code: 'RateLimitExceeded' } });
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(890);
      expect(Number(locked.headers['retry-after'])).toBeLessThanOrEqual(900);
      expect(locked.body.msg).toBe('There were too many wrong passwords. Try again in 15 minutes.');
    }
  });

  it('lock the address for every account, and no account after that', async () => {
    const { email } = await signInAs(world, 'viewer');
    const there = await elsewhere();
    for (let count = 0; count < 10; count += 1) await signIn(`a${count}@example.com`, PASSWORD, {}, there);
    for (let count = 0; count < 12; count += 1) {
      expect((await signIn(email, PASSWORD, {}, there)).status).toBe(429);
    }
    expect((await signIn(email, PASSWORD, {}, await elsewhere())).status).toBe(200);
  });

  it('are ten also when they come at once', async () => {
    const { email } = await signInAs(world, 'viewer');
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => signIn(email, 'wrong and secret words')),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });

  it('are forgotten after a while, and a lock grows no longer by more tries', async () => {
    const { email } = await signInAs(world, 'viewer');
    for (let count = 0; count < 10; count += 1) await signIn(email, 'wrong and secret words');
    await world.db.execute(sql`update sign_in_tries set until = until - interval '14 minutes'`);
    const { headers, body } = await signIn(email, PASSWORD);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(body.msg).toContain('in 1 minute.');
    await world.db.execute(sql`update sign_in_tries set until = now() - interval '1 second'`);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  it('do not come together when right ones are between them', async () => {
    const { email } = await signInAs(world, 'viewer');
    const there = await elsewhere();
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 3; count += 1) await signIn(email, 'wrong and secret words', {}, there);
      expect((await signIn(email, PASSWORD, {}, there)).status).toBe(200);
    }
  });

  it('count one IPv6 network as one address, and no other', async () => {
    const listening = { ...LISTENING, trustedProxies: ['127.0.0.1/32'] };
    const api = await createApi(world, { listening });
    opened.push(api);
    const from = (ip: string) => signIn('b@example.com', PASSWORD, { 'x-forwarded-for': ip }, api);
    for (let count = 0; count < 10; count += 1) await from(`2001:db8:1:2::${count + 1}`);
    await world.db.execute(sql`delete from sign_in_tries where subject = sha256('email b@example.com')`);
    expect((await from('2001:DB8:1:2:ffff:1:2:3')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(401);
  });

  it('of one client cannot be spread by a header that no proxy of ours set', async () => {
    for (let count = 0; count < 10; count += 1) {
      await signIn(`c${count}@example.com`, PASSWORD, { 'x-forwarded-for': `203.0.114.${count}` });
    }
    expect((await signIn('d@example.com', PASSWORD, { 'x-forwarded-for': '203.0.114.99' })).status).toBe(429);
  });
});

describe('signing in', () => {
  it('gives a new token each time, whatever cookie was there before', async () => {
    const { email, cookie } = await signInAs(world, 'viewer');
    const planted = `wayhook_session=${'A'.repeat(43)}`;
    const answer = await signIn(email, PASSWORD, { cookie: planted });
    expect(setCookie(answer)).not.toContain('AAAA');
    expect(setCookie(answer).split(';')[0]).not.toBe(cookie);
    expect((await world.call('GET', '/api/session', undefined, { ...NO_KEY, cookie: planted })).status).toBe(
      401,
    );
  });

  it('sets a cookie that scripts and other sites do not get', async () => {
    const { email } = await signInAs(world, 'viewer');
    expect(setCookie(await signIn(email, PASSWORD))).toMatch(
      /^wayhook_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const secure =
      /^__Host-wayhook_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/;
    const https = await createApi(world, {
      listening: { ...LISTENING, publicUrl: 'https://wayhook.example.com' },
    });
    opened.push(https);
    expect(setCookie(await signIn(email, PASSWORD, {}, https))).toMatch(secure);
    const proxied = { host: 'localhost', origin: 'https://localhost' };
    expect(setCookie(await signIn(email, PASSWORD, proxied))).toMatch(secure);
    const answer = await signIn(email, PASSWORD, {}, https);
    const { call, cookie } = sessionIn(https.call, answer);
    expect((await call('GET', '/api/session')).status).toBe(200);
    // Another port of the machine can set a cookie of this name, but not of the one with the prefix.
    const plain = cookie.replace('__Host-', '');
    expect((await call('GET', '/api/session', undefined, { cookie: plain })).body.code).toBe('BadApiKey');
  });

  it.each([
    [{ origin: 'http://localhost:3000', host: 'localhost:8080' }],
    [{ origin: 'https://evil.example', host: 'localhost' }],
    [{ origin: 'null', host: 'localhost' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost' }],
  ])('is refused for a page with %j', async (headers) => {
    const { email } = await signInAs(world, 'viewer');
    const answer = await signIn(email, PASSWORD, headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('puts nothing of a name or a browser into headers', async () => {
    const values = { email: 'h@example.com', name: 'A\r\nSet-Cookie: x=1', role: 'viewer' };
    const { body } = await world.call('POST', '/api/people', values);
    const code = await linkOf(body.id);
    const answer = await welcome({ code, password: PASSWORD });
    expect(answer.headers['set-cookie']).toMatch(/^wayhook_session=[\w-]{43};/);
    expect(JSON.stringify(answer.headers)).not.toContain('x=1');
  });
});
