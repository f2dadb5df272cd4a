import type { Helper } from './helper';
import { COMPARE } from './compare';
import { DATES } from './dates';
import { ENCODE } from './encode';
import { LISTS } from './lists';
import { NUMBERS } from './numbers';
import { TEXT } from './text';

/** Every helper that a template can name (docs/templates.md). A new one is one row. */
export const HELPERS: Readonly<Record<string, Helper>> = {
  ...COMPARE,
  ...LISTS,
  ...TEXT,
  ...ENCODE,
  ...DATES,
  ...NUMBERS,
};

export function helperNamed(name: string): Helper | undefined {
  return Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined;
}
