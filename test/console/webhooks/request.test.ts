import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';

/* What the form of a webhook makes of its request. Each part is seen in the preview, and by who receives it. */

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world, 'integrator');
});
afterAll(() => world.close());
afterEach(() => expect(world.faults).toEqual([]));

const textbox = (name: string) => world.page.getByRole('textbox', { name, exact: true });
const write = async (name: string, text: string) => {
  await textbox(name).click();
  await world.page.keyboard.insertText(text);
};
const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const part = (name: string) => world.page.getByRole('region', { name, exact: true });
const row = (name: string) => world.page.getByRole('group', { name, exact: true });
const preview = part.bind(undefined, 'Preview');
const choose = async (name: RegExp, option: RegExp) => {
  await world.page.getByRole('button', { name }).click();
  await world.page.getByRole('option', { name: option }).click();
};
const create = async (name: string, endpoint: string) => {
  await world.page.goto('/webhooks/new');
  await textbox('Name').fill(name);
  await write('Endpoint', endpoint);
};
const userFields = () => world.page.getByRole('combobox', { name: 'User fields', exact: true });
const saved = async (name: string) => {
  await button('Save').click();
  await world.page.getByRole('heading', { name, exact: true }).waitFor();
  return (await world.call('GET', `/api/journeyWebhooks/${/\d+$/.exec(world.page.url())![0]}`)).body;
};

it('sends custom headers beside the authentication, and warns of what does not belong there (B072, B073, B074, B075, B076, B129, G10)', async () => {
  const { page, url, call } = world;
  await create('Headers', `${url}/inbox/headers`);
  const headers = part('Custom headers');
  expect(await headers.getByRole('group').count()).toBe(0);
  await choose(/^None Type/, /^Bearer token/);
  await page.getByLabel('Token', { exact: true }).fill('a-token-that-is-hidden');
  await button('Add header').click();
  await row('Header 1').getByRole('textbox', { name: 'Name' }).fill('X-Api-Key');
  await row('Header 1').getByRole('textbox', { name: 'Value' }).click();
  await page.keyboard.insertText('shop-7');
  await headers.getByText('shown in plain text to everyone who may see webhooks').waitFor();
  await headers.getByText('This looks like a credential.').waitFor();
  await button('Add header').click();
  await row('Header 2').getByRole('textbox', { name: 'Name' }).fill('authorization');
  await headers.getByText('The authentication sets this header too, and wins.').waitFor();
  await expectAccessible(world, 'headers with warnings');
  await button('Remove header 2').click();
  await headers.getByText('The authentication sets this header too').waitFor({ state: 'detached' });
  await button('Add header').click();
  await row('Header 2').getByRole('textbox', { name: 'Name' }).fill('no name');
  await row('Header 2').getByText('A header name consists of').waitFor();
  await row('Header 2').getByRole('textbox', { name: 'Name' }).fill('X-Team');
  await row('Header 2').getByRole('textbox', { name: 'Value' }).click();
  await page.keyboard.insertText('team of {{city}}');
  await row('Header 2').getByText('A header name consists of').waitFor({ state: 'detached' });
  await preview().getByRole('row', { name: 'X-Team team of San Francisco' }).waitFor();
  await preview().getByRole('row', { name: 'X-Api-Key [redacted]' }).waitFor();

  await button('Run Test').click();
  await page.getByText('Webhook test successful').waitFor();
  const webhook = await saved('Headers');
  expect(webhook).toMatchObject({
    headers: [
      { name: 'X-Api-Key', value: 'shop-7' },
      { name: 'X-Team', value: 'team of {{city}}' },
    ],
    authentication: { type: 'bearer', token: { set: true } },
  });
  await part('Custom headers').getByText('“X-Api-Key” looks like a credential').waitFor();
  expect(await page.content()).not.toContain('a-token-that-is-hidden');

  await page.goto('/inboxes/headers');
  const [request] = (await call('GET', '/api/inbox/headers')).body.requests;
  expect(request.headers).toMatchObject({ 'x-api-key': 'shop-7', 'x-team': 'team of San Francisco' });
  await page.getByRole('grid', { name: 'Requests' }).getByRole('link').click();
  await page.getByRole('region', { name: 'Headers' }).getByText('team of San Francisco').waitFor();
});

it('includes email and workflowId or not, and the user fields that are chosen (B078, B081, B082, B083, B084)', async () => {
  const { page } = world;
  await world.call('POST', '/api/users/update', { email: 'ada@example.com', dataFields: { city: 'Paris' } });
  await create('Fields', 'https://api.example.com/users');
  await page.getByRole('button', { name: 'JSON Body type' }).waitFor();
  const include = page.getByRole('checkbox', { name: 'Include email and workflowId' });
  expect(await include.isChecked()).toBe(true);
  await preview()
    .getByText(/"email": "test.user@example.com",\s+"workflowId"/)
    .waitFor();
  await userFields().fill('plan');
  await userFields().press('Enter');
  await userFields().fill('city');
  await button('Add user field').click();
  await write('JSON body', '{"plan": "of the body"}');
  await preview()
    .getByText(/"city": "San Francisco"/)
    .waitFor();
  await preview()
    .getByText(/"plan": "of the body"/)
    .waitFor();
  await include.uncheck();
  await preview().getByText('"workflowId"').waitFor({ state: 'detached' });
  await preview().getByText('workflowId is 0').waitFor({ state: 'detached' });
  expect(JSON.parse(await preview().getByLabel('Body', { exact: true }).innerText())).toEqual({
    ...{ city: 'San Francisco', plan: 'of the body' },
  });
  await button('Remove plan').click();
  const webhook = await saved('Fields');
  expect(webhook).toMatchObject({ bodyType: 'json', body: '{"plan": "of the body"}', userFields: ['city'] });
  expect(webhook.includeEmailAndWorkflowId).toBe(false);
});

it('sends the same as form fields, beside fields of its own, and nothing with a GET (B078, B080, B082)', async () => {
  const { page } = world;
  await create('Form', 'https://api.example.com/users');
  await choose(/^JSON Body type/, /^URL-encoded/);
  await button('Add form field').click();
  await row('Form field 1').getByRole('textbox', { name: 'Name' }).fill('first name');
  await row('Form field 1').getByRole('textbox', { name: 'Value' }).click();
  await page.keyboard.insertText('{{firstName}} & Co');
  await userFields().fill('city');
  await userFields().press('Enter');
  await preview().getByText('city=San+Francisco&email=test.user%40example.com&workflowId=').waitFor();
  await preview().getByText('first+name=Ada+%26+Co').waitFor();
  await preview().getByText('application/x-www-form-urlencoded').waitFor();
  await choose(/^POST HTTP method/, /^GET/);
  await page.getByText('A GET has no body.').waitFor();
  await preview().getByText('first+name').waitFor({ state: 'detached' });
  await choose(/^GET HTTP method/, /^DELETE/);
  const webhook = await saved('Form');
  expect(webhook).toMatchObject({
    ...{ method: 'DELETE', bodyType: 'form', userFields: ['city'], includeEmailAndWorkflowId: true },
    body: [{ name: 'first name', value: '{{firstName}} & Co' }],
  });
});

it('presets all of Inkit but what the user fills in (B041)', async () => {
  const { page } = world;
  await create('Letter', 'https://mine.example.com/');
  await choose(/^Custom Destination/, /^Inkit/);
  expect(await page.getByRole('button', { name: /HTTP method/ }).isDisabled()).toBe(true);
  expect(await textbox('Template ID').inputValue()).toBe('');
  for (const label of [/^(JSON|URL-encoded) Body type/, /Type$/]) {
    expect(await page.getByRole('button', { name: label }).count()).toBe(0);
  }
  await button('Save').click();
  await page.getByText('fields need your attention').waitFor();
  await part('Authentication').locator('.error').waitFor();
  await part('Letter').locator('.error').waitFor();
  await expectAccessible(world, 'Inkit with nothing filled in');
  await choose(/^Inkit Destination/, /^Custom/);
  await preview().getByText('https://mine.example.com/').waitFor();
});
