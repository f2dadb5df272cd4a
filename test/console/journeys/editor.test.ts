import { type ConsoleWorld, expectAccessible, openConsole, signIn } from '../support/console';
import { WIDE } from '../support/browser';

let world: ConsoleWorld;
beforeAll(async () => void (world = await openConsole()));
afterAll(() => world.close());

const read = async (id: number) => (await world.call('GET', `/api/journeys/${id}`)).body;
const tile = (id: string) => world.page.locator(`[data-tile="${id}"]`);
const status = (text: string) => world.page.getByRole('status').filter({ hasText: text });

it('builds a journey by keyboard, and names its faults where they are', async () => {
  const { page, faults } = world;
  await signIn(world, 'marketer');
  await page.goto('/journeys');
  await page.getByText('There is none yet.').waitFor();
  await expectAccessible(world, 'no journeys');
  await page.setViewportSize(WIDE);

  await page.getByRole('button', { name: 'New journey' }).first().click();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('A journey needs a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('<b>Win</b> back');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '<b>Win</b> back' }).waitFor();

  await tile('@entry').focus();
  await page.keyboard.press('a');
  await page.getByRole('menuitem', { name: 'Delay' }).click();
  const form = page.getByRole('complementary', { name: 'Tile delay' });
  await form.getByRole('textbox', { name: 'For' }).fill('0');
  // Its form, which has made the canvas narrower, does not cover it.
  await page.waitForFunction(`(() => {
    const [tile, canvas] = ['[data-tile=delay]', '.flow'].map((name) => document.querySelector(name).getBoundingClientRect());
    return canvas.width < 600 && tile.left >= canvas.left && tile.right <= canvas.right;
  })()`);
  await tile('delay').getByText('1 fault').waitFor();
  await page.getByRole('status').getByText('1 fault', { exact: true }).waitFor();
  await form.getByRole('alert').or(form.locator('.error')).first().waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').first().waitFor();
  await form.getByRole('textbox', { name: 'For' }).fill('2');
  await page.keyboard.press('Escape');

  await tile('delay').focus();
  await page.keyboard.press('a');
  await page.getByRole('menuitem', { name: 'Yes/No Split' }).click();
  await page.getByRole('button', { name: '1 fault', exact: true }).click();
  await page.getByRole('menuitem', { name: /Yes\/No Split/ }).click();
  const split = page.getByRole('complementary', { name: 'Tile yesNoSplit' });
  await split.locator('.error').first().waitFor();
  await expectAccessible(world, 'faults on the canvas');
  await page.setViewportSize(WIDE);
  await split.getByRole('button', { name: 'Close' }).click();

  await tile('yesNoSplit').focus();
  await page.keyboard.press('Delete');
  await tile('yesNoSplit').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Control+z');
  await tile('yesNoSplit').waitFor();
  await page.keyboard.press('Control+Shift+z');
  await tile('yesNoSplit').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  const { journeys } = (await world.call('GET', '/api/journeys')).body;
  expect(await read(journeys[0].id)).toMatchObject({
    name: '<b>Win</b> back',
    tiles: [{ id: 'delay', type: 'delay', for: '2 days' }],
  });
  expect(faults).toEqual([]);
});

it('shows that the draft differs, who saved first, and what is kept', async () => {
  const { page, faults } = world;
  const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];
  const { body: journey } = await world.call('POST', '/api/journeys', { name: 'Shared', tiles });
  await world.call('POST', `/api/journeys/${journey.id}/publish`);
  await page.goto(`/journeys/${journey.id}?tile=wait`);
  await page.getByText('Published · version 1').waitFor();
  const length = page.getByRole('complementary').getByRole('textbox', { name: 'For' });

  await length.fill('3');
  await world.call('PUT', `/api/journeys/${journey.id}`, { name: 'Shared', description: 'theirs', tiles });
  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('dialog', { name: 'Somebody changed this journey meanwhile' });
  await conflict.getByText('WAYHOOK_API_KEY').waitFor();
  await expectAccessible(world, 'a journey that two people change');
  await page.setViewportSize(WIDE);
  expect(await read(journey.id)).toMatchObject({ description: 'theirs', tiles: [{ for: '1 day' }] });
  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await page.getByText('Draft differs from version 1').waitFor();
  expect(await read(journey.id)).toMatchObject({ description: '', tiles: [{ for: '3 days' }] });

  await length.fill('4');
  await world.call('PUT', `/api/journeys/${journey.id}`, { name: 'Theirs', tiles });
  await page.getByRole('button', { name: 'Save' }).click();
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByRole('heading', { name: 'Theirs' }).waitFor();
  expect(await length.inputValue()).toBe('1');

  await length.fill('5');
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Journeys' }).click();
  await page
    .getByRole('dialog', { name: 'Leave without saving?' })
    .getByRole('button', { name: 'Stay' })
    .click();
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await length.inputValue()).toBe('1');
  expect(faults).toEqual([]);
});

it('does in the list what the canvas does, and archives with a question', async () => {
  const { page, faults } = world;
  const tiles = [
    { id: 'vip', type: 'yesNoSplit', when: { field: 'profile.plan', is: 'isSet' }, yes: 'gift', no: 'exit' },
    { id: 'gift', type: 'updateProfile', fields: { gift: true } },
    { id: 'last', type: 'delay', for: '1 day' },
  ];
  const { body: journey } = await world.call('POST', '/api/journeys', { name: 'Listed', tiles });
  await page.goto(`/journeys/${journey.id}?view=list`);
  await page.getByRole('button', { name: 'Add a tile after “Yes/No Split”, way “No”' }).click();
  await page.getByRole('menuitem', { name: 'A/B Split' }).click();
  const form = page.getByRole('complementary', { name: 'Tile abSplit' });
  await form.getByLabel('Share in %').first().fill('60');
  await form.getByText('The shares add up to 110 %, not to 100 %.').waitFor();
  await form.getByLabel('Share in %').last().fill('40');
  await form.getByLabel('Holdout').last().check();
  await form.getByRole('button', { name: /“A · 60 %” leads to/ }).click();
  await page.getByRole('option', { name: /Update Profile/ }).click();
  await expectAccessible(world, 'the list of tiles');
  await page.setViewportSize(WIDE);
  await form.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Remove “Delay”' }).click();
  await status('Removed tile “last”.').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  expect((await read(journey.id)).tiles).toEqual([
    { id: 'vip', type: 'yesNoSplit', when: tiles[0]!.when, yes: 'gift' },
    {
      ...{ id: 'abSplit', type: 'abSplit' },
      branches: [
        { name: 'A', weight: 60 },
        { name: 'B', weight: 40, holdout: true },
      ],
    },
    tiles[1],
  ]);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Archive…' }).click();
  await page.getByRole('button', { name: 'Archive the journey' }).click();
  await page.getByText('Archived', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Publish…' }).waitFor({ state: 'detached' });
  await page.goto('/journeys?status=Archived&name=list');
  await page.getByRole('grid', { name: 'Journeys' }).getByRole('link', { name: 'Listed' }).waitFor();
  await expectAccessible(world, 'the list of journeys');
  expect(faults).toEqual([]);
});

it('keeps every setting of a webhook in a tile, and has its headers behind a switch (B071, B077)', async () => {
  const { page, faults } = world;
  const authentication = {
    ...{ type: 'oauth2', clientId: 'wayhook', tokenUrl: 'https://login.example.com/token', scope: 'write' },
    ...{
      parameters: { audience: 'https://a.example/' },
      clientAuthentication: 'basic',
      refreshOn: [401, 403],
    },
  };
  const webhook = {
    url: 'https://crm.example.com/',
    authentication: { ...authentication, clientSecret: 's' },
  };
  const tiles = [{ id: 'crm', type: 'webhook', webhook }];
  const { id } = (await world.call('POST', '/api/journeys', { name: 'Inline', tiles })).body;
  await page.goto(`/journeys/${id}?tile=crm`);
  const form = page.getByRole('complementary', { name: 'Tile crm' });
  const parameter = form.getByRole('group', { name: 'Parameter 1' });
  expect(await parameter.getByLabel('Value').inputValue()).toBe('https://a.example/');
  expect(await form.getByLabel('A 403 asks for a fresh token too').isChecked()).toBe(true);
  const headers = form.getByRole('group', { name: 'Custom headers' });
  expect(await headers.getByLabel('Value').count()).toBe(0);
  await headers.getByLabel('Custom headers').check();
  await headers.getByLabel('Name').fill('X-Team');
  await headers.getByLabel('Value').fill('shop');
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  const [{ webhook: kept }] = (await read(id)).tiles;
  expect(kept.authentication).toEqual({ ...authentication, clientSecret: { set: true } });
  expect(kept.headers).toEqual([{ name: 'X-Team', value: 'shop' }]);

  await headers.getByLabel('Custom headers').uncheck();
  await parameter.getByLabel('Name').fill('client id');
  await form.getByText('The name of a parameter has 1 to 64 letters').waitFor();
  await parameter.getByLabel('Name').fill('resource');
  await form.getByLabel('A 403 asks for a fresh token too').uncheck();
  await form.getByRole('button', { name: /Client ID and secret are sent$/ }).click();
  await page.getByRole('option', { name: 'In the body' }).click();
  await form.getByText('The name of a parameter has 1 to 64 letters').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Saved' }).waitFor();
  const [{ webhook: changed }] = (await read(id)).tiles;
  const { clientAuthentication: _sent, refreshOn: _on, ...rest } = authentication;
  const parameters = { resource: 'https://a.example/' };
  expect(changed.authentication).toEqual({ ...rest, parameters, clientSecret: { set: true } });
  expect(changed.headers).toEqual([]);
  expect(faults).toEqual([]);
});

it('does not edit what a browser would round', async () => {
  const { page } = world;
  const when = '{"field": "profile.account", "is": "equals", "value": 12345678901234567890}';
  const split = `{"id": "vip", "type": "yesNoSplit", "when": ${when}, "yes": "wait", "no": "exit"}`;
  const tiles = `[${split}, {"id": "wait", "type": "delay", "for": "1 day"}]`;
  const made = await world.app.inject({
    ...{ method: 'POST', url: '/api/journeys', payload: `{"name": "Accounts", "tiles": ${tiles}}` },
    headers: { 'api-key': world.apiKey, 'content-type': 'application/json' },
  });
  expect(made.statusCode).toBe(201);
  await page.goto(`/journeys/${made.json().id}`);
  await page.getByText('a number that a browser would round').waitFor();
});

it('draws a long journey where one looks first, and soon the rest', async () => {
  const tiles = Array.from({ length: 60 }, (_, n) => ({
    ...{ id: `wait-${n}`, type: 'delay', for: '1 day', next: n < 59 ? `wait-${n + 1}` : 'exit' },
  }));
  const { body: made } = await world.call('POST', '/api/journeys', { name: 'Long', tiles });
  await signIn(world, 'marketer');
  const page = await world.context.newPage();
  await page.setViewportSize(WIDE);
  await page.addInitScript(`
    const look = () => {
      window.drawnAtFirst = [...document.querySelectorAll('[data-tile]')].map((tile) => tile.dataset.tile);
      if (drawnAtFirst.length === 0) requestAnimationFrame(look);
    };
    look();
  `);
  await page.goto(`/journeys/${made.id}?view=canvas&tile=wait-30`);
  await page.locator('[data-tile]').nth(60).waitFor();
  const drawnAtFirst = (await page.evaluate('drawnAtFirst')) as string[];
  expect(drawnAtFirst).toContain('wait-30');
  expect(drawnAtFirst.length).toBeLessThan(30);
  expect(await page.locator('.react-flow__edge').count()).toBe(61);
  await page.close();
});

it('offers nothing to whoever may only look', async () => {
  const { page, faults } = world;
  const tiles = [{ id: 'wait', type: 'delay', for: '1 day' }];
  const { body: journey } = await world.call('POST', '/api/journeys', { name: 'Seen', tiles });
  await signIn(world, 'viewer');
  await page.goto(`/journeys/${journey.id}?tile=wait`);
  const length = page.getByRole('complementary').getByRole('textbox', { name: 'For' });
  await length.waitFor();
  expect(await length.isDisabled()).toBe(true);
  for (const name of ['Save', 'Saved', 'Publish…', 'Undo', 'Add a tile after “Delay”']) {
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
  }
  expect(faults).toEqual([]);
});
