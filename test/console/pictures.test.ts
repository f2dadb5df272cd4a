import { type ConsoleWorld, openConsole, signIn } from './support/console';
import { picture } from './support/pictures';

/* The pictures of docs/in-the-browser.md of what is built there. Those of what has happened are made where it happens. */

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world);
});
afterAll(() => world.close());

const PURCHASE = {
  name: 'Tell the shop',
  method: 'PUT',
  endpoint: 'https://api.example.com/carts/{{#urlEncode}}{{cartId}}{{/urlEncode}}',
  userFields: ['city'],
  body: '{\n  "plan": "{{plan}}",\n  "reminded": true\n}',
};

async function post(path: string, body: object): Promise<number> {
  const answer = await world.call('POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body.id as number;
}

it('shows the form of a webhook beside its request', async () => {
  const { page } = world;
  await page.goto(`/webhooks/${await post('/api/journeyWebhooks', PURCHASE)}`);
  await page.getByText('Up to date').waitFor();
  await picture(page, 'webhook');
});

it('shows a journey', async () => {
  const { page } = world;
  const crm = await post('/api/journeyWebhooks', { ...PURCHASE, name: 'Call the CRM' });
  const shop = await post('/api/journeyWebhooks', { ...PURCHASE, name: 'Remind of the cart' });
  const bought = { event: 'purchase', match: { 'event.cartId': 'trigger.cartId' } };
  const journey = {
    name: 'Abandoned cart',
    entry: { source: 'event', eventName: 'cartAbandoned' },
    tiles: [
      {
        id: 'pause',
        type: 'waitFor',
        for: [{ ...bought, next: 'exit' }],
        timeout: '1 day',
        onTimeout: 'plan',
      },
      {
        ...{ id: 'plan', type: 'yesNoSplit', yes: 'crm', no: 'remind' },
        when: { field: 'profile.plan', is: 'equals', value: 'pro' },
      },
      { id: 'crm', type: 'webhook', webhookId: crm, next: 'exit' },
      { id: 'remind', type: 'webhook', webhookId: shop },
    ],
  };
  await page.goto(`/journeys/${await post('/api/journeys', journey)}?view=canvas&tile=pause`);
  await page.getByText('Call the CRM').waitFor();
  await picture(page, 'journey');
  expect(world.faults).toEqual([]);
});
