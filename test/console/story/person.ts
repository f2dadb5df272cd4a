import type { Locator } from 'playwright-core';
import type { Browser } from '../support/browser';

/** Somebody at a browser, with what they do most. */
export interface Person extends Browser {
  /** How often they have clicked. */
  clicks: number;
  click: (what: Locator) => Promise<void>;
  /** Clicks a button, link, option or item of a menu by its name. */
  press: (name: string | RegExp, role?: Role) => Promise<void>;
  /** Clicks a field whose text is edited as code, and types there. */
  write: (name: string, text: string) => Promise<void>;
  go: (place: string) => Promise<void>;
}

type Role = 'button' | 'link' | 'option' | 'menuitem';

export function personAt(browser: Browser): Person {
  const { page } = browser;
  const person: Person = {
    ...browser,
    clicks: 0,
    async click(what) {
      person.clicks += 1;
      await what.click();
    },
    press: (name, role = 'button') => person.click(page.getByRole(role, { name, exact: true }).first()),
    async write(name, text) {
      await page.getByRole('textbox', { name, exact: true }).focus();
      await page.keyboard.insertText(text);
    },
    go: (place) =>
      person.click(
        page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }),
      ),
  };
  return person;
}
