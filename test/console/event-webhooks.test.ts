import { type ConsoleWorld, expectAccessible, openConsole, signIn } from './support/console';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world, 'integrator');
});
afterEach(() => expect(world.faults).toEqual([]));
afterAll(() => world.close());

const SECRET = /^whsec_/;

it('shows the Secret Key of an event webhook once, and a new one when it is rotated (B159)', async () => {
  const { page, call, url } = world;
  await page.goto('/event-webhooks');
  await page.getByText('There is none yet.').waitFor();
  await page.getByRole('button', { name: 'New event webhook' }).first().click();
  await page.getByLabel('Name').fill('CRM');
  await page.getByLabel('Target URL').fill('ftp://crm.example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Choose one event type or more.').waitFor();
  await expectAccessible(world, 'an event webhook that was refused');
  await page.getByLabel('Target URL').fill(`${url}/inbox/crm`);
  await page.getByLabel('participant.created').check();
  await page.getByRole('button', { name: 'Save' }).click();

  const once = page.getByRole('dialog', { name: 'The Secret Key' });
  const first = await once.getByRole('textbox', { name: 'Secret Key' }).inputValue();
  expect(first).toMatch(SECRET);
  await once.getByText('Store it now').waitFor();
  await once.getByRole('button', { name: 'Copy secret key' }).click();
  await once.getByText('Copied', { exact: true }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(first);
  await expectAccessible(world, 'a Secret Key shown once');
  await once.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('heading', { name: 'CRM' }).waitFor();
  await page.getByText('No event of its types has happened yet').waitFor();
  expect(await page.content()).not.toContain(first);

  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText(/^Delivered: the endpoint answered 200/).waitFor();
  expect(await page.getByLabel('Request', { exact: true }).textContent()).not.toContain(first);
  await page.getByRole('dialog').getByText('Close', { exact: true }).click();

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Rotate the Secret Key' }).click();
  await page.getByText('For 24 hours the old key signs too').waitFor();
  await page.getByRole('button', { name: 'Rotate', exact: true }).click();
  const rotated = page.getByRole('dialog', { name: 'The new Secret Key' });
  const second = await rotated.getByRole('textbox', { name: 'Secret Key' }).inputValue();
  expect([SECRET.test(second), second === first]).toEqual([true, false]);
  await rotated.getByRole('button', { name: 'I have stored it' }).click();

  await call('POST', '/api/users/update', { email: 'ada@example.com' });
  await page.reload();
  await page.getByRole('grid', { name: 'Deliveries' }).getByText('Pending').waitFor();
  await expectAccessible(world, 'an event webhook');
  expect(await page.content()).not.toContain('whsec_');
});

it('never saves over what somebody else has changed meanwhile', async () => {
  const { page, call } = world;
  const saved = await call('POST', '/api/eventWebhooks', {
    ...{ name: 'Warehouse', targetUrl: 'https://dwh.example.com/', eventTypes: ['message.sent'] },
  });
  const path = `/api/eventWebhooks/${saved.body.id}`;
  await page.goto(`/event-webhooks/${saved.body.id}/edit`);
  await page.getByLabel('Name').fill('Mine');
  await call('PUT', path, { ...saved.body, secretKey: { set: true }, name: 'Theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('dialog', { name: 'Somebody changed this event webhook meanwhile' });
  await conflict.getByRole('row', { name: 'name Warehouse Theirs' }).waitFor();
  expect((await call('GET', path)).body.name).toBe('Theirs');
  await expectAccessible(world, 'two who changed an event webhook');
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByRole('heading', { name: 'Edit Theirs' }).waitFor();
  expect(await page.getByLabel('Name').inputValue()).toBe('Theirs');

  await page.getByLabel('Target URL').fill('https://other.example.com/');
  await page.getByText('saving makes a new Secret Key').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  const once = page.getByRole('dialog', { name: 'A new Secret Key' });
  expect(await once.getByRole('textbox', { name: 'Secret Key' }).inputValue()).toMatch(SECRET);
  await once.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Turn off…' }).click();
  const turning = page.getByRole('dialog', { name: 'Turn Theirs off?' });
  await call('PUT', path, { ...(await call('GET', path)).body, eventTypes: ['participant.created'] });
  await turning.getByRole('button', { name: 'Turn off' }).click();
  await turning.getByRole('row', { name: /^eventTypes/ }).waitFor();
  await expectAccessible(world, 'a question about what has changed');
  await turning.getByRole('button', { name: 'Turn off anyway' }).click();
  await page.getByText('It is turned off').waitFor();
  expect((await call('GET', path)).body).toMatchObject({
    ...{ enabled: false, name: 'Theirs', eventTypes: ['participant.created'] },
  });
});

it('shows what comes to an inbox as it comes, as text (B129)', async () => {
  const { page, call, url } = world;
  const hostile = '<img src=x onerror=alert(1)>';
  await page.goto('/inboxes');
  await page.getByRole('button', { name: 'Open an inbox' }).first().click();
  await page.getByLabel('Name').fill('not a name');
  await page.keyboard.press('Enter');
  await page.getByText('An inbox name has 1 to 64').waitFor();
  await page.getByLabel('Name').fill('live');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing has come yet.').waitFor();
  await page.getByText(`${url}/inbox/live`, { exact: true }).waitFor();
  await expectAccessible(world, 'an empty inbox');

  await call('PUT', '/inbox/live/orders?respond=503', hostile, { 'x-tenant': hostile });
  const requests = page.getByRole('grid', { name: 'Requests' });
  await requests.getByRole('link', { name: 'PUT /orders?respond=503' }).click();
  const drawer = page.getByRole('complementary', { name: /^Request/ });
  expect(await drawer.getByLabel('Body', { exact: true }).textContent()).toBe(hostile);
  await drawer.getByText('x-tenant').waitFor();
  expect(new URL(page.url()).searchParams.get('open')).toMatch(/^\d+$/);
  await expectAccessible(world, 'a request');
  await call('POST', '/inbox/live', '{}');
  await page.getByRole('button', { name: '1 new' }).click();
  await requests.getByRole('link', { name: 'POST /' }).waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Empty the inbox' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Empty the inbox' }).click();
  await page.getByText('Nothing has come yet.').waitFor();
  expect((await call('GET', '/api/inbox/live')).body.requests).toEqual([]);
});
