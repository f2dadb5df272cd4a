import type { Receiver } from '../../support/receiver';
import type { Person } from './person';

/** Fetches a value by a test, and decides by it on who is called (B104, B112). */
export async function decideByLiveData(person: Person, receiver: Receiver): Promise<void> {
  const { page, press, go, write } = person;
  receiver.respondAt('/score', ({ url }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ customer: { score: url.includes('ada') ? 90 : 10 } }));
  });
  await go('Journey Webhooks');
  await press('New webhook', 'link');
  await page.getByLabel('Name', { exact: true }).fill('Score');
  await press(/HTTP method$/);
  await press('GET', 'option');
  await write('Endpoint', `${receiver.url}/score?email={{#urlEncode}}{{email}}{{/urlEncode}}`);
  await page.getByRole('checkbox', { name: 'Data Retrieval' }).check();
  await press('Run Test');
  await page.getByText('Webhook test successful').waitFor();
  await page.getByLabel('customer.score', { exact: true }).check();
  await press('Save');
  await page.getByRole('heading', { name: 'Score' }).waitFor();

  await go('Journeys');
  await press('New journey');
  await page.getByLabel('Name', { exact: true }).fill('By score');
  await press('Create');
  await press(/^Add a tile after/);
  await press(/^Live Data/, 'menuitem');
  const fetched = page.getByRole('complementary', { name: 'Tile liveData' });
  await fetched.getByRole('combobox', { name: 'Webhook' }).click();
  const score = page.getByRole('option', { name: /^Score/ });
  await score.waitFor();
  // Without Data Retrieval.
  expect(await page.getByRole('option', { name: /^My endpoint/ }).count()).toBe(0);
  await score.click();
  await fetched.getByLabel('Reference name').fill('crm');
  await press('Add a tile after “Live Data”');
  await press(/^Yes\/No Split/, 'menuitem');
  const split = page.getByRole('complementary', { name: 'Tile yesNoSplit' });
  await split.getByRole('combobox', { name: 'Field' }).fill('liveData.crm');
  await press(/^liveData.crm.customer.score/, 'option');
  await press(/Comparison$/);
  await press('is more than', 'option');
  await split.getByRole('textbox', { name: 'Value' }).fill('50');
  await press('Add a tile after “Yes/No Split”, way “Yes”');
  await press(/^Call Webhook/, 'menuitem');
  await page.getByRole('complementary').getByRole('combobox', { name: 'Webhook' }).click();
  await press(/^My endpoint/, 'option');
  await press('Publish…');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /ublish$/ })
    .click();
  await page.getByText('Published version 1.').waitFor();
}

const FILE = 'email,plan\nada@example.com,pro\nno-email-at-all\ngrace.hopper@example.com,pro\n';

/** Brings users by a file, sends them into the journey, and sees why each took which way. */
export async function importAndSend(person: Person, receiver: Receiver): Promise<void> {
  const { page, press, go } = person;
  receiver.requests.length = 0;
  await go('Lists');
  await press('New list');
  await page.getByLabel('Name', { exact: true }).fill('Customers');
  await press('Create list');
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await press('Import');
  const buffer = Buffer.from(FILE);
  await page
    .getByLabel('File', { exact: true })
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await page.getByLabel('First lines').getByText('ada@example.com').waitFor();
  await press('Import');
  await page.getByText('Completed').waitFor();
  await page.getByText('3 of 3 rows').waitFor();
  await page.getByRole('grid', { name: 'Refused' }).getByRole('row', { name: '3' }).waitFor();

  await go('Lists');
  await page.getByRole('grid').getByRole('link', { name: 'Customers' }).click();
  await page.getByRole('link', { name: 'grace.hopper@example.com' }).waitFor();
  await press('More');
  await press('Send into a journey', 'menuitem');
  await press(/Journey$/);
  await press('By score', 'option');
  await press('Send everyone');
  await page.getByText('Completed').waitFor();
  await go('Entries');
  for (const [email, way, words] of [
    ['ada@example.com', 'Took “Yes”', 'liveData.crm.customer.score was 90'],
    ['grace.hopper@example.com', 'Took “No”', 'liveData.crm.customer.score was 10'],
  ] as const) {
    await page.getByRole('grid').getByRole('link', { name: email }).click();
    const path = page.getByRole('complementary').getByRole('listitem').filter({ hasText: words });
    await path.getByText(way, { exact: true }).waitFor();
    await page.keyboard.press('Escape');
  }
  const called = receiver.requests.filter(({ url }) => url === '/mine');
  expect(called.map((request) => (request.json() as { email: string }).email)).toEqual(['ada@example.com']);
}
