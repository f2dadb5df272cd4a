import { createTestSimulator } from '../../support/simulator';
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
