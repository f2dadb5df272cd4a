import { LRUCache } from 'lru-cache';

/** Latin digits and the Gregorian calendar in every language: the reader is mostly a program. */
const PLAIN = '-u-ca-gregory-nu-latn';

const known = new LRUCache<string, string>({ max: 200 });

/** Intl's tag for a locale as Java writes it, `de_DE`, or for `de-DE`; undefined for an unknown one. */
export function localeNamed(name: string): string | undefined {
  if (!/^[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3}$/.test(name)) return undefined;
  const cached = known.get(name);
  if (cached !== undefined) return cached === '' ? undefined : cached;
  const tag = name.replaceAll('_', '-');
  const found = isSupported(tag) ? `${new Intl.Locale(tag).baseName}${PLAIN}` : '';
  known.set(name, found);
  return found === '' ? undefined : found;
}

function isSupported(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const DEFAULT_LOCALE = 'en_US';

/** The same for a value from data; `en_US` for one that names no known locale. */
export function localeOf(value: unknown): string {
  return (typeof value === 'string' ? localeNamed(value) : undefined) ?? localeNamed(DEFAULT_LOCALE)!;
}
