import type { Locator } from 'playwright-core';
import { type Receiver, startReceiver } from '../support/receiver';
import { until } from '../support/until';
import { type ConsoleWorld, openConsole, signIn } from './support/console';
import { enter, publishWinBack } from './support/passages';

/* Nobody touches a mouse here. */

let world: ConsoleWorld;
let receiver: Receiver;
beforeAll(async () => {
  [world, receiver] = await Promise.all([openConsole(), startReceiver()]);
  await signIn(world);
});
afterAll(() => Promise.all([world.close(), receiver.close()]));
afterEach(() => expect(world.faults).toEqual([]));

const heading = (name: string) => world.page.getByRole('heading', { name, exact: true }).waitFor();
/** What has the focus; nothing where it is lost. */
const focused = () => world.page.locator(':focus');
const has = async (target: Locator) => (await target.and(focused()).or(target.locator(':focus')).count()) > 0;

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await world.page.keyboard.press(key);
}

/** Goes there by Tab alone. The focus is somewhere on the page all the way, and is seen. */
async function tabTo(target: Locator): Promise<void> {
  const { page } = world;
  await target.waitFor();
  for (let presses = 0; presses < 150; presses += 1) {
    await press('Tab');
    const unseen = await page.evaluate(`(() => {
      const focused = document.activeElement;
      // After the last one the browser’s own buttons follow.
      if (focused === document.body) return undefined;
      const rings = [];
      for (let one = focused; one !== null; one = one.parentElement) rings.push(one);
      return rings.slice(0, 5).some((one) => getComputedStyle(one).outlineStyle !== 'none')
        ? undefined : focused.outerHTML.slice(0, 200);
    })()`);
    expect(unseen).toBeUndefined();
    if (await has(target)) return;
  }
  throw new Error(`Tab does not lead to ${String(target)}.`);
}

/** Waits until the focus is within it. */
const hasFocus = (target: Locator) => until(() => has(target));

it('makes a webhook and tests it by keys alone', async () => {
  const { page } = world;
  await page.goto('/');
  await heading('Overview');
  await press('Tab', 'Enter');
  await hasFocus(page.getByRole('main'));
  await press('g', 'w');
  await heading('Journey Webhooks');
  await tabTo(page.getByRole('link', { name: 'New webhook' }).first());
  await press('Enter');
  await heading('Create Journey Webhook');
  await hasFocus(page.getByRole('main'));
  await tabTo(page.getByLabel('Name', { exact: true }));
  await page.keyboard.type('By keys');
  await tabTo(page.getByRole('textbox', { name: 'Endpoint', exact: true }));
  await page.keyboard.insertText(receiver.url);
  await tabTo(page.getByRole('button', { name: 'Add header' }));
  await press('Enter');
  await page.keyboard.type('x-key');
  await tabTo(page.getByRole('button', { name: /^Remove header/ }));
  await press('Enter');
  await page.getByRole('button', { name: /^Remove header/ }).waitFor({ state: 'detached' });
  await hasFocus(page.getByRole('button', { name: 'Add header' }));
  const test = page.getByRole('button', { name: 'Run Test' });
  await tabTo(test);
  await press('Enter');
  await page.getByText('Webhook test successful').waitFor();
  await hasFocus(test);
  await tabTo(page.getByRole('button', { name: 'Save', exact: true }));
  await press('Enter');
  await heading('By keys');
  await hasFocus(page.getByRole('main'));
});

it('walks menus, dialogs and rows of a list, and keeps the place when a row is deleted', async () => {
  const { page } = world;
  await world.call('POST', '/api/journeyWebhooks', { name: 'Unused', endpoint: receiver.url });
  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Unused/ });
  await tabTo(row);
  await press('ArrowDown');
  await hasFocus(page.getByRole('row', { name: /By keys/ }));
  await press('ArrowUp', 'ArrowRight');
  await page.getByRole('region', { name: 'Tiles that rely on it' }).waitFor();
  await press('ArrowLeft');
  const actions = page.getByRole('button', { name: 'Actions for Unused' });
  await tabTo(actions);
  const menu = page.getByRole('menu');
  for (const [key, item] of [
    ...['Enter', 'Space', 'ArrowDown'].map((key) => [key, 'Edit Webhook'] as const),
    ['ArrowUp', 'Delete Webhook'],
  ] as const) {
    await press(key);
    await hasFocus(menu.getByRole('menuitem', { name: item }));
    await press('Escape');
    await hasFocus(actions);
  }
  await press('Enter');
  await menu.waitFor();
  await press('End');
  await hasFocus(menu.getByRole('menuitem', { name: 'Delete Webhook' }));
  await press('Enter');
  const dialog = page.getByRole('dialog');
  await hasFocus(dialog);
  await press('Escape');
  await hasFocus(actions);
  await press('Enter');
  await menu.waitFor();
  await press('End', 'Enter');
  await tabTo(dialog.getByRole('button', { name: /^Delete/ }));
  await press('Enter');
  await row.waitFor({ state: 'detached' });
  await hasFocus(page.getByRole('row', { name: /By keys/ }));
});

it('opens a menu of a button at its first or last item', async () => {
  const { page } = world;
  const account = page.getByRole('button', { name: 'Their admin' });
  await account.focus();
  for (const [key, item] of [
    ['Enter', 'My account'],
    ['Space', 'My account'],
    ['ArrowDown', 'My account'],
    ['ArrowUp', 'Sign out'],
  ] as const) {
    await press(key);
    await hasFocus(page.getByRole('menuitem', { name: item }));
    await press('Escape');
    await hasFocus(account);
  }
});

it('goes to the next row when one is deleted, else to the one before, else to what makes one', async () => {
  const { page } = world;
  for (const name of ['First', 'Second', 'Third']) await world.call('POST', '/api/lists', { name });
  await press('g', 'l');
  await heading('Lists');
  const rowOf = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
  const remove = async (name: string) => {
    const actions = page.getByRole('button', { name: `Actions for ${name}` });
    await tabTo(actions);
    await press('ArrowUp');
    await hasFocus(page.getByRole('menuitem', { name: 'Delete list' }));
    await press('Enter');
    await tabTo(page.getByRole('dialog').getByRole('button', { name: /^Delete/ }));
    await press('Enter');
    await actions.waitFor({ state: 'detached' });
  };
  await remove('Second');
  await hasFocus(rowOf('First'));
  await remove('First');
  await hasFocus(rowOf('Third'));
  await remove('Third');
  await hasFocus(page.getByRole('grid').getByRole('button', { name: 'New list' }));
});

it('builds a journey on the canvas and publishes it', async () => {
  const { page } = world;
  await press('g', 'j');
  await heading('Journeys');
  await tabTo(page.getByRole('button', { name: 'New journey' }).first());
  await press('Enter');
  await hasFocus(page.getByLabel('Name', { exact: true }));
  await page.keyboard.type('By keys');
  await press('Enter');
  await heading('By keys');
  await page.getByTitle('There is nothing to undo').waitFor();
  const entry = page.getByRole('button', { name: /^Entry/ });
  await tabTo(entry);
  await press('a');
  await hasFocus(page.getByRole('menuitem', { name: /^Call Webhook/ }));
  await press('Escape');
  await hasFocus(entry);
  await press('a');
  await page.getByRole('menuitem').first().waitFor();
  await press('Enter');
  const form = page.getByRole('complementary', { name: 'Tile webhook' });
  await hasFocus(form);
  await tabTo(form.getByRole('combobox', { name: 'Webhook' }));
  await page.keyboard.type('By');
  await page.getByRole('option', { name: /^By keys/ }).waitFor();
  await press('ArrowDown', 'Enter');
  await press('Escape');
  await hasFocus(entry);
  await press('ArrowDown');
  const tile = page.getByRole('button', { name: /^Call Webhook/ });
  await hasFocus(tile);
  await press('Delete');
  await tile.waitFor({ state: 'detached' });
  await hasFocus(entry);
  await press('Control+z');
  await tile.waitFor();
  const publish = page.getByRole('button', { name: 'Publish…' });
  await tabTo(publish);
  await press('Enter');
  const dialog = page.getByRole('dialog');
  await hasFocus(dialog);
  await press('Escape');
  await hasFocus(publish);
  await press('Enter');
  await tabTo(dialog.getByRole('button', { name: /^Publish/ }));
  await press('Enter');
  await page.getByText('Published version 1.').waitFor();
  await hasFocus(page.getByRole('main'));
});

it('follows a user from the list to the entry and back', async () => {
  const { page } = world;
  const journey = await publishWinBack(world);
  await (await enter(world, journey, 'ada@example.com')).wait();
  await press('g', 'e');
  await heading('Entries');
  const ada = page.getByRole('link', { name: /^ada@/ });
  await tabTo(ada);
  await press('Enter');
  const drawer = page.getByRole('complementary', { name: /^Entry ent_/ });
  await hasFocus(drawer);
  const exit = drawer.getByRole('button', { name: 'Exit…' });
  await tabTo(exit);
  await press('Enter');
  const dialog = page.getByRole('dialog');
  await hasFocus(dialog);
  await tabTo(dialog.getByRole('button', { name: 'Exit the entry' }));
  await press('Enter');
  // It cannot be done twice: its button is gone.
  await exit.waitFor({ state: 'detached' });
  await hasFocus(drawer);
  await press('Escape');
  await hasFocus(ada);
});
