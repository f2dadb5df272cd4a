import { createIdentityProvider, type IdentityProvider } from '../../src/identity/provider';
import { inviteFirst } from '../../src/usecases/people/welcome';
import { type RealProvider, startIdentityProvider } from '../support/network/identity-provider';
import { type ConsoleWorld, expectAccessible, openConsole } from './support/console';

let world: ConsoleWorld;
let provider: RealProvider;
beforeAll(async () => {
  const listening = { host: '127.0.0.1', url: undefined, publicUrl: 'http://localhost' };
  const oidc: { now?: IdentityProvider } = {};
  world = await openConsole({
    listening,
    // The provider has to know the address of the world, and the world the provider.
    oidc: {
      name: 'id.example.com',
      begin: (uri) => oidc.now!.begin(uri),
      finish: (url, attempt) => oidc.now!.finish(url, attempt),
    },
  });
  listening.publicUrl = world.url;
  provider = await startIdentityProvider(`${world.url}/api/oidc/callback`);
  oidc.now = createIdentityProvider(provider);
});
afterAll(async () => {
  await world.close();
  await provider.stop();
});

const PASSWORD = 'a compiler is a translator';

it('leads the first person from the link to their first page, and others to sign in', async () => {
  const { page, faults } = world;
  const { code } = (await inviteFirst(world.db))!;

  await page.goto('/webhooks');
  await page.waitForURL('**/sign-in?next=%2Fwebhooks');

  await page.goto(`/welcome#code=${code}`);
  await page.getByRole('heading', { name: 'Welcome to Wayhook' }).waitFor();
  await expectAccessible(world, 'welcome');
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Set the password and begin' }).click();
  await page.getByText('A password has at least 12 characters.').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password and begin' }).click();
  await page.getByRole('heading', { name: 'Try it' }).waitFor();
  expect(page.url()).not.toContain(code);

  await page.getByRole('button', { name: 'Grace' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  await page.goto(`/welcome#code=${code}`);
  await page.getByRole('heading', { name: 'This link cannot be used' }).waitFor();
  expect(faults).toEqual([]);
});

it('says what is wrong with a password, and returns to the page that was asked for', async () => {
  const { page, faults } = world;
  await page.goto('/webhooks?name=crm');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await expectAccessible(world, 'sign-in that failed');
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Journey Webhooks' }).waitFor();
  expect(new URL(page.url()).search).toBe('?name=crm');
  expect(faults).toEqual([]);
});

it('leads whoever’s session has ended to sign in, and back', async () => {
  const { page } = world;
  const { sessions } = (await world.call('GET', '/api/sessions')).body;
  for (const { id } of sessions) await world.call('DELETE', `/api/sessions/${id}`);
  await page.getByLabel('Search by name').fill('other');
  await page.getByText('Your session has ended. Sign in, and').waitFor();
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Journey Webhooks' }).waitFor();
  expect(new URL(page.url()).searchParams.get('name')).toBe('other');
});

it.each(['//evil.example/', '/\\evil.example/', 'https://evil.example/'])(
  'never leads to another site after signing in: %s',
  async (next) => {
    const { page, url } = world;
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Email').fill('grace@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${url}/`);
  },
);

it('signs in with an identity provider, and says why somebody was not let in', async () => {
  const { page, context, faults, url } = world;
  await provider.know({
    mallory: { email: 'nobody@example.com', email_verified: true },
    grace: { email: 'grace@example.com', email_verified: true },
  });
  const signInAs = async (login: string) => {
    await page.getByRole('link', { name: 'Sign in with id.example.com' }).click();
    await page.getByPlaceholder('Enter any login').fill(login);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  };
  await context.clearCookies();
  await page.goto('/settings/sessions');
  await signInAs('mallory');
  await page.getByText('Nobody has added you here.').waitFor();
  await expectAccessible(world, 'somebody whom nobody added');
  // Signed in as somebody else there.
  await context.clearCookies();
  await signInAs('grace');
  await page.getByText('This one').waitFor();
  expect(page.url()).toBe(`${url}/settings/sessions`);
  expect(faults).toEqual([]);
});

it('shows that the server is away, and goes on once it is back', async () => {
  const { page } = world;
  await page.route('**/api/**', (route) => route.abort());
  await page.goto('/settings/account');
  await page.getByText('The server cannot be reached.').waitFor();
  await page.getByText('This page tries again by itself.').waitFor();
  await page.unroute('**/api/**');
  await page.getByLabel('Current password').waitFor();

  await page.getByRole('button', { name: 'Grace' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Email').fill('grace@example.com');
  await page.route('**/api/session', (route) => route.abort());
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('The server cannot be reached.').waitFor();
  await page.unroute('**/api/session');
});

it('says for how long it is locked after ten wrong passwords', async () => {
  const { page } = world;
  const typed = { email: 'grace@example.com', password: 'not the password' };
  const headers = { 'api-key': undefined, origin: world.url, host: new URL(world.url).host };
  for (let tries = 0; tries < 10; tries += 1) await world.call('POST', '/api/session', typed, headers);
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('There were too many wrong passwords. Try again in 15 minutes.').waitFor();
});
