import { OAuth2Server } from 'oauth2-mock-server';
import { createIdentityProvider } from '../../../src/identity/provider';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import { NO_KEY, sessionIn } from '../../support/signed-in';

interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
}

const PUBLIC_URL = 'http://localhost';
const provider = new OAuth2Server();
let claims: Claims;
let told: Claims;
let world: ApiWorld;
let issuer: string;

beforeAll(async () => {
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, '127.0.0.1');
  issuer = `http://127.0.0.1:${provider.address().port}`;
  provider.issuer.url = issuer;
  provider.service.on('beforeTokenSigning', ({ payload }) => Object.assign(payload, claims));
  provider.service.on('beforeUserinfo', (answer) => Object.assign(answer, { body: told }));
  world = await createApiWorld({
    oidc: createIdentityProvider({ issuer, clientId: 'wayhook', clientSecret: 'a secret' }),
  });
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

/** The browser goes to the provider, which recognizes somebody, and comes back. */
async function comeBack(who: Claims, next = '/journeys') {
  claims = who;
  const begun = await open(`/api/oidc/start?next=${encodeURIComponent(next)}`);
  const cookie = cookieIn(begun, 'wayhook_oidc');
  const there = await fetch(String(begun.headers.location), { redirect: 'manual' });
  const back = new URL(there.headers.get('location')!);
  return { cookie, path: `${back.pathname}${back.search}`, begun };
}

async function signIn(who: Claims, next?: string): Promise<Answer> {
  const { cookie, path } = await comeBack(who, next);
  return open(path, cookie);
}

async function add(email: string): Promise<number> {
  return (await world.call('POST', '/api/people', { email, name: 'Ada', role: 'marketer' })).body.id;
}

const leadsTo = ({ status, headers }: Answer) => [status, headers.location];
const refused = (why: string) => [302, `${PUBLIC_URL}/sign-in?failed=${why}&next=%2Fjourneys`];

it('says where people may sign in', async () => {
  expect((await open('/api/oidc')).body).toEqual({
    provider: { name: new URL(issuer).host, url: `${PUBLIC_URL}/api/oidc/start` },
  });
});

it('signs in whom an administrator has added, by an email that the provider vouches for', async () => {
  const id = await add('ada@example.com');
  const ada = { sub: 'ada', email: 'Ada@Example.com', email_verified: true };
  const answer = await signIn(ada);
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
  await signIn({ sub: 'grace', email: 'grace@example.com', email_verified: true });
  const answer = await signIn({ sub: 'grace', email: 'g.hopper@example.com', email_verified: false });
  const session = await open('/api/session', cookieIn(answer, 'wayhook_session'));
  expect(session.body.person.id).toBe(id);
  // Somebody else has been given the email there.
  const other = { sub: 'another grace', email: 'grace@example.com', email_verified: true };
  expect(leadsTo(await signIn(other))).toEqual(refused('taken'));
  // Another email here: who it is has to be said anew.
  await world.call('PUT', `/api/people/${id}`, {
    ...{ email: 'hopper@example.com', name: 'Grace', role: 'viewer' },
  });
  told = { sub: 'grace' };
  expect(leadsTo(await signIn(told))).toEqual(refused('unverified'));
});

it('asks the provider for an email that its answer lacks', async () => {
  await add('edsger@example.com');
  told = { sub: 'edsger', email: 'edsger@example.com', email_verified: true };
  expect(leadsTo(await signIn({ sub: 'edsger' }))).toEqual([302, `${PUBLIC_URL}/journeys`]);
  told = { sub: 'somebody else', email: 'ada@example.com', email_verified: true };
  expect(leadsTo(await signIn({ sub: 'barbara' }))).toEqual(refused('failed'));
});

it('refuses whom nobody has added, and an email that the provider does not vouch for', async () => {
  const stranger = { sub: 'mallory', email: 'mallory@example.com', email_verified: true };
  const answer = await signIn(stranger);
  expect(leadsTo(answer)).toEqual(refused('unknown'));
  expect(cookieIn(answer, 'wayhook_session')).toBeUndefined();
  const claimed = { sub: 'mallory', email: 'ada@example.com', email_verified: false };
  expect(leadsTo(await signIn(claimed))).toEqual(refused('unverified'));
});

it('shuts out whoever is removed', async () => {
  const id = await add('niklaus@example.com');
  const niklaus = { sub: 'niklaus', email: 'niklaus@example.com', email_verified: true };
  const cookie = cookieIn(await signIn(niklaus), 'wayhook_session');
  await world.call('DELETE', `/api/people/${id}`);
  expect((await open('/api/session', cookie)).status).toBe(401);
  expect(leadsTo(await signIn(niklaus))).toEqual(refused('unknown'));
});

it('takes an answer only from the browser that asked, once, and as it was asked', async () => {
  const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  const { cookie, path } = await comeBack(ada);
  const expired = [302, `${PUBLIC_URL}/sign-in?failed=expired`];
  expect(leadsTo(await open(path))).toEqual(expired);
  expect(leadsTo(await open(path, 'wayhook_oidc=forged'))).toEqual(expired);
  // Of another attempt: its state is another one.
  const other = await comeBack(ada);
  expect(leadsTo(await open(path, other.cookie))).toEqual(refused('failed'));
  const used = await open(path, cookie);
  expect(leadsTo(used)).toEqual([302, `${PUBLIC_URL}/journeys`]);
  expect(cookieIn(used, 'wayhook_oidc')).toBe('wayhook_oidc=');
  expect(leadsTo(await open('/api/oidc/callback?error=access_denied', other.cookie))).toEqual(
    refused('failed'),
  );
});

it('refuses a token for another program, and one of another sign-in', async () => {
  const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  expect(leadsTo(await signIn({ ...ada, ...{ aud: 'another' } }))).toEqual(refused('failed'));
  expect(leadsTo(await signIn({ ...ada, ...{ nonce: 'another' } }))).toEqual(refused('failed'));
  expect(leadsTo(await signIn({ ...ada, ...{ iss: 'https://evil.example' } }))).toEqual(refused('failed'));
});

it('sends the secrets of an attempt to nobody, and leads to no other site', async () => {
  const { cookie, path, begun } = await comeBack({ sub: 'ada', email: 'ada@example.com' }, '//evil.example/');
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
