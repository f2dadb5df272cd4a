import { hang, type Receiver, startReceiver } from '../support/receiver';
import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';

/* Two people at once, rights and sessions that end, and a server that goes away: nothing that was typed is lost. */

let world: ConsoleWorld;
let receiver: Receiver;
beforeAll(async () => {
  [world, receiver] = await Promise.all([openConsole(), startReceiver()]);
});
afterAll(() => Promise.all([world.close(), receiver.close()]));
afterEach(() => expect(world.faults).toEqual([]));

const PASSWORD = 'a compiler is a translator';
const KEY = 'WAYHOOK_API_KEY';
const dialog = (name: string | RegExp) => world.page.getByRole('dialog', { name });
const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const textbox = (name: string) => world.page.getByRole('textbox', { name, exact: true });
const read = async (path: string) => (await world.call('GET', path)).body;
const made = async (path: string, body: object) => (await world.call('POST', path, body)).body;
const more = async (action: string) => {
  await button('More').click();
  await world.page.getByRole('menuitem', { name: action }).click();
};
const TILES = [{ id: 'wait', type: 'delay', for: '1 day' }];

describe('a journey that two people change', () => {
  beforeAll(() => signIn(world, 'marketer'));

  it('is published by the first of two, and the second is told by whom', async () => {
    const { page } = world;
    const { id } = await made('/api/journeys', { name: 'Win back', tiles: TILES });
    await page.goto(`/journeys/${id}?panel=publish`);
    await page.getByText('The first version of this journey.').waitFor();
    await world.call('POST', `/api/journeys/${id}/publish`);
    await button('Publish').click();
    const conflict = dialog('Somebody changed this journey meanwhile');
    await conflict.getByRole('heading', { name: `${KEY} published it` }).waitFor();
    await conflict.getByRole('row', { name: 'publishedVersion – 1' }).waitFor();
    await expectAccessible(world, 'two who publish');
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByText('Published · version 1').waitFor();
    expect((await read(`/api/journeys/${id}/versions`)).versions).toHaveLength(1);
  });

  it('is unpublished and archived only by who has seen the last change, from the editor and the list', async () => {
    const { page } = world;
    const { id } = await made('/api/journeys', { name: 'Winter sale', tiles: TILES });
    await world.call('POST', `/api/journeys/${id}/publish`);
    await page.goto(`/journeys/${id}`);
    await page.getByText('Published · version 1').waitFor();
    await world.call('PUT', `/api/journeys/${id}`, { name: 'Winter sale', tiles: TILES, lifetimeLimit: 2 });
    await more('Unpublish…');
    const unpublishing = dialog('Unpublish “Winter sale”?');
    await unpublishing.getByRole('button', { name: 'Unpublish the journey' }).click();
    await unpublishing.getByRole('row', { name: 'lifetimeLimit – 2' }).waitFor();
    expect(await read(`/api/journeys/${id}`)).toMatchObject({ publishedVersion: 1 });
    await unpublishing.getByRole('button', { name: 'Unpublish the journey anyway' }).click();
    await page.getByText('Published · version 1').waitFor({ state: 'detached' });
    expect(await read(`/api/journeys/${id}`)).toMatchObject({ publishedVersion: null });

    await page.goto('/journeys?name=Winter');
    await button('Actions for Winter sale').click();
    await page.getByRole('menuitem', { name: 'Archive…' }).click();
    await world.call('POST', `/api/journeys/${id}/publish`);
    const archiving = dialog('Archive “Winter sale”?');
    await archiving.getByRole('button', { name: 'Archive the journey' }).click();
    await archiving.getByRole('heading', { name: `${KEY} published it` }).waitFor();
    expect(await read(`/api/journeys/${id}`)).toMatchObject({ status: 'published' });
  });

  it('says so when the server refuses to unpublish it', async () => {
    const { page } = world;
    const { id } = await made('/api/journeys', { name: 'Loyal', tiles: TILES });
    await world.call('POST', `/api/journeys/${id}/publish`);
    await page.goto(`/journeys/${id}`);
    await more('Unpublish…');
    await page.route('**/unpublish', (route) => route.abort());
    await button('Unpublish the journey').click();
    await dialog(/^Unpublish/)
      .getByText('The server cannot be reached.')
      .waitFor();
    await page.unroute('**/unpublish');
    await button('Unpublish the journey').click();
    await page.getByText('Unpublished “Loyal”.').waitFor();
  });

  it('cannot be saved once another has archived it, and is read only from then on', async () => {
    const { page } = world;
    const { id } = await made('/api/journeys', { name: 'Summer', tiles: TILES });
    await page.goto(`/journeys/${id}?panel=settings`);
    await textbox('Name').fill('Summer sale');
    await world.call('DELETE', `/api/journeys/${id}`);
    await page.keyboard.press('Escape');
    await button('Save').click();
    const conflict = dialog('Somebody changed this journey meanwhile');
    await conflict.getByRole('heading', { name: `${KEY} archived it` }).waitFor();
    await conflict.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByText('is archived').first().waitFor();
    await expectAccessible(world, 'a journey that was archived meanwhile');
    await button('Save').click();
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByText('Archived', { exact: true }).first().waitFor();
    expect([await button('Save').count(), await button('Publish…').count()]).toEqual([0, 0]);
    expect((await read(`/api/journeys/${id}`)).name).toBe('Summer');
  });

  it('keeps what was typed when the right is taken away, and saves it when it is given back', async () => {
    const { page } = world;
    const { id: personId, email } = await signIn(world, 'marketer');
    const be = (role: string) =>
      world.call('PUT', `/api/people/${personId}`, { email, name: 'Their marketer', role });
    const { id } = await made('/api/journeys', { name: 'Spring', tiles: TILES });
    await page.goto(`/journeys/${id}?panel=settings`);
    await textbox('Name').fill('Spring sale');
    await page.keyboard.press('Escape');
    await be('viewer');
    await button('Save').click();
    await page.getByText('You may no longer change journeys').waitFor();
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
    await expectAccessible(world, 'a journey, without the right to change it');
    expect(await button('Save').count()).toBe(0);
    await be('marketer');
    await page.evaluate('window.dispatchEvent(new Event("wayhook:forbidden"))');
    await button('Save').click();
    await button('Saved').waitFor();
    expect((await read(`/api/journeys/${id}`)).name).toBe('Spring sale');
  });
});

describe('a webhook whose form is open', () => {
  const opened = async (name: string) => {
    const { id } = await made('/api/journeyWebhooks', { name, endpoint: `${receiver.url}/` });
    await world.page.goto(`/webhooks/${id}`);
    await textbox('Endpoint').waitFor();
    return id as number;
  };
  const nameOf = async (id: number) => (await read(`/api/journeyWebhooks/${id}`)).name;

  it('keeps what was typed while the right to change it is taken away, and when the session ends', async () => {
    const { page } = world;
    const { id: personId, email } = await signIn(world, 'integrator');
    const id = await opened('CRM');
    await textbox('Name').fill('CRM sync');
    const be = (role: string) => world.call('PUT', `/api/people/${personId}`, { email, name: 'Ada', role });
    await be('marketer');
    await button('Save').click();
    await page.getByText('You may no longer change webhooks').waitFor();
    await page.getByText('lacks “integrations”').first().waitFor();
    await expectAccessible(world, 'a webhook, without the right to change it');
    expect(await textbox('Name').inputValue()).toBe('CRM sync');
    await be('integrator');

    const { sessions } = await read(`/api/sessions?personId=${personId}`);
    for (const session of sessions) await world.call('DELETE', `/api/sessions/${session.id}`);
    await button('Save').click();
    const again = dialog('Sign in again');
    await again.getByText('Your session has ended. Sign in, and').waitFor();
    await expectAccessible(world, 'a session that has ended');
    await again.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await again.getByRole('alert').waitFor();
    await again.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe(`/webhooks/${id}`);
    expect(await textbox('Name').inputValue()).toBe('CRM sync');
    await button('Save').click();
    await page.getByText('Everything is saved.').waitFor();
    expect(await nameOf(id)).toBe('CRM sync');
  });

  it('shows nothing of the last person to another who signs in', async () => {
    const { page } = world;
    const { email } = await signIn(world, 'viewer');
    const { id: personId } = await signIn(world, 'integrator');
    await opened('Secret plan');
    await textbox('Name').fill('A plan of mine');
    const { sessions } = await read(`/api/sessions?personId=${personId}`);
    for (const session of sessions) await world.call('DELETE', `/api/sessions/${session.id}`);
    await button('Save').click();
    const again = dialog('Sign in again');
    await again.getByLabel('Email').fill(email);
    await again.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your role, viewer, lacks “integrations”.').first().waitFor();
    expect(await page.content()).not.toContain('plan');
  });

  it('is saved once the server is back', async () => {
    const { page } = world;
    await signIn(world, 'integrator');
    const id = await opened('Stock');
    await page.route('**/api/**', (route) => route.abort());
    await textbox('Name').fill('Stock level');
    await button('Save').click();
    await page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).first().waitFor();
    await expectAccessible(world, 'a form whose server is away');
    await page.unroute('**/api/**');
    await button('Save').click();
    await page.getByText('Everything is saved.').waitFor();
    expect(await nameOf(id)).toBe('Stock level');
  });

  it('says that it was locked meanwhile, and by what (B127)', async () => {
    const { page } = world;
    receiver.respond({ body: { score: 5 } });
    const webhook = { name: 'Score', method: 'GET', endpoint: `${receiver.url}/`, dataRetrieval: true };
    const fields = { ...webhook, liveDataFields: [{ path: 'score', type: 'number' }] };
    const { testToken } = await made('/api/journeyWebhooks/test', { webhook: fields, sample: {} });
    const { id } = await made('/api/journeyWebhooks', { ...fields, testToken });
    await page.goto(`/webhooks/${id}`);
    await textbox('Name').fill('Score, again');
    const tiles = [{ id: 'score', type: 'liveData', name: 'score', webhookId: id }];
    const journey = await made('/api/journeys', { name: 'Scored', tiles });
    await world.call('POST', `/api/journeys/${journey.id}/publish`);
    await button('Save').click();
    await page.getByText('of the published journey “Scored” reads it').first().waitFor();
    await page.getByRole('link', { name: 'Open the journey' }).waitFor();
    expect([await textbox('Name').inputValue(), await nameOf(id)]).toEqual(['Score, again', 'Score']);
    await expectAccessible(world, 'a webhook that was locked meanwhile');
  });

  it('leads to the test where a save was refused for want of it (B109)', async () => {
    const { page } = world;
    const id = await opened('Orders');
    receiver.respond(hang);
    await page.getByRole('checkbox', { name: 'Data Retrieval' }).check();
    expect(await button('Save').isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Data Retrieval' }).uncheck();
    // What the page does not know: the server has the last word.
    const liveDataFields = [{ path: 'score', type: 'number' }];
    await page.route(`**/api/journeyWebhooks/${id}`, (route) => {
      const body = JSON.stringify({
        ...(route.request().postDataJSON() as object),
        dataRetrieval: true,
        liveDataFields,
      });
      return route.continue({ postData: body });
    });
    await textbox('Name').fill('Orders, again');
    await button('Save').click();
    await page.getByText('Not saved: test the webhook first.').waitFor();
    await page.unroute(`**/api/journeyWebhooks/${id}`);
    await expectAccessible(world, 'a save that was refused for want of a test');
    expect(await textbox('Name').inputValue()).toBe('Orders, again');
  });

  it('is deleted from the list only as the list showed it', async () => {
    const { page } = world;
    const id = await opened('Old one');
    await page.goto('/webhooks?name=Old');
    await button('Actions for Old one').click();
    await page.getByRole('menuitem', { name: 'Delete Webhook' }).click();
    await world.call('PUT', `/api/journeyWebhooks/${id}`, {
      name: 'Old one',
      endpoint: 'https://new.example.com/',
    });
    const deleting = dialog('Delete “Old one”?');
    await deleting.getByRole('button', { name: 'Delete “Old one”' }).click();
    await deleting.getByRole('row', { name: /^endpoint/ }).waitFor();
    expect(await nameOf(id)).toBe('Old one');
    await deleting.getByRole('button', { name: 'Delete “Old one” anyway' }).click();
    await page.getByText('Deleted 1 webhook.').waitFor();
  });
});

it('asks two administrators who change one person whose change is to stay', async () => {
  const { page } = world;
  await signIn(world);
  const person = await made('/api/people', { email: 'grace@example.com', name: 'Grace', role: 'viewer' });
  const path = `/api/people/${person.id}`;
  const find = async () =>
    (await read('/api/people?pageSize=200')).people.find(({ id }: { id: number }) => id === person.id);
  await page.goto(`/settings/people?edit=${person.id}`);
  await textbox('Name').fill('Grace Hopper');
  await world.call('PUT', path, { email: 'grace@example.com', name: 'Grace', role: 'integrator' });
  await button('Save').click();
  const conflict = dialog('Somebody changed this person meanwhile');
  await conflict.getByRole('row', { name: 'role viewer integrator' }).waitFor();
  await expectAccessible(world, 'two who change a person');
  expect((await find()).role).toBe('integrator');
  await conflict.getByRole('button', { name: 'Go on editing' }).click();
  expect(await textbox('Name').inputValue()).toBe('Grace Hopper');
  await button('Save').click();
  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await page.getByText('Saved Grace Hopper.').waitFor();
  expect(await find()).toMatchObject({ name: 'Grace Hopper', role: 'viewer' });

  await button('Actions for Grace Hopper').click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await world.call('PUT', path, { email: 'grace@example.com', name: 'Grace Hopper', role: 'admin' });
  await button('Remove').click();
  await dialog('Remove Grace Hopper?').getByRole('row', { name: 'role viewer admin' }).waitFor();
  expect((await find()).role).toBe('admin');
});

it('writes no field of a user over what a program has written meanwhile', async () => {
  const { page } = world;
  await signIn(world, 'marketer');
  const email = 'ada@example.com';
  const write = (dataFields: object) => made('/api/users/update', { email, dataFields });
  const plan = async () => (await read(`/api/users/${email}`)).user.dataFields.plan;
  await write({ plan: 'free' });
  await page.goto(`/users/by-email/${email}`);
  await button('Edit plan').click();
  await write({ plan: 'team', visits: 3 });
  await textbox('Value').fill('pro');
  await button('Save').click();
  const form = dialog('Edit plan');
  await form.getByText('Something else was written meanwhile').waitFor();
  await form.getByText('team', { exact: true }).waitFor();
  await expectAccessible(world, 'a field that was written meanwhile');
  expect(await plan()).toBe('team');
  await form.getByRole('button', { name: 'Take theirs' }).click();
  expect(await textbox('Value').inputValue()).toBe('team');
  await textbox('Value').fill('pro');
  await write({ plan: 'enterprise' });
  await button('Save').click();
  await form.getByText('enterprise', { exact: true }).waitFor();
  await button('Keep mine').click();
  await page.getByText('Saved plan.').waitFor();
  expect(await plan()).toBe('pro');
});
