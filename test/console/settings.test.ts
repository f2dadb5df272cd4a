import { type Browser, openBrowser } from './support/browser';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';

let world: ConsoleWorld;
let others: Browser;
beforeAll(async () => {
  world = await openConsole();
  others = await openBrowser(world.url);
});
afterAll(async () => {
  await others.close();
  await world.close();
});

const PASSWORD = 'a nanosecond is a foot of wire';
const NAME = 'Ada <img src=x onerror=alert(1)>';

it('invites a person, who signs in, is given another role, and is shut out when removed', async () => {
  const { page, faults } = world;
  await signIn(world);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('grid', { name: 'People' }).waitFor();
  await expectAccessible(world, 'people');

  await page.getByRole('button', { name: 'Add a person' }).click();
  expect(new URL(page.url()).search).toBe('?edit=new');
  await page.getByRole('textbox', { name: 'Name' }).fill(NAME);
  await page.getByRole('textbox', { name: 'Email' }).fill('ada');
  await page.getByRole('button', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Marketer' }).click();
  await page.getByRole('button', { name: 'Add and make a link' }).click();
  await page.getByText('This is not an email address.').waitFor();
  await page.getByRole('textbox', { name: 'Email' }).fill('ada@example.com');
  await expectAccessible(world, 'a person is added');
  await page.getByRole('button', { name: 'Add and make a link' }).click();
  const link = await page.getByRole('textbox', { name: 'One-time link' }).inputValue();
  await page.getByRole('button', { name: 'Copy one-time link' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(link);
  await expectAccessible(world, 'a link is shown once');
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('row', { name: 'ada@example.com' }).getByText('Invited').waitFor();
  expect(await page.content()).not.toContain(link.split('#')[1]);

  // Ada, in a browser of her own.
  const ada = others.page;
  await ada.goto(new URL(link).pathname + new URL(link).hash);
  await ada.getByLabel('Password').fill(PASSWORD);
  await ada.keyboard.press('Enter');
  await ada.getByRole('button', { name: NAME }).waitFor();
  await ada.getByRole('link', { name: 'Settings' }).click();
  await ada.getByText('This one').waitFor();
  expect(await ada.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts()).toEqual([
    'Sessions',
    'My account',
  ]);

  await page.reload();
  await page.getByRole('row', { name: 'ada@example.com' }).getByText('Active').waitFor();
  await page.getByRole('button', { name: `Actions for ${NAME}` }).click();
  await page.getByRole('menuitem', { name: 'Change', exact: true }).click();
  await page.getByRole('button', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Integrator' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: 'ada@example.com' }).getByText('Integrator', { exact: true }).waitFor();

  await page.getByRole('button', { name: `Actions for ${NAME}` }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByText('signed out everywhere at once').waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText(`Removed ${NAME}.`).waitFor();
  expect(await page.getByRole('row', { name: 'ada@example.com' }).count()).toBe(0);

  // The page may have noticed by itself, and be out of reach.
  await ada.getByRole('link', { name: 'Journeys' }).dispatchEvent('click');
  await ada.getByText('Your session has ended. Sign in, and').waitFor();
  await ada.getByLabel('Email').fill('ada@example.com');
  await ada.getByLabel('Password').fill(PASSWORD);
  await ada.keyboard.press('Enter');
  await ada.getByText('Email or password is wrong.').waitFor();
  expect([...faults, ...others.faults]).toEqual([]);
});

it('shows an API key once, and revokes it', async () => {
  const { page, faults } = world;
  await signIn(world);
  await page.goto('/settings/api-keys');
  await page.getByRole('button', { name: 'Create an API key' }).click();
  await page.getByLabel('trigger').uncheck();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('An API key needs a name.').waitFor();
  await page.getByText('An API key needs a scope.').waitFor();
  await expectAccessible(world, 'a key is created');
  await page.getByRole('textbox', { name: 'Name' }).fill('Shop');
  await page.getByLabel('read').check();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const key = await page.getByRole('textbox', { name: 'API key' }).inputValue();
  await page.getByText('Store it now').waitFor();
  const withKey = { 'api-key': key };
  expect((await world.call('GET', '/api/journeys', undefined, withKey)).status).toBe(200);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('row', { name: 'Shop' }).waitFor();
  expect(await page.content()).not.toContain(key);

  await page.getByRole('button', { name: 'Actions for WAYHOOK_API_KEY' }).click();
  await page.getByText('The setting WAYHOOK_API_KEY names it.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Shop' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked Shop.').waitFor();
  expect((await world.call('GET', '/api/journeys', undefined, withKey)).status).toBe(401);
  expect(faults).toEqual([]);
});

it('finds who changed what, keeps it in the address, and counts what is new', async () => {
  const { page, faults } = world;
  const { id } = await signIn(world);
  const path = '/api/journeyWebhooks';
  const webhook = (await world.call('POST', path, { name: 'CRM', endpoint: 'https://a.example/' })).body;
  const changed = { name: '<b>CRM</b>', endpoint: 'https://b.example/' };
  await world.call('PUT', `${path}/${webhook.id}`, changed);

  await page.goto(`/settings/audit-log?target=webhook:${webhook.id}`);
  await page.getByRole('link', { name: 'Changed a webhook' }).click();
  const fields = page.getByRole('table', { name: 'Fields' });
  expect(await fields.getByRole('row').allInnerTexts()).toEqual([
    'Field\tBefore\tAfter',
    'name\tCRM\t<b>CRM</b>',
    'endpoint\thttps://a.example/\thttps://b.example/',
  ]);
  await expectAccessible(world, 'a change is open');
  await page.reload();
  await fields.waitFor();
  await page.keyboard.press('Escape');
  await fields.waitFor({ state: 'detached' });
  expect(await page.getByRole('grid').getByRole('link').count()).toBe(2);

  await world.call('PUT', `${path}/${webhook.id}`, { ...changed, name: 'CRM again' });
  await page.getByRole('button', { name: '1 new' }).click();
  await page.getByText('3 changes').waitFor();

  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('searchbox', { name: 'Who' }).fill(`person:${id}`);
  await page.getByText('2 changes').waitFor();
  await page.getByRole('link', { name: 'Signed in' }).waitFor();
  expect(new URL(page.url()).searchParams.get('actor')).toBe(`person:${id}`);
  await page.getByRole('button', { name: 'What was done' }).click();
  await page.getByRole('option', { name: 'Webhook', exact: true }).click();
  await page.getByText('No change fits.').waitFor();
  await page.goto('/settings/audit-log?since=7d&action=person.invite');
  await page.getByRole('link', { name: 'Made a one-time link for a person' }).first().waitFor();
  expect(faults).toEqual([]);
});

it('changes one’s own password, which ends the other sessions, and says when the current one is wrong', async () => {
  const { page, faults } = world;
  const { email } = await signIn(world);
  const there = others.page;
  await there.goto('/sign-in');
  await there.getByLabel('Email').fill(email);
  await there.getByLabel('Password').fill('a compiler is a translator');
  await there.keyboard.press('Enter');
  await there.getByRole('link', { name: 'Settings' }).waitFor();

  await page.goto('/settings/sessions');
  await page.getByText('2 sessions').waitFor();
  await page.getByRole('link', { name: 'My account' }).click();
  await page.getByLabel('Current password').fill('not this one');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('This is not your current password.').waitFor();
  await expectAccessible(world, 'a password that is wrong');
  await page.getByLabel('Current password').fill('a compiler is a translator');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Changed your password.').waitFor();
  await page.getByRole('link', { name: 'Sessions' }).click();
  await page.getByText('1 session', { exact: true }).waitFor();
  await there.getByRole('link', { name: 'Settings' }).dispatchEvent('click');
  await there.getByText('Your session has ended. Sign in, and').waitFor();
  expect([...faults, ...others.faults]).toEqual([]);
});

it('shows in its place why something is refused since one’s role has changed', async () => {
  const { page } = world;
  const { id, email } = await signIn(world);
  await page.goto('/settings/api-keys?edit=new');
  await page.getByRole('textbox', { name: 'Name' }).fill('Too late');
  await world.call('PUT', `/api/people/${id}`, { email, name: 'Their admin', role: 'viewer' });
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Your role, viewer, lacks “admin”.').waitFor();
});
