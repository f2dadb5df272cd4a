import type { Locator } from 'playwright-core';
import { installDemo } from '../../src/local/demo';
import { inviteFirst } from '../../src/usecases/people/welcome';
import { type ApiWorld, createApi } from '../support/api-world';
import { createWorld, type World } from '../support/world';
import { type Browser, openBrowser } from './support/browser';
import { builtConsole, expectAccessible } from './support/console';
import { picture } from './support/pictures';

let world: World;
let api: ApiWorld;
let browser: Browser;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
  api = await createApi(world, { consoleFolder: await builtConsole(), enqueue: world.enqueue });
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  await installDemo(world, Number(new URL(url).port));
  browser = await openBrowser(url);
});
afterAll(async () => {
  await browser.close();
  await api.close();
  await world.close();
});

it('leads from the first link to a request in the inbox, and one to an own endpoint, in a dozen clicks', async () => {
  const { page, faults } = browser;
  let clicks = 0;
  const click = async (what: Locator) => {
    clicks += 1;
    await what.click();
  };
  const { code } = (await inviteFirst(world.db))!;
  await page.goto(`/welcome#code=${code}`);
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('a compiler is a translator');
  await click(page.getByRole('button', { name: 'Set the password and begin' }));

  const what = page.getByRole('region', { name: 'What arrives' });
  await page.getByText('Here you see the user’s way').waitFor();
  await expectAccessible(browser, 'nothing is sent yet');
  await page.getByLabel('Trigger data').fill('{"color": ');
  await page.getByText('This is not a JSON object.').waitFor();
  await page.getByLabel('Trigger data').fill('{"color": "red"}');
  await click(page.getByRole('button', { name: 'Send a test user' }));
  await what.getByText('The webhook was sent, and answered 200').waitFor();
  await what.getByText('It has arrived in the inbox.').waitFor();
  await what.getByText('The user has completed the journey.').waitFor();
  const request = await what.getByLabel('The request, as it arrived', { exact: true }).innerText();
  expect(request).toContain('POST /inbox/demo');
  expect(request).toContain('"color":"red","email":"test.user@example.com"');
  await expectAccessible(browser, 'a request has arrived');
  await picture(page, 'start');
  await page.reload();
  await what.getByText('It has arrived in the inbox.').waitFor();

  const { receiver } = world;
  await click(page.getByRole('button', { name: 'Send it to' }));
  await click(page.getByRole('option', { name: 'An endpoint of my own' }));
  await page.getByRole('textbox', { name: 'Endpoint' }).fill('nowhere');
  await click(page.getByRole('button', { name: 'Send a test user' }));
  await page.getByRole('textbox', { name: 'Endpoint' }).and(page.locator('[aria-invalid=true]')).waitFor();
  await page.getByRole('textbox', { name: 'Endpoint' }).fill(receiver.url);
  await page.getByLabel('Trigger data').fill('{"color": "<b>red</b>"}');
  await click(page.getByRole('button', { name: 'Send a test user' }));
  await page.waitForURL((url) => url.searchParams.get('endpoint') === receiver.url);
  await what.getByText('The user has completed the journey.').waitFor();
  const sent = await what.getByLabel('The request, as it was sent', { exact: true }).innerText();
  expect(sent).toContain('<b>red</b>');
  expect(receiver.requests).toHaveLength(1);
  expect(clicks).toBeLessThanOrEqual(12);

  // Sent there again, the same webhook and journey are used.
  const before = page.url();
  await page.getByRole('button', { name: 'Send a test user' }).click();
  await page.waitForURL((url) => url.href !== before);
  await what.getByText('The user has completed the journey.').waitFor();
  const { webhooks } = (await api.call('GET', '/api/journeyWebhooks')).body;
  expect(webhooks).toHaveLength(2);
  expect(faults).toEqual([]);
});
