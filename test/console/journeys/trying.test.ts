import { createTestSimulator } from '../../support/simulator';
import { until } from '../../support/until';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';

const simulator = createTestSimulator();
let world: ConsoleWorld;
let id: number;
beforeAll(async () => {
  world = await openConsole({ simulator });
  await signIn(world, 'integrator');
  const crm = { name: 'CRM', endpoint: 'https://crm.example.com/users' };
  const webhookId = (await world.call('POST', '/api/journeyWebhooks', crm)).body.id;
  const tiles = [
    { id: 'wait', type: 'delay', for: '30 days' },
    {
      ...{ id: 'vip', type: 'yesNoSplit', yes: 'crm', no: 'exit' },
      when: { field: 'profile.plan', is: 'equals', value: 'pro' },
    },
    { id: 'crm', type: 'webhook', webhookId, next: 'exit' },
    { id: 'survey', type: 'webhook', webhookId },
  ];
  id = (await world.call('POST', '/api/journeys', { name: 'Win back', tiles })).body.id;
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});
afterEach(() => expect(world.faults).toEqual([]));

const dialog = (name: string) => world.page.getByRole('dialog', { name });

it('simulates users in virtual time, and names what nobody reached', async () => {
  const { page } = world;
  await page.goto(`/journeys/${id}?panel=simulate`);
  const simulate = dialog('Simulate');
  const first = simulate.getByRole('group', { name: 'User 1' });
  await first.getByLabel('Profile').fill('{"plan": ');
  await first.getByText('This is no JSON object.').waitFor();
  expect(await simulate.getByRole('button', { name: 'Simulate' }).isDisabled()).toBe(true);
  await first.getByLabel('Profile').fill('{"plan": "pro"}');

  const answers = simulate.getByRole('group', { name: 'Answers to crm' });
  await answers.getByRole('button', { name: 'Script answers' }).click();
  await answers.getByRole('button', { name: 'Then' }).click();
  await simulate.getByRole('button', { name: 'Add a user' }).click();
  const second = simulate.getByRole('group', { name: 'User 2' });
  await second.getByLabel('Email or userId').fill('user1@example.com');
  await simulate.getByRole('button', { name: 'Simulate' }).click();
  await second.getByText('This is the same user as users[0].').waitFor();
  await expectAccessible(world, 'a simulation that was refused');

  await second.getByLabel('Email or userId').fill('<i>bob</i>');
  await simulate.getByRole('button', { name: 'Simulate' }).click();
  const pro = simulate.getByRole('region', { name: 'user1@example.com' });
  await pro.getByText('30 days pass').waitFor();
  expect(await pro.getByRole('listitem').count()).toBe(3);
  await pro.getByText('Day 31, 09:03').first().waitFor();
  expect(await pro.locator('summary').allInnerTexts()).toEqual([
    expect.stringContaining('503'),
    expect.stringContaining('200'),
  ]);
  await pro.locator('summary').last().click();
  await pro.getByText('"email":"user1@example.com"').last().waitFor();
  expect(await simulate.getByRole('region', { name: '<i>bob</i>' }).getByText('→ no').count()).toBe(1);
  expect((await simulate.locator('.uncovered').innerText()).replace(/\s+/g, ' ')).toBe(
    'Nobody reached Call Webhook survey',
  );
  await expectAccessible(world, 'the timeline of a simulation');
});

it('keeps the scenario and its result while a tile is looked at', async () => {
  const { page } = world;
  await dialog('Simulate').locator('.uncovered').getByRole('button').click();
  await page.waitForURL((url) => url.searchParams.get('tile') === 'survey');
  await page.goBack();
  const simulate = dialog('Simulate');
  await simulate.getByText('30 days pass').first().waitFor();
  expect(await simulate.getByRole('group', { name: 'User 1' }).getByLabel('Profile').inputValue()).toBe(
    '{"plan": "pro"}',
  );
  await simulate.getByLabel('Profile').first().fill('{}');
  await simulate.getByText('Something was changed since.').waitFor();
});

it('sends a known user through the draft for real, and leads to the entry', async () => {
  const { page, call } = world;
  await call('POST', '/api/users/update', { email: 'ada@example.com', dataFields: {} });
  await page.goto(`/journeys/${id}?panel=test`);
  const run = dialog('Test Journey');
  await run.getByLabel('User').fill('adda@example.com');
  await run.getByRole('button', { name: 'Send this user through' }).click();
  await run.getByText('There is no such user.').waitFor();
  await expectAccessible(world, 'a test run of nobody');
  await run.getByLabel('User').fill('ada@example.com');
  await run.getByRole('button', { name: 'Send this user through' }).click();
  const link = dialog('The test run has begun').getByRole('link', { name: 'Follow the entry' });
  const entryId = (await link.getAttribute('href'))!.replace('/entries/', '');
  expect((await call('GET', `/api/entries/${entryId}`)).body).toMatchObject({
    ...{ test: true, email: 'ada@example.com', journeyId: id },
  });
});

it('edits what holds for the journey as a whole, by keyboard, with faults beside the fields', async () => {
  const { page, call } = world;
  const { keyboard } = page;
  await page.goto(`/journeys/${id}?panel=settings`);
  const settings = dialog('Settings');
  await settings.getByRole('button', { name: 'A call to the API Users enter by' }).focus();
  await keyboard.press('Enter');
  await page.getByRole('option', { name: 'An event' }).click();
  await settings.getByRole('combobox', { name: 'Event', exact: true }).fill('signup');
  await settings.getByRole('button', { name: 'Add a condition' }).click({ timeout: 5000 });
  await page.getByRole('menuitem', { name: 'What the user did' }).click();
  const condition = settings.getByRole('group', { name: 'Condition 1' });
  await condition.getByRole('combobox', { name: 'Event', exact: true }).fill('login');
  await condition.getByRole('textbox', { name: 'In the last' }).fill('7');
  await settings.getByRole('button', { name: 'At any time Requests are sent' }).click();
  await page.getByRole('option', { name: 'Only at some hours' }).click();
  await settings.getByLabel('To', { exact: true }).fill('09:00');
  await expectAccessible(world, 'the settings of a journey');
  await settings.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: /fault/ }).waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await settings.getByText('A window ends at another time than it begins.').waitFor();
  await settings.getByLabel('To', { exact: true }).fill('20:00');
  await settings.getByRole('combobox', { name: 'Time zone' }).last().fill('Europe/Berlin');
  await settings.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const saved = await until(async () => {
    const { body } = await call('GET', `/api/journeys/${id}`);
    return body.sendWindow && body;
  });
  expect(saved).toMatchObject({
    entry: { source: 'event', eventName: 'signup', where: { event: 'login', within: '7 days' } },
    sendWindow: { from: '09:00', to: '20:00' },
  });
});
