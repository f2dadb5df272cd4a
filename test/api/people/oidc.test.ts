import { createIdentityProvider } from '../../../src/identity/provider';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import {
  type Lies,
  type RealProvider,
  signInThere,
  startIdentityProvider,
} from '../../support/network/identity-provider';
import { NO_KEY, sessionIn } from '../../support/signed-in';

const PUBLIC_URL = 'http://localhost';
const CALLBACK = `${PUBLIC_URL}/api/oidc/callback`;
let provider: RealProvider;
let world: ApiWorld;

beforeAll(async () => {
  provider = await startIdentityProvider(CALLBACK);
  world = await createApiWorld({ oidc: createIdentityProvider(provider) });
});
afterAll(async () => {
  await world.close();
  await provider.stop();
});

const open = (url: string, cookie?: string) => world.call('GET', url, undefined, { ...NO_KEY, cookie });
const cookieIn = ({ headers }: Answer, name: string) =>
  [headers['set-cookie']]
    .flat()
    .map((cookie) => String(cookie).split(';')[0]!)
    .find((cookie) => cookie.startsWith(`${name}=`))!;

/** The browser goes to the provider, where somebody signs in, and comes back. */
async function comeBack(login: string, next = '/journeys') {
  const begun = await open(`/api/oidc/start?next=${encodeURIComponent(next)}`);
  const cookie = cookieIn(begun, 'wayhook_oidc');
  const back = new URL(await signInThere(String(begun.headers.location), login));
  return { cookie, path: `${back.pathname}${back.search}`, begun };
}

async function signIn(login: string, next?: string): Promise<Answer> {
  const { cookie, path } = await comeBack(login, next);
  return open(path, cookie);
}

async function add(email: string): Promise<number> {
  return (await world.call('POST', '/api/people', { email, name: 'Ada', role: 'marketer' })).body.id;
}

const leadsTo = ({ status, headers }: Answer) => [status, headers.location];
const refused = (why: string) => [302, `${PUBLIC_URL}/sign-in?failed=${why}&next=%2Fjourneys`];

it('says where people may sign in', async () => {
  expect((await open('/api/oidc')).body).toEqual({
    provider: { name: new URL(provider.issuer).host, url: `${PUBLIC_URL}/api/oidc/start` },
  });
});

it('signs in whom an administrator has added, by an email that the provider vouches for', async () => {
  const id = await add('ada@example.com');
  await provider.know({ ada: { email: 'Ada@Example.com', email_verified: true } });
  const answer = await signIn('ada');
  expect(leadsTo(answer)).toEqual([302, `${PUBLIC_URL}/journeys`]);
  const cookie = cookieIn(answer, 'wayhook_session');
  const session = await open('/api/session', cookie);
  expect(session.body).toMatchObject({ person: { id, role: 'marketer' } });
  const ours = sessionIn(world.call, { ...session, headers: { 'set-cookie': cookie } });
  expect((await ours.call('DELETE', '/api/session')).status).toBe(204);

  const { changes } = (await world.call('GET', `/api/auditLog?actor=person:${id}`)).body;
  expect(changes.map(({ action }: { action: string }) => action)).toEqual([
    ...['session.delete', 'session.create', 'person.update'],
  ]);
});

it('knows them from then on by what the provider calls them, whatever their email is there', async () => {
  const id = await add('grace@example.com');
  await provider.know({ grace: { email: 'grace@example.com', email_verified: true } });
  await signIn('grace');
  await provider.know({
    grace: { email: 'g.hopper@example.com', email_verified: false },
    // Somebody else has been given the email there.
    impostor: { email: 'grace@example.com', email_verified: true },
  });
  const answer = await signIn('grace');
  const session = await open('/api/session', cookieIn(answer, 'wayhook_session'));
  expect(session.body.person.id).toBe(id);
  expect(leadsTo(await signIn('impostor'))).toEqual(refused('taken'));
  // Another email here: who it is has to be said anew.
  await world.call('PUT', `/api/people/${id}`, {
    ...{ email: 'hopper@example.com', name: 'Grace', role: 'viewer' },
  });
  expect(leadsTo(await signIn('grace'))).toEqual(refused('unverified'));
});

it.each([true, false])('takes the email where the provider tells it: in the token, %s', async (isInToken) => {
  await provider.tellEmailInToken(isInToken);
  const login = `edsger${isInToken}`;
  await add(`${login}@example.com`);
  await provider.know({ [login]: { email: `${login}@example.com`, email_verified: true } });
  expect(leadsTo(await signIn(login))).toEqual([302, `${PUBLIC_URL}/journeys`]);
});

it('refuses whom nobody has added, and an email that the provider does not vouch for', async () => {
  await provider.know({
    mallory: { email: 'mallory@example.com', email_verified: true },
    claimant: { email: 'ada@example.com', email_verified: false },
    nameless: {},
  });
  const answer = await signIn('mallory');
  expect(leadsTo(answer)).toEqual(refused('unknown'));
  expect(cookieIn(answer, 'wayhook_session')).toBeUndefined();
  expect(leadsTo(await signIn('claimant'))).toEqual(refused('unverified'));
  expect(leadsTo(await signIn('nameless'))).toEqual(refused('unverified'));
});

it('shuts out whoever is removed', async () => {
  const id = await add('niklaus@example.com');
  await provider.know({ niklaus: { email: 'niklaus@example.com', email_verified: true } });
  const cookie = cookieIn(await signIn('niklaus'), 'wayhook_session');
  await world.call('DELETE', `/api/people/${id}`);
  expect((await open('/api/session', cookie)).status).toBe(401);
  expect(leadsTo(await signIn('niklaus'))).toEqual(refused('unknown'));
});

it('takes an answer only from the browser that asked, once, and as it was asked', async () => {
  const { cookie, path } = await comeBack('ada');
  const expired = [302, `${PUBLIC_URL}/sign-in?failed=expired`];
  expect(leadsTo(await open(path))).toEqual(expired);
  expect(leadsTo(await open(path, 'wayhook_oidc=forged'))).toEqual(expired);
  // Of another attempt: its state is another one.
  const other = await comeBack('ada');
  expect(leadsTo(await open(path, other.cookie))).toEqual(refused('failed'));
  const used = await open(path, cookie);
  expect(leadsTo(used)).toEqual([302, `${PUBLIC_URL}/journeys`]);
  expect(cookieIn(used, 'wayhook_oidc')).toBe('wayhook_oidc=');
  expect(leadsTo(await open('/api/oidc/callback?error=access_denied', other.cookie))).toEqual(
    refused('failed'),
  );
});

it('refuses an answer that is not the provider’s, or not to this sign-in', async () => {
  const { begin, finish } = createIdentityProvider(provider);
  const { url, attempt } = await begin(CALLBACK);
  const answered = async () => new URL(await signInThere(url, 'ada'));
  const another = 'a'.repeat(43);
  for (const wrong of ['state', 'nonce', 'verifier']) {
    await expect(finish(await answered(), { ...attempt, [wrong]: another })).rejects.toThrow();
  }
  const elsewhere = await answered();
  elsewhere.searchParams.set('iss', 'https://evil.example');
  await expect(finish(elsewhere, attempt)).rejects.toThrow();
  const forged = await answered();
  forged.searchParams.set('code', another);
  await expect(finish(forged, attempt)).rejects.toThrow();
  expect(await finish(await answered(), attempt)).toMatchObject({
    ...{ issuer: provider.issuer, subject: 'ada', emailVerified: true },
  });
});

const ANOTHER = 'another application';
it.each<[string, Lies]>([
  ['for another application', { token: { aud: ANOTHER } }],
  ['for another application too, which asked for it', { token: { aud: ['wayhook', ANOTHER], azp: ANOTHER } }],
  ['of another provider', { token: { iss: 'https://another.example' } }],
  ['that has expired', { token: { exp: Math.floor(Date.now() / 1_000) - 3_600 } }],
  ['of somebody else than it then tells about', { userinfo: { sub: 'another' } }],
])('refuses a token %s, though the provider has signed it', async (what, lies) => {
  await provider.tellEmailInToken(false);
  const login = `alan ${what}`;
  const email = `${login.replaceAll(/\W/g, '.')}@example.com`;
  await add(email);
  await provider.know({ [login]: { email, email_verified: true } });
  await provider.lie(lies);
  const answer = await signIn(login);
  await provider.lie({});
  expect(leadsTo(answer)).toEqual(refused('failed'));
  expect(cookieIn(answer, 'wayhook_session')).toBeUndefined();
  expect(leadsTo(await signIn(login))).toEqual([302, `${PUBLIC_URL}/journeys`]);
});

it('believes the token, which is signed, about an email that the provider tells otherwise when asked', async () => {
  await provider.tellEmailInToken(true);
  const id = await add('barbara@example.com');
  await add('victim@example.com');
  await provider.know({ barbara: { email: 'barbara@example.com', email_verified: true } });
  await provider.lie({ userinfo: { email: 'victim@example.com' } });
  const cookie = cookieIn(await signIn('barbara'), 'wayhook_session');
  await provider.lie({});
  expect((await open('/api/session', cookie)).body.person.id).toBe(id);
});

it('is not the provider that calls itself otherwise', async () => {
  const { port } = new URL(provider.issuer);
  const wrong = createIdentityProvider({ ...provider, issuer: `http://localhost:${port}` });
  await expect(wrong.begin(CALLBACK)).rejects.toThrow();
  const secretless = createIdentityProvider({ ...provider, clientSecret: 'not the secret' });
  const { url, attempt } = await secretless.begin(CALLBACK);
  await expect(secretless.finish(new URL(await signInThere(url, 'ada')), attempt)).rejects.toThrow();
});

it('learns the keys of a provider that has changed them, a minute after it has read them', async () => {
  expect(leadsTo(await signIn('ada'))).toEqual([302, `${PUBLIC_URL}/journeys`]);
  await provider.rotateKey();
  expect(leadsTo(await signIn('ada'))).toEqual(refused('failed'));
  const now = Date.now;
  const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
  const answer = await signIn('ada');
  later.mockRestore();
  expect(leadsTo(answer)).toEqual([302, `${PUBLIC_URL}/journeys`]);
});

it('sends the secrets of an attempt to nobody, and leads to no other site', async () => {
  const { cookie, path, begun } = await comeBack('ada', '//evil.example/');
  expect([begun.headers['set-cookie']].flat().join()).toContain('HttpOnly; SameSite=Lax');
  const asked = new URL(String(begun.headers.location)).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    ...{ client_id: 'wayhook', response_type: 'code', code_challenge_method: 'S256' },
    redirect_uri: `${PUBLIC_URL}/api/oidc/callback`,
  });
  for (const name of ['state', 'nonce']) expect(cookie).not.toContain(asked.get(name));
  expect(leadsTo(await open(path, cookie))).toEqual([302, `${PUBLIC_URL}/`]);
});

it('says so when the provider is away, and asks it again the next time', async () => {
  const away = createIdentityProvider({
    ...{ issuer: 'http://127.0.0.1:1', clientId: 'wayhook', clientSecret: 'a secret' },
  });
  await expect(away.begin('http://localhost/')).rejects.toThrow();
  await expect(away.begin('http://localhost/')).rejects.toThrow();
});

it('is not there without the settings', async () => {
  const plain = await createApiWorld();
  const call = (path: string) => plain.call('GET', path, undefined, NO_KEY);
  expect((await call('/api/oidc')).body).toEqual({ provider: null });
  expect((await call('/api/oidc/start')).status).toBe(404);
  expect((await call('/api/oidc/callback')).status).toBe(404);
  await plain.close();
});
