import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import type { Locator } from 'playwright-core';
import { JOB_KINDS } from '../../src/background/job-kinds';
import { createPageRunner } from '../../src/background/jobs';
import { until } from '../support/until';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';
import { enter, type Passages, publishWinBack } from './support/passages';
import { picture } from './support/pictures';

const HOUR = 3_600_000;
const MINUTE = 60_000;

let world: ConsoleWorld;
let journey: Passages;
beforeAll(async () => void (world = await openConsole()));
afterAll(() => world.close());

const heading = (name: string | RegExp) => world.page.getByRole('heading', { name, exact: true });

it('leads a new installation to its first webhook', async () => {
  const { page } = world;
  await signIn(world);
  await heading('Nothing has been sent yet').waitFor();
  await expectAccessible(world, 'overview of nothing');
  expect(await page.getByRole('link', { name: 'Create a journey webhook' }).getAttribute('href')).toBe(
    '/webhooks/new',
  );
  await page.goto('/entries');
  await page.getByText('Nobody has entered one yet.').waitFor();
  await page.goto('/deliveries');
  await page.getByText('Nothing was sent yet.').waitFor();
});

it('says that all is well, and that a request is being repeated', async () => {
  const { page } = world;
  journey = await publishWinBack(world);
  const done = await enter(world, journey, 'done@example.com');
  await done.wait(Date.now() - 26 * HOUR);
  await done.split(Date.now() - HOUR);
  await done.call({ status: 200, body: '{"ok":true}', at: Date.now() - HOUR });
  await page.goto('/');
  await heading('All is well').waitFor();
  await page.getByText('1 delivery in the last 24 hours, and none has failed.').waitFor();
  const retried = await enter(world, journey, 'retried@example.com');
  await retried.wait(Date.now() - 26 * HOUR);
  await retried.split();
  await retried.call({ status: 503 });
  await page.goto('/?since=1h');
  await page.getByRole('heading', { name: /being repeated/ }).waitFor();
  await expectAccessible(world, 'overview of a retry');
  await page.getByRole('region', { name: 'Users under way' }).getByText('1 with a request').waitFor();

  await page.goto(`/entries/${retried.entryId}`);
  await page.getByText('The endpoint did not take the request, which is repeated').waitFor();
  await page.getByText(/next attempt in \d+ min\.$/).waitFor();
  await expectAccessible(world, 'entry that is retried');
});

it('lets one find a failed delivery, and understand it: bell, notification, attempt, entry, why (B030, B130)', async () => {
  const { page, faults } = world;
  const ada = await enter(world, journey, 'ada@example.com');
  await ada.wait(Date.now() - 26 * HOUR);
  await ada.split(Date.now() - 10 * MINUTE);
  const headers = { 'content-type': 'application/json' };
  for (let number = 1; number <= 4; number += 1) {
    const body =
      number === 4 ? 'x'.repeat(16_384) : `{"try":${number},"html":"<img src=x onerror=alert(1)>"}`;
    await ada.call({ status: 503, body, headers, at: Date.now() - (12 - 3 * number) * MINUTE });
  }

  await page.goto('/');
  await heading('1 webhook has failed in the last 24 hours').waitFor();
  await expectAccessible(world, 'overview of a failure');
  await picture(page, 'overview');
  await page.getByRole('link', { name: 'Notifications, 1 unread' }).click();
  await page.getByRole('link', { name: /“Win back CRM” has encountered errors/ }).waitFor();
  await expectAccessible(world, 'an unread notification');
  await page.getByRole('link', { name: /“Win back CRM” has encountered errors/ }).click();

  await page.getByRole('heading', { name: 'Delivery of Win back CRM' }).waitFor();
  await page.getByText('The first 16 KiB.').waitFor();
  await expectAccessible(world, 'a failed delivery');
  await page.getByRole('button', { name: 'Attempt 2' }).click();
  await page.waitForURL('**?attempt=2');
  // As such addresses were before.
  await page.goto(`${new URL(page.url()).pathname}?attempt=%222%22`);
  const attempt = page.getByRole('region', { name: 'Attempt 2' });
  await attempt.getByText('"html": "<img src=x onerror=alert(1)>"').waitFor();
  expect(await attempt.getByRole('cell', { name: '[redacted]' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
  expect(copied).toContain(`-H 'authorization: [redacted]'`);
  expect(copied).toContain(`it'\\''s <b>bold</b>`);
  expect(copied).not.toContain('Bearer');

  await page.getByRole('link', { name: 'What the user went through' }).click();
  await heading('ada@example.com in Win back').waitFor();
  await page.getByText('profile.plan was “pro”').waitFor();
  const steps = page.getByRole('listitem').filter({ hasText: 'Exited here: 503 after 4 requests' });
  await steps.getByRole('link', { name: 'Tell the CRM' }).waitFor();
  await expectAccessible(world, 'an entry that exited');
  await picture(page, 'entry');
  const actions = page.locator('.page-head').locator('a, button');
  expect(await actions.last().textContent()).toContain('Open in Temporal');

  await page.goBack();
  await attempt.waitFor();
  await page.goto('/notifications');
  await page.getByRole('button', { name: 'Mark as Read' }).click();
  await page.getByRole('button', { name: 'Mark as Unread' }).waitFor();
  await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Read or unread' }).click();
  await page.getByRole('option', { name: 'Read', exact: true }).click();
  await page.waitForURL(/show=read/);
  await page.getByRole('button', { name: 'Mark as Unread' }).waitFor();
  expect(faults).toEqual([]);
});

it('offers to mark all notifications as read while one is unread', async () => {
  const { page, call } = world;
  await page.goto('/notifications?show=all');
  const rows = page.getByRole('list', { name: 'Notifications' }).getByRole('listitem');
  await rows.first().waitFor();
  const mark = page.getByRole('button', { name: 'Mark all as read' });
  expect(await mark.count()).toBe(0);
  const { notifications } = (await call('GET', '/api/notifications')).body;
  await call('POST', `/api/notifications/${notifications[0].id}/unread`);
  await page.reload();
  await mark.click();
  await page.getByText(/^Marked \d+ notifications? as read/).waitFor();
  await mark.waitFor({ state: 'detached' });
});

it('groups failures, and leads from a group to its deliveries beside the list', async () => {
  const { page } = world;
  await page.goto('/deliveries');
  await page.getByRole('link', { name: 'Failures by webhook' }).click();
  await page.getByRole('grid', { name: 'Failures by webhook and reason' }).waitFor();
  await expectAccessible(world, 'failures by webhook');
  await page.getByRole('grid').getByRole('link', { name: 'Win back CRM' }).click();
  await page.getByRole('button', { name: 'No longer only of Win back CRM' }).waitFor();
  expect(await page.getByRole('grid', { name: 'Deliveries' }).locator('[data-index]').count()).toBe(1);
  await page
    .getByRole('grid')
    .getByRole('link', { name: /Win back CRM/ })
    .click();
  await page.getByRole('complementary', { name: /^Delivery dlv_/ }).waitFor();
  await page.getByRole('region', { name: 'Attempt 4' }).waitFor();
  await expectAccessible(world, 'a delivery beside the filtered list');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('status')).toBe('failed');
});

it('takes a user out with a note, and counts what came meanwhile', async () => {
  const { page, faults } = world;
  const linus = await enter(world, journey, 'linus@example.com');
  await linus.wait();
  await page.goto(`/entries?user=linus@example.com&open=${linus.entryId}`);
  await page.getByText('Waits for a time to pass').waitFor();
  await page.getByRole('button', { name: 'Exit…' }).click();
  await page.getByLabel('Note').fill('<b>Called support</b>');
  await expectAccessible(world, 'taking a user out');
  await page.getByRole('button', { name: 'Exit the entry' }).click();
  await page.getByText('Cancelled (by an operator): <b>Called support</b>').waitFor();
  expect(await page.getByRole('button', { name: 'Exit…' }).count()).toBe(0);

  await page.goto('/entries');
  await page.getByRole('grid').getByText('linus@example.com').waitFor();
  await enter(world, journey, 'new@example.com');
  await page.getByRole('button', { name: '1 new' }).click();
  await page.getByRole('grid').getByText('new@example.com').waitFor();
  await page.goto('/entries?user=not-an-email@');
  await page.getByText('email').first().waitFor();

  await world.call('DELETE', '/api/users/ada@example.com');
  await page.goto('/entries?status=exited');
  await page.getByRole('link', { name: /Erased user/ }).click();
  await page.getByText('This user was erased.').waitFor();
  await expectAccessible(world, 'the entry of an erased user');
  expect(faults).toEqual([]);
});

it('says why an entry was taken out with others, and which one took its place', async () => {
  const { page, call } = world;
  await call('POST', '/api/users/update', { email: 'cart@example.com' });
  const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];
  const cart = { name: 'Cart', tiles, reentry: { onActive: 'restart' } };
  const workflowId = (await call('POST', '/api/journeys', cart)).body.id as number;
  await call('POST', `/api/journeys/${workflowId}/publish`);
  const begin = async () => {
    const body = { workflowId, email: 'cart@example.com' };
    return (await call('POST', '/api/workflows/triggerWorkflow', body)).body.params.entryId as string;
  };
  const [old, fresh] = [await begin(), await begin()];
  await page.goto(`/entries/${old}`);
  await page.getByText('a newer entry took its place.').waitFor();
  await page.getByRole('link', { name: 'a newer entry', exact: true }).click();
  await page.waitForURL(`**/entries/${fresh}`);
  await page.getByText('Accepted', { exact: true }).waitFor();

  const exit = { journeyId: workflowId, note: 'The shop is closed.' };
  const { jobId } = (await call('POST', '/api/entries/exit', exit)).body;
  const silent = pino({ level: 'silent' });
  const runPage = createPageRunner({ db: world.db, log: silent, enqueue: () => undefined, kinds: JOB_KINDS });
  await until(async () => {
    await runPage();
    return (await call('GET', `/api/jobs/${jobId}`)).body.endedAt !== undefined;
  });
  await page.getByText('The shop is closed.').waitFor();
  await page.goto(`/entries?journey=${workflowId}&status=cancelled`);
  await page.getByTitle('The shop is closed.').first().waitFor();
});

it('finds by the palette what was pasted or named, and lists the keys', async () => {
  const { page, faults } = world;
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const find = async (typed: string, name: string) => {
    await page.keyboard.press('Control+k');
    await palette.getByRole('searchbox').fill(typed);
    await palette.getByRole('menuitem', { name }).click();
  };
  await page.goto('/entries');
  await heading('Entries').waitFor();
  await find('done@example.com', 'Entries of done@example.com');
  await page.waitForURL('**/entries?user=done%40example.com');
  await page
    .getByRole('grid')
    .getByRole('link', { name: /done@example.com/ })
    .click();
  await page.waitForURL(/open=ent_/);
  const entryId = new URL(page.url()).searchParams.get('open')!;
  await find(entryId, `Entry ${entryId}`);
  await heading('done@example.com in Win back').waitFor();
  await find('win', 'Webhook Win back CRM');
  await page.waitForURL(`**/webhooks/${journey.webhookId}`);
  await find('win', 'Journey Win back');
  await page.waitForURL(`**/journeys/${journey.journeyId}*`);
  await page.goto('/deliveries');
  await heading('Deliveries').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await expectAccessible(world, 'keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await heading('Overview').waitFor();
  expect(faults).toEqual([]);
});

it('filters by webhook, journey and tile, which are found by their names, and goes back', async () => {
  const { page, faults } = world;
  await page.goto('/deliveries');
  const rows = page.getByRole('grid', { name: 'Deliveries' }).locator('[data-index]');
  await rows.first().waitFor();
  const choose = async (label: string, typed: string, option: string) => {
    await page.getByRole('combobox', { name: label }).fill(typed);
    await page.getByRole('option', { name: option }).first().click();
  };
  await expectAccessible(world, 'deliveries and their filters');
  await choose('Webhook', 'back c', 'Win back CRM');
  await page.waitForURL(`**/deliveries?webhook=${journey.webhookId}`);
  await choose('Journey', 'win', 'Win back');
  await page.getByRole('button', { name: 'Tile' }).click();
  await page.getByRole('option', { name: 'Tell the CRM' }).click();
  await page.waitForURL('**tile=crm');
  await page.getByRole('button', { name: 'No longer only at tile “Tell the CRM”' }).waitFor();
  await expectAccessible(world, 'deliveries by webhook, journey and tile');
  const address = page.url();
  await page.goBack();
  await page.getByRole('button', { name: 'Tile' }).getByText('Any tile').waitFor();
  expect(new URL(page.url()).searchParams.get('journey')).toBe(String(journey.journeyId));
  await page.goForward();
  await page.waitForURL(address);
  await page.getByRole('button', { name: 'No longer only in Win back' }).click();
  await page.waitForURL(`**/deliveries?webhook=${journey.webhookId}`);

  await page.goto('/deliveries');
  await page.getByRole('searchbox', { name: 'Email or userId' }).fill('done@example.com');
  await page.waitForURL('**/deliveries?user=done%40example.com');
  await page.getByRole('grid').getByText('Delivered').waitFor();
  expect(await rows.count()).toBe(1);

  await page.goto('/entries');
  await choose('Webhook', 'back c', 'Win back CRM');
  await page.waitForURL(`**/entries?webhook=${journey.webhookId}`);
  // Who still waits for the tile was sent nothing.
  await page.getByRole('grid').getByText('done@example.com').waitFor();
  expect(await page.getByRole('grid').getByText('linus@example.com').count()).toBe(0);
  await page.getByRole('button', { name: 'No longer only of Win back CRM' }).click();
  await page.getByRole('grid').getByText('linus@example.com').waitFor();
  await choose('Journey', 'win', 'Win back');
  await page.getByRole('button', { name: 'No longer only in Win back' }).waitFor();
  await page.getByRole('button', { name: 'Tile' }).click();
  await page.getByRole('option', { name: 'wait' }).click();
  await page.waitForURL(`**/entries?journey=${journey.journeyId}&tile=wait`);
  await page.getByRole('button', { name: 'No longer only at tile “wait”' }).waitFor();
  expect(faults).toEqual([]);
});

it('names a tile’s webhook, however many newer webhooks there are', async () => {
  const { page } = world;
  await world.db.execute(sql`
    insert into webhooks (name, definition)
    select 'Newer ' || n, definition from webhooks, generate_series(1, 250) n where id = ${journey.webhookId}`);
  await page.goto(`/journeys/${journey.journeyId}?view=list`);
  await page.getByText('Win back CRM').first().waitFor();
});

it('shows a viewer why somebody got nothing, and offers nothing that they may not do (B075)', async () => {
  const { page, faults } = world;
  await signIn(world, 'viewer');
  await page.goto('/deliveries?status=failed');
  await page
    .getByRole('grid')
    .getByRole('link', { name: /Win back CRM/ })
    .first()
    .click();
  const drawer = page.getByRole('complementary', { name: /^Delivery dlv_/ });
  await drawer
    .getByText('The endpoint answered 503 Service Unavailable, after 4 requests.')
    .first()
    .waitFor();
  await drawer.getByText('is for people who manage integrations').waitFor();
  expect(await drawer.getByRole('link', { name: 'Win back CRM' }).count()).toBe(0);
  expect(await drawer.getByText('nginx').count()).toBe(0);
  await expectAccessible(world, 'a delivery without its content');
  await page.goto('/notifications?show=all');
  await page.getByRole('link', { name: /has encountered errors/ }).waitFor();
  expect(await page.getByRole('button', { name: /Mark/ }).count()).toBe(0);

  await page.goto(`/journeys/${journey.journeyId}?view=list&tile=crm`);
  const tile = page.getByRole('complementary', { name: 'Tile crm' });
  await tile.getByRole('combobox', { name: 'Webhook' }).waitFor();
  await page.getByText('Read only for your role').waitFor();
  expect(await enabledIn(tile)).toEqual([]);
  await expectAccessible(world, 'a tile that is only read');
  await page.goto(`/journeys/${journey.journeyId}?view=list&panel=settings`);
  const settings = page.getByRole('group', { name: 'Settings of the journey' });
  await settings.getByLabel('Description').waitFor();
  expect(await enabledIn(settings)).toEqual([]);
  await settings.getByRole('button', { name: 'Users enter by' }).click({ force: true });
  expect(await page.getByRole('listbox').count()).toBe(0);
  await expectAccessible(world, 'settings that are only read');
  expect(faults).toEqual([]);
});

/** What could be changed within it. */
async function enabledIn(form: Locator): Promise<string[]> {
  return form.locator(':is(input, textarea, select, fieldset button):enabled').allTextContents();
}
