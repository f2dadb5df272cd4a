import { inviteFirst } from '../../src/usecases/people/welcome';
import { type ConsoleWorld, expectAccessible, openConsole } from './support/console';

let world: ConsoleWorld;
beforeAll(async () => void (world = await openConsole()));
afterAll(() => world.close());

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
  await page.getByText('Your session has ended.').waitFor();
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
