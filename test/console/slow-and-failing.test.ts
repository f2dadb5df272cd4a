import type { Route } from 'playwright-core';
import { until } from '../support/until';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';
import { enter, publishWinBack } from './support/passages';

/* What each page shows while the API is slow, and where it fails: a proxy in between does all of this. */

let world: ConsoleWorld;
const paths: string[] = [
  ...[
    '/',
    '/webhooks',
    '/journeys',
    '/entries',
    '/deliveries',
    '/users',
    '/lists',
    '/jobs',
    '/event-webhooks',
  ],
  ...['/inboxes', '/notifications', '/settings/people', '/settings/api-keys', '/settings/sessions'],
  '/settings/audit-log',
];
beforeAll(async () => {
  world = await openConsole();
  const { call, page } = world;
  await signIn(world);
  const journey = await publishWinBack(world);
  const { entryId, deliveryId, wait, split, call: answer } = await enter(world, journey, 'ada@example.com');
  await wait(Date.now() - 2 * 86_400_000);
  await split();
  await answer({ status: 503 });
  const list = (await call('POST', '/api/lists', { name: 'Readers' })).body.listId;
  const target = { name: 'CRM', targetUrl: 'https://crm.example.com', eventTypes: ['journey.exited'] };
  const hook = (await call('POST', '/api/eventWebhooks', target)).body.id;
  const { jobId } = (await call('POST', '/api/entries/exit', { journeyId: journey.journeyId })).body;
  paths.push(
    ...[`/webhooks/${journey.webhookId}`, `/journeys/${journey.journeyId}`, `/entries/${entryId}`],
    ...[`/deliveries/${deliveryId}`, `/users/by-email/ada%40example.com`, `/lists/${list}`, `/jobs/${jobId}`],
    ...[`/event-webhooks/${hook}`, `/event-webhooks/${hook}/edit`],
  );
  // Nobody waits for the pauses between attempts.
  await page.clock.install();
});
afterAll(() => world.close());
afterEach(() => expect(world.faults).toEqual([]));

/** Answers everything but who is signed in, which the page around asks. */
async function answering(answer: (route: Route) => Promise<unknown>): Promise<void> {
  await world.page.route('**/api/**', (route) =>
    new URL(route.request().url()).pathname === '/api/session' ? route.continue() : answer(route),
  );
}

const json = 'application/json';
const FAILURES = [
  {
    answer: {
      status: 500,
      contentType: json,
      body: '{"msg": "It broke.", "code": "InternalError", "params": null}',
    },
    text: 'It broke.',
  },
  {
    answer: { status: 503, contentType: 'text/html', body: '<h1>Away</h1>' },
    text: 'The server answered 503.',
  },
  { answer: { status: 200, contentType: json, body: '{"half":' }, text: 'answer could not be read' },
];

it('says what failed, keeps saying it, and tries again when asked', async () => {
  const { page } = world;
  const again = page.getByRole('main').getByRole('button', { name: 'Try again' });
  for (const [index, path] of paths.entries()) {
    const { answer, text } = FAILURES[index % FAILURES.length]!;
    await answering((route) => route.fulfill(answer));
    await page.goto(path);
    await until(async () => {
      await page.clock.fastForward(1_000);
      return (await again.count()) > 0;
    });
    await page.getByRole('main').getByText(text).first().waitFor();
    expect([path, await page.getByRole('heading', { level: 1 }).count()]).toEqual([path, 1]);
    expect([path, await page.getByText(/^0 /).count()]).toEqual([path, 0]);
    if (path === '/webhooks') await expectAccessible(world, 'a list that failed');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await again.first().click();
    await again.first().waitFor({ state: 'detached' });
  }
});

it('says that it is loading, and lets one leave meanwhile', async () => {
  const { page } = world;
  for (const path of paths) {
    const held: Route[] = [];
    await answering((route) => {
      held.push(route);
      return Promise.resolve();
    });
    await page.goto(path);
    await until(() => Promise.resolve(held.length > 0));
    await until(async () => {
      await page.clock.fastForward(500);
      return (await page.getByText('Loading…').count()) > 0;
    });
    expect([path, await page.getByText(/^0 /).count()]).toEqual([path, 0]);
    await page.getByRole('link', { name: 'Wayhook', exact: true }).click();
    await page.getByRole('heading', { name: 'Overview', exact: true }).waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await Promise.all(held.map((route) => route.continue().catch(() => undefined)));
  }
});
