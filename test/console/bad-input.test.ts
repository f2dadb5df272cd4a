import { type Receiver, startReceiver } from '../support/receiver';
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

const post = async (path: string, body: unknown) => {
  const answer = await world.call('POST', path, body);
  expect([path, answer.status]).toEqual([path, answer.status < 300 ? answer.status : answer.body]);
  return answer.body;
};

/** What is wrong with the page: markup that became an element, or content that is wider than the window. */
async function wrongOn(path: string, waitFor = MARKUP): Promise<unknown[]> {
  const { page } = world;
  await page.goto(path);
  await page.getByText(waitFor).filter({ visible: true }).first().waitFor();
  const wrong: unknown[] = [];
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    const elements = await page.evaluate('document.querySelectorAll("img[src=x]").length');
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
