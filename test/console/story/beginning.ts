import type { Receiver } from '../../support/receiver';
import { picture } from '../support/pictures';
import { expectAccessible } from '../support/console';
import type { Person } from './person';

/** From the link that the program printed to a request in the built-in inbox. */
export async function begin(person: Person, link: string): Promise<void> {
  const { page, press } = person;
  await page.goto(new URL(link).pathname + new URL(link).hash);
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('a compiler is a translator');
  await press('Set the password and begin');

  const what = page.getByRole('region', { name: 'What arrives' });
  await page.getByText('Here you see the user’s way').waitFor();
  await expectAccessible(person, 'nothing is sent yet');
  await page.getByLabel('Trigger data').fill('{"color": ');
  await page.getByText('This is not a JSON object.').waitFor();
  await page.getByLabel('Trigger data').fill('{"color": "red"}');
  await press('Send a test user');
  await what.getByText('The webhook was sent, and answered 200').waitFor();
  await what.getByText('It has arrived in the inbox.').waitFor();
  await what.getByText('The user has completed the journey.').waitFor();
  const request = await what.getByLabel('The request, as it arrived', { exact: true }).innerText();
  expect(request).toContain('POST /inbox/demo');
  expect(request).toContain('"color":"red","email":"test.user@example.com"');
  await expectAccessible(person, 'a request has arrived');
  await picture(page, 'start');
  await page.reload();
  await what.getByText('It has arrived in the inbox.').waitFor();
}

/** Makes a webhook to an endpoint of one’s own, tests it, and uses it in a journey that delivers it (B006). */
export async function connect(person: Person, receiver: Receiver): Promise<void> {
  const { page, press, go, write } = person;
  await go('Journey Webhooks');
  await press('New webhook', 'link');
  await page.getByLabel('Name', { exact: true }).fill('My endpoint');
  await write('Endpoint', `${receiver.url}/mine`);
  await press('Run Test');
  await page.getByText('Webhook test successful').waitFor();
  await press('Save');
  await page.getByRole('heading', { name: 'My endpoint' }).waitFor();

  await go('Journeys');
  await press('New journey');
  await page.getByLabel('Name', { exact: true }).fill('Welcome');
  await press('Create');
  await press(/^Add a tile after/);
  await press(/^Call Webhook/, 'menuitem');
  await person.click(page.getByRole('combobox', { name: 'Webhook' }));
  await press(/^My endpoint/, 'option');
  await press('Publish…');
  await person.click(page.getByRole('dialog').getByRole('button', { name: /ublish$/ }));
  await page.getByText('Published version 1.').waitFor();
  await press('More');
  await press('Test Journey…', 'menuitem');
  await page.getByLabel('User', { exact: true }).fill('test.user@example.com');
  await press('Send this user through');
  await press('Follow the entry', 'link');
  await page.getByRole('main').getByText('Completed').first().waitFor();
  const [test, delivered] = receiver.requests;
  expect([test!.url, delivered!.url]).toEqual(['/mine', '/mine']);
  expect(delivered!.json()).toMatchObject({ email: 'test.user@example.com' });
}

/** The same in one step: an endpoint that is typed where one tries. What it was made for is used again. */
export async function tryOwnEndpoint(person: Person, receiver: Receiver): Promise<void> {
  const { page, press, go } = person;
  const what = page.getByRole('region', { name: 'What arrives' });
  const endpoint = page.getByRole('textbox', { name: 'Endpoint' });
  await go('Try it');
  await press(/Send it to$/);
  await press(/^An endpoint of my own/, 'option');
  await endpoint.fill('nowhere');
  await press('Send a test user');
  await endpoint.and(page.locator('[aria-invalid=true]')).waitFor();
  await endpoint.fill(`${receiver.url}/tried`);
  await page.getByLabel('Trigger data').fill('{"color": "<b>red</b>"}');
  for (let times = 1; times <= 2; times += 1) {
    const before = page.url();
    await press('Send a test user');
    await page.waitForURL((url) => url.href !== before && url.searchParams.has('entry'));
    await what.getByText('The user has completed the journey.').waitFor();
  }
  expect(await what.getByLabel('The request, as it was sent', { exact: true }).innerText()).toContain(
    '<b>red</b>',
  );
  expect(receiver.requests.filter(({ url }) => url === '/tried')).toHaveLength(2);
  await go('Journey Webhooks');
  await page.getByRole('status').getByText('3 webhooks').waitFor();
}
