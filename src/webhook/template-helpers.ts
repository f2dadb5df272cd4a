import type { Helper } from './helper';
import { COMPARE } from './helpers-compare';
import { DATES } from './helpers-dates';
import { ENCODE } from './helpers-encode';
import { LISTS } from './helpers-lists';
import { NUMBERS } from './helpers-numbers';
import { TEXT } from './helpers-text';

/** Every helper that a template can name (spec.md, section 4; docs/templates.md). A new one is one row. */
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
