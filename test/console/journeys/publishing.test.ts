import { until } from '../../support/until';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world, 'integrator');
});
afterAll(() => world.close());
afterEach(() => expect(world.faults).toEqual([]));

const dialog = (name: string) => world.page.getByRole('dialog', { name });
const button = (name: string) => world.page.getByRole('button', { name, exact: true });

/** A journey with a delay, a split and a webhook, published as version 1. */
async function publishedJourney(): Promise<{ id: number; tiles: Record<string, unknown>[] }> {
  const crm = { name: 'CRM', endpoint: 'https://crm.example.com/users' };
  const webhookId = (await world.call('POST', '/api/journeyWebhooks', crm)).body.id;
  const tiles = [
    { id: 'wait', type: 'delay', for: '3 days' },
    {
      ...{ id: 'vip', type: 'yesNoSplit', yes: 'crm', no: 'exit' },
      when: { field: 'profile.plan', is: 'equals', value: 'pro' },
    },
    { id: 'crm', type: 'webhook', webhookId, name: '<b>Tell</b> the CRM' },
  ];
  const { id } = (await world.call('POST', '/api/journeys', { name: 'Win back', tiles })).body;
  await world.call('POST', `/api/journeys/${id}/publish`);
  return { id, tiles };
}

const save = (id: number, tiles: object[], fields: object = {}) =>
  world.call('PUT', `/api/journeys/${id}`, { name: 'Win back', tiles, ...fields });

it('publishes a draft, having shown in words what has changed', async () => {
  const { page, call } = world;
  const { id, tiles } = await publishedJourney();
  const [wait, ...rest] = tiles;
  await save(id, [{ ...wait, for: '4 days' }, ...rest], { lifetimeLimit: 1 });

  await page.goto(`/journeys/${id}?panel=publish`);
  const changes = dialog('Publish version 2').getByRole('region', { name: 'Changed tiles' });
  await changes.getByText('4 days').waitFor();
  expect(await changes.locator('li').count()).toBe(1);
  expect((await changes.innerText()).replace(/\s+/g, ' ')).toBe(
    'Tiles Changed Delay wait Waits for 3 days 4 days',
  );
  expect(await dialog('Publish version 2').getByText('Entries of one user').count()).toBe(1);
  await expectAccessible(world, 'publishing a difference');

  await dialog('Publish version 2').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Published version 2.').waitFor();
  await dialog('Publish version 2').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).not.toContain('panel');
  expect((await call('GET', `/api/journeys/${id}`)).body.publishedVersion).toBe(2);
});

it('says tile by tile what keeps a draft from being published, and leads there', async () => {
  const { page, call } = world;
  const { id, tiles } = await publishedJourney();
  const [wait, vip, crm] = tiles;
  const when = { field: 'liveData.score', is: 'greaterThan', value: 5 };
  await save(id, [wait!, { ...vip, when }, { ...crm, webhookId: 999 }]);

  await page.goto(`/journeys/${id}?panel=publish`);
  await button('Publish').click();
  const refused = dialog('Publish version 2').getByRole('alert');
  await refused.getByText('No tile before it captures “liveData.score”.').waitFor();
  expect(await refused.getByText('<b>Tell</b> the CRM').count()).toBe(1);
  await expectAccessible(world, 'a refused publication');
  await refused.getByRole('button', { name: 'vip' }).click();
  await page.waitForURL((url) => url.searchParams.get('tile') === 'vip' && !url.searchParams.has('panel'));
  expect((await call('GET', `/api/journeys/${id}`)).body.publishedVersion).toBe(1);
});

it('warns, once a journey is published, of what may not be meant', async () => {
  const { page } = world;
  const { id, tiles } = await publishedJourney();
  const order = { id: 'order', type: 'waitFor', for: [{ event: 'ordred' }], timeout: '1 day' };
  await save(id, [order, ...tiles]);
  await page.goto(`/journeys/${id}?panel=publish`);
  await button('Publish').click();
  const published = dialog('Published version 2');
  await published.getByText('“ordred”').waitFor();
  await published.getByRole('button', { name: 'order', exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('tile') === 'order');
});

it('shows what each version changed, and takes an earlier one back into the draft', async () => {
  const { page, call } = world;
  const { id, tiles } = await publishedJourney();
  await save(id, tiles.slice(0, 1));
  await call('POST', `/api/journeys/${id}/publish`);

  await page.goto(`/journeys/${id}?panel=versions&version=2`);
  const versions = dialog('Versions');
  await versions.getByText('Changed since version 1').waitFor();
  const changed = versions.getByRole('region', { name: 'Changed tiles' });
  expect(await changed.getByText('Removed').count()).toBe(2);
  await expectAccessible(world, 'the versions of a journey');

  await versions.getByRole('button', { name: 'Version 1' }).click();
  expect(new URL(page.url()).searchParams.get('version')).toBe('1');
  await versions.getByRole('button', { name: 'Edit this version again' }).click();
  await page.getByText('The draft is version 1 again, not saved yet.').waitFor();
  await button('Save').click();
  await until(async () => (await call('GET', `/api/journeys/${id}`)).body.tiles.length === 3);
});
