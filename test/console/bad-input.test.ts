import type { Locator } from 'playwright-core';
import { imported } from '../support/importing';
import { type Receiver, startReceiver } from '../support/receiver';
import { until } from '../support/until';
import { NARROW, WIDE } from './support/browser';
import { type ConsoleWorld, openConsole, signIn } from './support/console';
import { enter, publishWinBack } from './support/passages';

/* Texts of others, on each screen that shows them: they are text, never run, and never wider than the page. */

let world: ConsoleWorld;
let receiver: Receiver;
beforeAll(async () => {
  [world, receiver] = await Promise.all([openConsole(), startReceiver()]);
  await signIn(world);
});
afterAll(() => Promise.all([world.close(), receiver.close()]));
afterEach(() => expect(world.faults).toEqual([]));

const MARKUP = '<img src=x onerror=tellFault(1)>';
/** Markup, a right-to-left override, emoji of several characters, and a word without an end. */
const HOSTILE = `${MARKUP}\u202Egnp.exe 👩‍👩‍👧 {{constructor}} ${'W'.repeat(90)}`;
const EMAIL = `${'w'.repeat(60)}@example.com`;

/**
 * Texts with a mark of direction, other than alone in their place: what stands beside them would be turned. Data is shown
 * as it is, in lines of its own. As text, since it runs in the page.
 */
const TURNED = `(() => {
  const names = ${JSON.stringify([HOSTILE, `${HOSTILE} CRM`])};
  const placeOf = (node) => {
    let place = node.parentElement;
    while (getComputedStyle(place).display === 'inline') place = place.parentElement;
    return place;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    const isData = node.parentElement.closest('pre, textarea, script, style, td, .mono, .value, .cm-editor') !== null;
    if (node.data.trim() !== '' && !isData) texts.push({ text: node.data.trim(), place: placeOf(node) });
  }
  return texts.filter(({ text, place }) => /[\\u202a-\\u202e\\u2066\\u2067]/.test(text) &&
      !(names.includes(text) && texts.filter((other) => other.place === place).length === 1))
    .map(({ text, place }) => place.className + ': ' + place.textContent.slice(0, 200));
})()`;

const post = async (path: string, body: unknown) => {
  const answer = await world.call('POST', path, body);
  expect([path, answer.status]).toEqual([path, answer.status < 300 ? answer.status : answer.body]);
  return answer.body;
};

/** What is wrong with the page: markup that became an element, content that is wider than the window, or turned by a name beside it. */
async function wrongOn(path: string, waitFor = MARKUP): Promise<unknown[]> {
  const { page } = world;
  await page.goto(path);
  await page.getByText(waitFor).filter({ visible: true }).first().waitFor();
  const wrong: unknown[] = [];
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    const elements = await page.evaluate('document.querySelectorAll("img[src=x]").length');
    const turned = (await page.evaluate(TURNED)) as string[];
    if (turned.length > 0) wrong.push({ path, turned });
    if (Number(width) > size.width || elements !== 0) wrong.push({ path, width, elements });
  }
  return wrong;
}

it('shows hostile text as text on every screen, at both widths', async () => {
  const dataFields = {
    plan: 'pro',
    html: HOSTILE,
    constructor: { [HOSTILE]: [HOSTILE] },
    ['k'.repeat(200)]: 1,
  };
  const journey = await publishWinBack(world, HOSTILE);
  const entry = await enter(world, journey, EMAIL);
  await post('/api/users/update', { email: EMAIL, dataFields });
  await post('/api/events/track', { email: EMAIL, eventName: HOSTILE, dataFields });
  await entry.wait();
  await entry.split();
  const headers = { 'x-hostile': HOSTILE };
  for (let number = 1; number <= 4; number += 1) {
    await entry.call({ status: 503, body: JSON.stringify({ [HOSTILE]: HOSTILE }), headers });
  }
  const { listId } = await post('/api/lists', { name: HOSTILE, description: HOSTILE });
  await post('/api/lists/subscribe', { listId, subscribers: [{ email: EMAIL }] });
  await post('/api/people', { email: 'eve@example.com', name: HOSTILE, role: 'viewer' });
  await post('/api/apiKeys', { name: HOSTILE, scopes: ['read'] });
  const target = { targetUrl: `${receiver.url}/${'w'.repeat(300)}`, eventTypes: ['message.sent'] };
  const { id: eventWebhookId } = await post('/api/eventWebhooks', { name: HOSTILE, ...target });
  await world.call('POST', `/inbox/hostile?${encodeURIComponent(HOSTILE)}`, { [HOSTILE]: HOSTILE });
  const { requests } = (await world.call('GET', '/api/inbox/hostile')).body;
  const { changes } = (await world.call('GET', '/api/auditLog?pageSize=1')).body;

  const wrong: unknown[] = [];
  for (const path of [
    ...['/', '/webhooks', `/webhooks?open=${journey.webhookId}`, '/journeys', '/entries', '/deliveries'],
    ...[`/journeys/${journey.journeyId}`, `/journeys/${journey.journeyId}?view=list`],
    ...[`/entries/${entry.entryId}`, `/deliveries/${entry.deliveryId}`, '/deliveries?tab=failures'],
    ...[`/entries?open=${entry.entryId}`, `/deliveries?open=${entry.deliveryId}`, '/notifications'],
    ...[`/users/by-email/${encodeURIComponent(EMAIL)}`, '/lists', `/lists/${listId}`],
    ...['/settings/people', '/settings/api-keys', `/settings/audit-log?open=${changes?.[0]?.id}`],
    ...['/event-webhooks', `/event-webhooks/${eventWebhookId}`, `/inboxes/hostile?open=${requests[0].id}`],
  ]) {
    wrong.push(...(await wrongOn(path)));
  }
  wrong.push(...(await wrongOn(`/webhooks/${journey.webhookId}`, 'Everything is saved.')));
  wrong.push(...(await wrongOn('/users', 'w'.repeat(60))));
  expect(wrong).toEqual([]);
});

/** Opens a new webhook with Data Retrieval, and runs a test that is answered so. */
async function testWith(body: string | object): Promise<Locator> {
  const { page } = world;
  receiver.respond({ body, headers: { 'content-type': 'application/json' } });
  await page.goto('/webhooks/new');
  await page.getByRole('textbox', { name: 'Endpoint' }).focus();
  await page.keyboard.insertText(receiver.url);
  await page.getByRole('checkbox', { name: 'Data Retrieval' }).check();
  await page.getByRole('button', { name: 'Run Test' }).click();
  return page.getByRole('region', { name: 'Test Connection' });
}

it('shows what a hostile endpoint answers to a test as text, and offers its fields', async () => {
  const { page } = world;
  const test = await testWith({ constructor: 'c', html: HOSTILE, [HOSTILE]: { toString: 1 } });
  await test.getByText('Webhook test successful').waitFor();
  await test.getByLabel('Response body').getByText(MARKUP).first().waitFor();
  const fields = page.getByRole('region', { name: 'Live Data Fields' });
  await fields.getByLabel('html', { exact: true }).check();
  await fields.getByText('{{liveData.html}}').waitFor();
  await fields.getByLabel(`["${HOSTILE}"].toString`, { exact: true }).check();
  expect(await page.locator('img[src=x]').count()).toBe(0);
});

it.each([
  ['a field __proto__', '{"__proto__": {"polluted": true}}', 'has a field named “__proto__”'],
  ['a NUL', '{"nul": "a\\u0000b"}', 'has a NUL character'],
])('says why an answer with %s is of no use', async (_what, body, words) => {
  const test = await testWith(body);
  await test.getByText(words).waitFor();
  await test.getByText('Failed', { exact: true }).waitFor();
  await test.getByLabel('Response body', { exact: true }).waitFor();
  expect(await world.page.evaluate('({}).polluted')).toBeUndefined();
});

it('says that an answer of 2 MiB is too large, and shows the beginning of it', async () => {
  const { page } = world;
  const test = await testWith({ items: 'x'.repeat(2 * 1_048_576) });
  await test.getByText(/1 MiB|1,048,576 bytes|1048576 bytes/).waitFor();
  await test.getByText(/^The first 200,000 of/).waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
});

it('shows the first of 100,000 refused rows of an import, more as one scrolls, and how to get all', async () => {
  const { page } = world;
  const { id } = await imported(world, `email\n${'nobody\n'.repeat(100_000)}`);
  await page.goto(`/jobs/${id}`);
  await page.getByText('100,000 of 100,000 rows').waitFor();
  const refused = page.getByRole('grid', { name: 'Refused' });
  await refused.getByRole('gridcell', { name: '2', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Download what was refused' }).waitFor();
  await refused.getByRole('row').nth(1).focus();
  await until(async () => {
    await page.keyboard.press('End');
    const line = await refused.getByRole('row').last().getByRole('gridcell').first().textContent();
    return Number(line) > 400;
  });
  expect(await refused.getByRole('row').count()).toBeLessThan(100);
});
