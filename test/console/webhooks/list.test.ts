import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';
import { findWebhook, updateWebhook } from '../../../src/db/webhooks/webhooks';
import { enter, publishWinBack } from '../support/passages';

const DAY = 86_400_000;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world, 'integrator');
});
afterAll(() => world.close());
afterEach(() => expect(world.faults).toEqual([]));

const create = async (name: string, more: object = {}): Promise<number> => {
  const webhook = { name, endpoint: 'https://crm.example.com/users', ...more };
  return (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
};
const publish = async (name: string, tiles: object[]) => {
  const { id } = (await world.call('POST', '/api/journeys', { name, entry: { source: 'api' }, tiles })).body;
  expect((await world.call('POST', `/api/journeys/${id}/publish`)).status).toBe(200);
};

/** Lets a Live Data tile of a published journey read this webhook. */
const lock = async (db: ConsoleWorld['db'], id: number) => {
  const row = (await findWebhook(db, id))!;
  const liveDataFields = [{ path: 'score', type: 'number' as const }];
  const definition = { ...row.definition, dataRetrieval: true, liveDataFields };
  await updateWebhook(db, id, { name: row.name, definition, secretId: null });
  await publish('Scored', [{ id: 'score', type: 'liveData', name: 'score', webhookId: id }]);
};

it('says what to do when there is none (B119)', async () => {
  const { page } = world;
  await page.goto('/webhooks');
  await page.getByText('There is none yet.').waitFor();
  await expectAccessible(world, 'no webhooks');
  await page.getByRole('gridcell').getByRole('link', { name: 'New webhook' }).click();
  await page.getByRole('heading', { name: 'Create Journey Webhook' }).waitFor();
});

it('opens below a row what it sends and who relies on it, in the address too (B120)', async () => {
  const { page } = world;
  const hostile = '<img src=x onerror=tellFault(1)>';
  const id = await create(hostile, { userFields: ['city'], body: '{"plan": "{{plan}}"}' });
  await create('Other');
  await publish('Win back', [{ id: 'crm', type: 'webhook', webhookId: id }]);
  await page.goto('/webhooks');
  await page.getByRole('button', { name: `Details of ${hostile}` }).click();
  const tiles = page.getByRole('region', { name: 'Tiles that rely on it' });
  await tiles.getByText('Published').waitFor();
  await expectAccessible(world, 'details of a webhook');
  await page.reload();
  await tiles.getByRole('link', { name: 'Win back' }).waitFor();
  await page.getByRole('region', { name: 'Request body' }).getByText('{"plan": "{{plan}}"}').waitFor();
  await page.getByRole('row', { name: 'Other' }).focus();
  await page.keyboard.press('ArrowRight');
  await tiles.getByText('None. It can be changed and deleted freely.').waitFor();
  await page.keyboard.press('ArrowLeft');
  await tiles.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
  const [{ id: journeyId }] = (await world.call('GET', '/api/journeys')).body.journeys;
  await page.goto(`/webhooks?usedBy=${journeyId}`);
  await page.getByText('1 webhook', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'No longer only used by Win back' }).click();
  await page.getByText('2 webhooks').waitFor();
});

it('edits and duplicates a webhook from its menu, and says why that failed (B121)', async () => {
  const { page } = world;
  const id = await create('Original', { authentication: { type: 'bearer', token: 'secret' } });
  await page.goto('/webhooks?name=Original');
  const duplicate = async () => {
    await page.getByRole('button', { name: 'Actions for Original', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Duplicate Webhook' }).click();
  };
  await duplicate();
  await page.getByRole('link', { name: /Original [(]copy[)]/ }).waitFor();
  await page.getByRole('button', { name: 'Actions for Original', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Edit Webhook' }).click();
  await page.waitForURL(`**/webhooks/${id}`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
  await page.goBack();
  await world.call('DELETE', `/api/journeyWebhooks/${id}`);
  await duplicate();
  await page.getByRole('alert').getByText('There is no journey webhook').waitFor();
});

it('offers no edit and no deletion of a webhook that is locked, and says why (B127)', async () => {
  const { page, db } = world;
  await lock(db, await create('Score'));
  await page.goto('/webhooks?name=Score');
  await page.getByRole('button', { name: 'Actions for Score' }).click();
  for (const name of ['Edit Webhook', 'Delete Webhook']) {
    const item = page.getByRole('menuitem', { name });
    await item.getByText('The Live Data tile “score” of the published journey “Scored” reads it.').waitFor();
    expect(await item.getAttribute('aria-disabled')).toBe('true');
  }
  await expectAccessible(world, 'menu of a locked webhook');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Score/ }).click();
  await page.getByText('Unpublish the journey first.').waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
});

it('asks before it deletes, and names the tiles whose users would exit (B125, B126)', async () => {
  const { page } = world;
  const welcome = await publishWinBack(world, 'Welcome');
  const id = welcome.webhookId;
  const ada = await enter(world, welcome, 'ada@example.com');
  await ada.wait(Date.now() - 2 * DAY);
  await ada.split();
  await ada.call({ status: 503 });
  await page.goto('/webhooks?name=Welcome');
  await page.getByLabel('Select Welcome CRM').check();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByText('Welcome, tile “crm”, 1 user under way', { exact: true })
    .waitFor();
  await expectAccessible(world, 'deleting a webhook');
  await page.getByRole('button', { name: 'Delete “Welcome CRM”' }).click();
  await page.getByText('No webhook has “Welcome” in its name.').waitFor();
  expect((await world.call('GET', `/api/journeyWebhooks/${id}`)).status).toBe(404);
});

it('deletes several at once, and names those that it could not delete (B124)', async () => {
  const { page, db } = world;
  const [first, second, locked] = [await create('Bulk 1'), await create('Bulk 2'), await create('Bulk 3')];
  await page.goto('/webhooks?name=Bulk');
  for (const name of ['Bulk 1', 'Bulk 2', 'Bulk 3']) await page.getByLabel(`Select ${name}`).check();
  await page.getByRole('status').getByText('3 selected').waitFor();
  await lock(db, locked);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 3 webhooks?' });
  await dialog.getByRole('button', { name: 'Delete 3 webhooks' }).click();
  await dialog.getByRole('alert').getByText('Bulk 3: WAYHOOK_API_KEY changed it meanwhile.').waitFor();
  await page.getByText('Deleted 2 webhooks.').waitFor();
  await dialog.getByRole('button', { name: 'Delete 3 webhooks' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/^Bulk 3: .*Scored/)
    .waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('1 webhook', { exact: true }).waitFor();
  for (const id of [first, second])
    expect((await world.call('GET', `/api/journeyWebhooks/${id}`)).status).toBe(404);
});

it('is not offered without Manage Integrations, and says so to who opens it by its address', async () => {
  const { page } = world;
  await signIn(world, 'marketer');
  await page.goto('/webhooks');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('link', { name: 'Journey Webhooks' }).count()).toBe(0);
});
