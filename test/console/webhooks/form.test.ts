import { hang, type Receiver, startReceiver } from '../../support/receiver';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';

let world: ConsoleWorld;
let receiver: Receiver;
beforeAll(async () => {
  [world, receiver] = await Promise.all([openConsole(), startReceiver()]);
  await signIn(world, 'integrator');
});
afterAll(() => Promise.all([world.close(), receiver.close()]));
beforeEach(() => void (receiver.requests.length = 0));
afterEach(() => expect(world.faults).toEqual([]));

const HOSTILE = '<img src=x onerror=tellFault(1)>';
const ANSWER = {
  order: { status: HOSTILE, total: 12.5, lines: [{ sku: 'A-1' }] },
  'dotted.key': true,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [`field${number}`, number])),
};

const textbox = (name: string) => world.page.getByRole('textbox', { name, exact: true });
/**
 * In place of what the editor has. Emptied by its own keys: where the browser replaces coloured text in one go, it leaves
 * a style behind, which the policy refuses, to no harm.
 */
const write = async (name: string, text: string) => {
  await textbox(name).press('Control+a');
  await textbox(name).press('Backspace');
  await world.page.keyboard.insertText(text);
};
const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const part = (name: string) => world.page.getByRole('region', { name, exact: true });
const choose = async (name: RegExp, option: RegExp) => {
  await world.page.getByRole('button', { name }).click();
  await world.page.getByRole('option', { name: option }).click();
};
const create = async (webhook: object) => (await world.call('POST', '/api/journeyWebhooks', webhook)).body;
const read = async (id: number) => (await world.call('GET', `/api/journeyWebhooks/${id}`)).body;
const openSaved = async (id: number) => {
  await world.page.goto(`/webhooks/${id}`);
  await textbox('Endpoint').waitFor();
};

/* B038, B039, B079, B088, B104, B105, B106, B107, B108, B109, B110, B111. */
it('creates a webhook: previewed as it is typed, tested, and with live data fields', async () => {
  const { page } = world;
  receiver.respond({ body: ANSWER });
  await page.goto('/webhooks');
  await page.getByRole('link', { name: 'New webhook' }).first().click();
  await page.getByRole('heading', { name: 'Create Journey Webhook' }).waitFor();
  await part('Test Connection').getByText('Test before users come').waitFor();
  await textbox('Name').fill('Order');
  await write('Endpoint', `${receiver.url}/orders/{{#urlEncode}}{{email}}{{/urlEncode}}`);
  await part('Preview').getByText('/orders/test.user%40example.com').waitFor();
  await write('JSON body', `{"plan": "{{plan}}", "hostile": "${HOSTILE}"}`);
  await part('Preview').getByText('"plan": "pro"').waitFor();
  await write('Trigger data', '{"plan": "from the trigger"}');
  await part('Preview').getByText('"plan": "from the trigger"').waitFor();

  await page.getByRole('checkbox', { name: 'Data Retrieval' }).check();
  await page.getByText('needs a successful test of this request').waitFor();
  expect(await button('Save').isDisabled()).toBe(true);
  await button('Run Test').click();
  await page.getByText('Webhook test successful').waitFor();
  expect(receiver.requests[0]!.json()).toMatchObject({ plan: 'from the trigger', hostile: HOSTILE });
  await page.getByLabel('Response body').getByText(HOSTILE).waitFor();

  const fields = part('Live Data Fields');
  await fields.getByLabel('order.status', { exact: true }).check();
  await fields.getByText('{{liveData.order.status}}').waitFor();
  expect(await fields.getByLabel('order', { exact: true }).isDisabled()).toBe(true);
  await fields.getByLabel('Type of order.status').selectOption('number');
  await fields.getByText('does not become a number').waitFor();
  await fields.getByLabel('["dotted.key"]', { exact: true }).check();
  await fields.getByText('{{liveData.[dotted.key]}}').waitFor();
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) await fields.getByLabel(`field${number}`).check();
  await fields.getByText('10 of 10').waitFor();
  expect(await fields.getByLabel('field9').isDisabled()).toBe(true);
  await expectAccessible(world, 'tested, with live data fields');

  await write('JSON body', '{}');
  await page.getByText('The request was changed since this test.').waitFor();
  expect(await button('Save').isDisabled()).toBe(true);
  await button('Run Test').click();
  await page.getByText('Webhook test successful').waitFor();
  await button('Save').click();
  await page.getByRole('heading', { name: 'Order' }).waitFor();
  const saved = await read(Number(/\d+$/.exec(page.url())![0]));
  expect(saved).toMatchObject({ name: 'Order', dataRetrieval: true, body: '{}' });
  expect(saved.liveDataFields).toHaveLength(10);
  expect(saved.liveDataFields[0]).toEqual({ path: 'order.status', type: 'number' });
});

it('says what is wrong beside the fields, and why a test failed', async () => {
  const { page } = world;
  receiver.respond(503, hang);
  await page.goto('/webhooks');
  await page.getByRole('link', { name: 'New webhook' }).first().click();
  await write('Endpoint', 'https://user:pass@api.example.com/');
  await part('Preview').getByText('must not contain a user name').waitFor();
  await part('Request').getByText('must not contain a user name').waitFor();
  await write('Trigger data', '[1]');
  await page.getByText('The sample user is not valid JSON.').waitFor();
  expect(await button('Run Test').isDisabled()).toBe(true);
  await button('Fill from the templates').click();
  await choose(/^None Type/, /^API key/);
  await button('Save').click();
  await page.getByText('fields need your attention').waitFor();
  await part('Request').getByText('A webhook needs a name.').waitFor();
  await part('Authentication').getByText('A header name consists of').waitFor();
  expect(await page.evaluate('document.activeElement.getAttribute("aria-invalid")')).toBe('true');
  await choose(/^API key Type/, /^None/);
  await write('Endpoint', `${receiver.url}/broken`);
  await part('Request').getByText('must not contain a user name').waitFor({ state: 'detached' });
  await button('Run Test').click();
  await part('Test Connection').getByText('http_status').waitFor();
  await part('Test Connection').getByText('Status 503').waitFor();
  await button('Run Test').click();
  await button('Stop waiting').click();
  await part('Test Connection').getByText('Untested').waitFor();

  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  await button('Stay').click();
  expect(page.url()).toMatch(/\/webhooks\/new$/);
  await page.goBack();
  await button('Leave without saving').click();
  await page.getByRole('grid', { name: 'Journey Webhooks' }).waitFor();
});

it('counts a test of exactly what was saved, until the request is changed', async () => {
  const { page, call } = world;
  receiver.respond({ body: ANSWER });
  await page.goto('/webhooks/new');
  await textbox('Name').fill('Tested');
  await write('Endpoint', `${receiver.url}/tested`);
  await choose(/^None Type/, /^API key/);
  await textbox('Header').fill('x-key');
  await page.getByLabel('Key', { exact: true }).fill('a-key');
  await part('Preview').getByText('No journey has this webhook yet, so workflowId is 0 here.').waitFor();
  const test = part('Test Connection');
  await button('Run Test').click();
  await test.getByText('Success', { exact: true }).waitFor();
  await button('Save').click();
  await page.getByRole('heading', { name: 'Tested', exact: true }).waitFor();
  await test.getByText('Success', { exact: true }).waitFor();
  await write('Endpoint', `${receiver.url}/other`);
  await test.getByText('Changed since', { exact: true }).waitFor();
  await button('Save').click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  await test.getByText('Changed since', { exact: true }).waitFor();
  await button('Run Test').click();
  await test.getByText('Success', { exact: true }).waitFor();
  await textbox('Name').fill('Renamed');
  await button('Save').click();
  await page.getByRole('heading', { name: 'Renamed', exact: true }).waitFor();
  expect(await button('Saved').isDisabled()).toBe(true);
  await test.getByText('Success', { exact: true }).waitFor();

  // What a run would send: the id of the journey that has it.
  const webhookId = Number(/\d+$/.exec(page.url())![0]);
  const journey = { name: 'Renewal', tiles: [{ id: 'call', type: 'webhook', webhookId }] };
  const { id } = (await call('POST', '/api/journeys', journey)).body;
  await openSaved(webhookId);
  await test.getByText('Untested').waitFor();
  await part('Preview').getByText(`"workflowId": ${id}`).waitFor();
  await part('Preview').getByText('here of “Renewal”').waitFor();
  await button('Run Test').click();
  await test.getByText('Success', { exact: true }).waitFor();
  expect(receiver.requests.map((request) => (request.json() as { workflowId: number }).workflowId)).toEqual([
    ...[0, 0],
    id,
  ]);
});

it('never shows a stored secret, keeps it, and replaces it; shows a signing secret once', async () => {
  const { page } = world;
  await page.goto('/webhooks/new');
  await textbox('Name').fill('Billing');
  await write('Endpoint', 'https://billing.example.com/accounts');
  await choose(/^None Type/, /^OAuth 2[.]0/);
  await page.getByLabel('Client ID', { exact: true }).fill('wayhook');
  await page.getByLabel('Client secret').fill('first-secret');
  await page.getByLabel('Token URL').fill('https://login.example.com/token');
  await page.getByText('Scope, parameters and more').click();
  await page.getByLabel('Scope').fill('read write');
  await button('Add parameter').click();
  await page.getByRole('group', { name: 'Parameter 1' }).getByLabel('Name').fill('audience');
  await page.getByRole('group', { name: 'Parameter 1' }).getByLabel('Value').fill('https://api.example.com/');
  await page.getByRole('checkbox', { name: 'Sign requests' }).check();
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Signing secret' });
  const secret = await dialog.getByRole('textbox').inputValue();
  await button('I have stored it').click();
  await page.getByRole('heading', { name: 'Billing' }).waitFor();
  const id = Number(/\d+$/.exec(page.url())![0]);
  await page.reload();
  await part('Authentication').getByText('Set', { exact: true }).waitFor();
  expect(await page.content()).not.toMatch(/first-secret|whsec_/);
  expect((await read(id)).authentication).toMatchObject({
    ...{ type: 'oauth2', scope: 'read write', clientSecret: { set: true } },
    parameters: { audience: 'https://api.example.com/' },
  });

  await button('Replace Client secret').click();
  await page.getByLabel('Client secret').fill('second-secret');
  await button('Keep the stored one').click();
  await part('Request').getByLabel('Name', { exact: true }).fill('Billing, again');
  await button('Save').click();
  await page.getByText('Everything is saved.').waitFor();
  await write('Endpoint', 'https://elsewhere.example.com/');
  await button('Save').click();
  await part('Authentication').getByText('The webhook calls another host now').waitFor();
  await button('Replace Client secret').click();
  await page.getByLabel('Client secret').fill('second-secret');
  await button('Save').click();
  await page.getByText('Everything is saved.').waitFor();
  expect((await read(id)).endpoint).toBe('https://elsewhere.example.com/');

  await button('Rotate signing secret').click();
  await button('Rotate').click();
  expect(await dialog.getByRole('textbox').inputValue()).not.toBe(secret);
});

it('lets whoever saves second choose: both changes, theirs, or their own', async () => {
  const { page } = world;
  const webhook = await create({ name: 'CRM', endpoint: 'https://crm.example.com/' });
  const theirs = async (change: object) => {
    const { id } = webhook;
    await world.call('PUT', `/api/journeyWebhooks/${id}`, { ...(await read(id)), ...change });
  };
  const conflict = page.getByRole('dialog', { name: 'Somebody changed this webhook meanwhile' });
  await openSaved(webhook.id);
  await theirs({ name: 'Their name' });
  await choose(/^POST HTTP method/, /^PUT/);
  await button('Save').click();
  await conflict.getByText('Their name').waitFor();
  await expectAccessible(world, 'conflict');
  await button('Keep both').click();
  await page.getByRole('heading', { name: 'Their name' }).waitFor();
  expect(await read(webhook.id)).toMatchObject({ name: 'Their name', method: 'PUT' });

  await theirs({ name: 'Their second name' });
  await textbox('Name').fill('My name');
  await button('Save').click();
  await conflict.getByText('Their second name').waitFor();
  expect(await button('Keep both').count()).toBe(0);
  await button('Take theirs').click();
  await page.getByText('Everything is saved.').waitFor();
  expect(await textbox('Name').inputValue()).toBe('Their second name');

  await theirs({ name: 'Their third name' });
  await textbox('Name').fill('My name');
  await button('Save').click();
  await conflict.getByText('Their third name').waitFor();
  await button('Keep mine').click();
  await page.getByRole('heading', { name: 'My name' }).waitFor();
  expect((await read(webhook.id)).name).toBe('My name');
});

it('fills the sample with a real user, or with an earlier delivery', async () => {
  const { page, call } = world;
  receiver.respond(200);
  const email = 'ana@example.com';
  await call('POST', '/api/users/update', { email, dataFields: { plan: 'gold', tries: 2 } });
  const webhook = await create({ name: 'Real', endpoint: receiver.url, body: '{"p": "{{plan}} {{code}}"}' });
  const tiles = [{ id: 'crm', type: 'webhook', webhookId: webhook.id }];
  const { id: workflowId } = (await call('POST', '/api/journeys', { name: 'Sample', tiles })).body;
  await call('POST', `/api/journeys/${workflowId}/publish`);
  const trigger = { email, workflowId, dataFields: { code: 'K-7' } };
  const { entryId } = (await call('POST', '/api/workflows/triggerWorkflow', trigger)).body.params;

  await openSaved(webhook.id);
  await button('Fill with real data').click();
  const field = page.getByRole('combobox', { name: 'Fill with real data' });
  await field.and(page.locator(':focus')).waitFor();
  await field.fill('ana@');
  await page.getByRole('option', { name: email }).click();
  await part('Preview').getByText('gold').waitFor();
  expect(await field.inputValue()).toBe(email);
  expect(await textbox('Profile').textContent()).not.toContain('profileUpdatedAt');
  await expectAccessible(world, 'a sample of a real user');
  await field.fill(entryId);
  await page.getByRole('option', { name: entryId }).click();
  await part('Preview').getByText('gold K-7').waitFor();
  await button('Run Test').click();
  await page.getByText('Webhook test successful').waitFor();
  expect(receiver.requests[0]!.json()).toMatchObject({ email, p: 'gold K-7' });
  expect(page.url()).not.toContain('ana');

  await button('Fill from the templates').click();
  await part('Preview').getByText('test.user@example.com').waitFor();
  expect(await field.inputValue()).toBe('');
  await call('DELETE', `/api/users/${email}`);
  await field.fill(entryId);
  await page.getByRole('option', { name: entryId }).click();
  await page.getByText('This user was erased. Choose another.').waitFor();
});

it('presets Inkit, and offers form fields and completion (B041, B080)', async () => {
  const { page } = world;
  await page.goto('/webhooks/new');
  await textbox('Name').fill('Postcard');
  await choose(/^Custom Destination/, /^Inkit/);
  await page.getByLabel('Template ID').fill('tpl_1');
  await page.getByLabel('API token').fill('inkit-token');
  await part('Preview').getByText('"address_country": "US"').waitFor();
  await button('Save').click();
  await page.getByRole('heading', { name: 'Postcard' }).waitFor();
  const postcard = await read(Number(/\d+$/.exec(page.url())![0]));
  expect(postcard).toMatchObject({ destination: 'inkit', inkit: { templateId: 'tpl_1' } });

  await page.goto('/webhooks/new');
  await write('Endpoint', 'https://api.example.com/?user=');
  await button('Insert variable into Endpoint').click();
  await page.getByRole('menuitem', { name: 'email' }).click();
  await part('Preview').getByText('?user=test.user%40example.com').waitFor();
  await choose(/^JSON Body type/, /^URL-encoded/);
  await button('Add form field').click();
  const field = page.getByRole('group', { name: 'Form field 1' });
  await field.getByLabel('Name').fill('To');
  await field.getByRole('textbox', { name: 'Value' }).pressSequentially('{{defaultIf');
  await page.getByRole('option', { name: /defaultIfEmpty/ }).click();
  await page.keyboard.type(' phone "none"');
  await part('Preview').getByText('To=%2B14155550100').waitFor();
});
