import { readFileSync } from 'node:fs';
import { turnsOf } from '../support/importing';
import { publishJourney } from '../support/api-world';
import { until } from '../support/until';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';

let world: ConsoleWorld;
beforeAll(async () => void (world = await openConsole()));
afterEach(() => expect(world.faults).toEqual([]));
afterAll(() => world.close());

const HOSTILE = '<img src=x onerror=alert(1)>';
const file = (text: string) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

/** More than a page of refusals: every second row. */
const ROWS = 900;
const PEOPLE = [
  'email,age:long',
  ...Array.from({ length: ROWS }, (_, row) =>
    row % 2 === 0 ? `p${row}@example.com,x` : `p${row}@example.com,${row}`,
  ),
].join('\n');

it('imports a file onto a new list, and shows every row that was refused, and why', async () => {
  const { page } = world;
  await signIn(world, 'marketer');
  await page.goto('/lists');
  await page.getByText('There is none yet.').waitFor();
  await page.getByRole('button', { name: 'New list' }).first().click();
  await page.getByRole('button', { name: 'Create list' }).click();
  await page.getByText('A list needs a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill(HOSTILE);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: HOSTILE }).waitFor();
  await page.getByText('Nobody is on this list yet.').waitFor();

  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('heading', { name: `Import users onto “${HOSTILE}”` }).waitFor();
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText('Choose a file first.').waitFor();
  await page.getByLabel('File', { exact: true }).setInputFiles(file('name\nAda'));
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('alert').getByText(/email/).waitFor();
  await expectAccessible(world, 'an import that was refused');
  await page.getByLabel('File', { exact: true }).setInputFiles(file(PEOPLE));
  await page.getByLabel('First lines').getByText('email,age:long').waitFor();
  await page.getByRole('button', { name: 'Import' }).click();

  await page.getByRole('heading', { name: 'Import of users' }).waitFor();
  await page.getByText('Queued').waitFor();
  const takeTurn = turnsOf(world);
  while ((await takeTurn()) === 0);
  await page.getByText('Completed').waitFor();
  await page.getByText(`${ROWS} of ${ROWS} rows`).waitFor();
  const refused = page.getByRole('grid', { name: 'Refused' });
  await refused.getByText('“age” is of type long, but this cell is not a whole number.').first().waitFor();
  await expectAccessible(world, 'a job with refused rows');
  await page.getByText('people.csv').waitFor();
  const [rows] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download what was refused' }).click(),
  ]);
  const refusals = readFileSync(await rows.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(refusals[0]).toBe('line,reason');
  expect(refusals).toHaveLength(ROWS / 2 + 1);
  const lastLine = refused.getByRole('gridcell', { name: String(ROWS), exact: true });
  expect(await lastLine.count()).toBe(0);
  await refused.getByRole('row').nth(1).focus();
  // Each page is loaded as its end comes near.
  await until(async () => {
    await page.keyboard.press('End');
    return lastLine.isVisible();
  });

  await page.goto('/jobs');
  await page
    .getByRole('grid', { name: 'Jobs' })
    .getByText(`${ROWS / 2} rows`)
    .waitFor();
  await page.getByTitle(`people.csv, ${HOSTILE}`).waitFor();
  await page.getByRole('link', { name: 'Import of users' }).click();
  await page.getByRole('link', { name: HOSTILE }).click();
  await page.getByRole('link', { name: 'p101@example.com' }).waitFor();
  await page.getByRole('button', { name: 'Export' }).click();
  const [exported] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV' }).click(),
  ]);
  expect(exported.suggestedFilename()).toBe('list-1.csv');
  expect(readFileSync(await exported.path(), 'utf8')).toContain('p101@example.com');

  const refusal = { msg: 'Too many.', code: 'BadParams', params: { format: 'Ask for ndjson.' } };
  await page.route('**/export?*', (route) => route.fulfill({ status: 400, json: refusal }), { times: 1 });
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  await page.getByRole('alert').getByText('Ask for ndjson.').waitFor();
  await expectAccessible(world, 'an export that was refused');
  const [again] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Try again' }).click(),
  ]);
  expect(again.suggestedFilename()).toBe('list-1.csv');
  await page.getByText(String(ROWS / 2), { exact: true }).waitFor();
});

it('puts users on a list and takes them off, and says which journeys keep it from being deleted', async () => {
  const { page, call } = world;
  const { listId } = (await call('POST', '/api/lists', { name: 'Readers' })).body;
  const { webhookId } = await publishJourney(world, 'Needs nobody');
  const entry = { source: 'listSubscribe', listId };
  const tiles = [{ id: 'crm', type: 'webhook', webhookId }];
  const { id: journeyId } = (await call('POST', '/api/journeys', { name: 'Weekly letter', entry, tiles }))
    .body;
  await call('POST', `/api/journeys/${journeyId}/publish`);

  await page.goto(`/lists/${listId}`);
  await page.getByRole('button', { name: 'Add users' }).first().click();
  await page.getByLabel('Users', { exact: true }).fill('ada@example.com\nu-7\nno@@email');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('no@@email: is no email or userId').waitFor();
  expect(await page.getByLabel('Users', { exact: true }).inputValue()).toBe('no@@email');
  await expectAccessible(world, 'users who could not be added');
  await page.keyboard.press('Escape');
  await page.getByLabel('Select u-7').check();
  await page.getByRole('button', { name: 'Take off the list' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take off the list' }).click();
  await page.getByRole('link', { name: 'u-7' }).waitFor({ state: 'detached' });
  expect((await call('GET', `/api/lists/${listId}/users`)).body.users).toEqual([
    { email: 'ada@example.com', userId: null },
  ]);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete list' }).click();
  const refusal = page.getByRole('dialog', { name: '“Readers” is in use' });
  await refusal.getByRole('link', { name: 'Weekly letter' }).waitFor();
  await refusal.getByText('Close', { exact: true }).click();
  await call('POST', `/api/journeys/${journeyId}/unpublish`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete list' }).click();
  await page.getByRole('dialog').getByText('Its user stays; only the list goes.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await call('DELETE', '/api/users/ada@example.com');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete list' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete list' }).click();
  await page.waitForURL('**/lists');
  const ids = (await call('GET', '/api/lists')).body.lists.map(({ id }: { id: number }) => id);
  expect(ids).not.toContain(listId);
});

it('finds a user, changes and sends them into a journey, and erases them for good', async () => {
  const { page, call } = world;
  const { journeyId } = await publishJourney(world, 'Win back');
  const email = 'grace.hopper@example.com';
  const dataFields = { name: HOSTILE, big: 7 };
  await call('POST', '/api/users/update', { email, dataFields });
  await call(
    'POST',
    '/api/users/update',
    '{"email":"' + email + '","dataFields":{"big":12345678901234567890}}',
  );

  await page.goto('/users');
  await page.getByLabel('Email or userId begins with').fill('grace.');
  await page.getByText('1 user', { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('text')).toBe('grace.');
  await page.getByRole('link', { name: email }).click();
  await page.getByRole('heading', { name: email }).waitFor();
  const profile = page.getByRole('region', { name: 'Profile' });
  await profile.getByText(HOSTILE).waitFor();
  await profile.getByText('12345678901234567890').waitFor();

  await page.getByRole('button', { name: 'Edit big' }).click();
  await page.getByLabel('Value').fill('eight');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/This is no JSON/).waitFor();
  await page.getByLabel('Value').fill('8');
  await page.getByRole('button', { name: 'Save' }).click();
  await profile.getByText('8', { exact: true }).waitFor();
  await page.getByLabel('New tag').fill('vip');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove vip' }).waitFor();
  await page.getByLabel('Category').fill('news');
  await page.keyboard.press('Enter');
  await page.getByText('Declined').waitFor();

  await page.getByRole('button', { name: 'Send into a journey' }).click();
  await page.getByRole('button', { name: 'Choose a journey' }).click();
  await page.getByRole('option', { name: 'Win back' }).click();
  await page.getByLabel('Trigger data').fill('[]');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText(/This is no JSON object/).waitFor();
  await page.getByLabel('Trigger data').fill('{"coupon": "A1"}');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('grid', { name: 'Entries' }).getByText('Win back').waitFor();
  await expectAccessible(world, 'a user');
  const [entry] = (await call('GET', `/api/entries?email=${email}`)).body.entries;
  expect(entry).toMatchObject({ journeyId, status: 'accepted' });

  await page.getByRole('button', { name: 'More' }).click();
  const [stored] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download what is stored' }).click(),
  ]);
  expect(JSON.parse(readFileSync(await stored.path(), 'utf8'))).toMatchObject({
    user: { email, tags: ['vip'] },
    consents: [{ category: 'news', action: 'decline' }],
    entries: [{ journeyId }],
  });
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Erase the user' }).click();
  await page.getByText('Entries under way end at once.').waitFor();
  await expectAccessible(world, 'what an erasure takes');
  await page.getByRole('dialog').getByRole('button', { name: 'Erase the user' }).click();
  await page.waitForURL('**/users');
  expect((await call('GET', `/api/users/${email}`)).body).toEqual({});
  expect((await call('GET', `/api/entries/${entry.id}`)).body).toMatchObject({
    email: null,
    reason: 'user_deleted',
  });
  await page.goBack();
  await page.getByText('There is no such user.').waitFor();
});

it('offers a viewer no change', async () => {
  const { page, call } = world;
  await call('POST', '/api/users/update', { email: 'seen@example.com', dataFields: { plan: 'pro' } });
  await signIn(world, 'viewer');
  await page.goto('/users/by-email/seen%40example.com');
  await page.getByText('pro', { exact: true }).waitFor();
  for (const name of ['Send into a journey', 'Add a field', 'Edit plan', 'Track an event']) {
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  }
  await page.getByRole('button', { name: 'More' }).click();
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Download what is stored']);
});

it('shows the first fields of a large profile, so that entries and events are not far below', async () => {
  const { page, call } = world;
  await signIn(world, 'viewer');
  const dataFields = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`field${index}`, index]));
  await call('POST', '/api/users/update', { email: 'many@example.com', dataFields });
  await page.goto('/users/by-email/many%40example.com');
  await page.getByText('field19', { exact: true }).waitFor();
  expect(await page.getByText('field20', { exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'Show all 25 fields' }).click();
  await page.getByText('field24', { exact: true }).waitFor();
});
