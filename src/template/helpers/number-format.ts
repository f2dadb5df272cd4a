import { LRUCache } from 'lru-cache';
import { currencyOf } from './currencies';
import {
  MAX_DIGITS,
  parseNumberPattern,
  type Digits,
  type NumberPattern,
  type Token,
} from './number-pattern';

/** Java's names of the ways to round, and Intl's. */
const ROUNDING = {
  half_even: 'halfEven',
  half_up: 'halfExpand',
  half_down: 'halfTrunc',
  up: 'expand',
  down: 'trunc',
  ceiling: 'ceil',
  floor: 'floor',
} as const;
export type Rounding = keyof typeof ROUNDING;

/** What the named values of a call ask for, over what its format says. */
export interface NumberOptions {
  minimumFraction?: number;
  maximumFraction?: number;
  grouping?: boolean;
  rounding?: Rounding;
}

const PLAIN = {
  style: 'decimal',
  group: 3,
  minimumInteger: 1,
  minimumFraction: 0,
  maximumFraction: 3,
} as const;
const NAMED: Record<string, Digits & Pick<NumberPattern, 'style'>> = {
  integer: { ...PLAIN, maximumFraction: 0 },
  percent: { ...PLAIN, style: 'percent', maximumFraction: 0 },
};

export function isRounding(name: string): name is Rounding {
  return Object.hasOwn(ROUNDING, name);
}

/** A number as its digits, which Intl rounds only where it is to. */
type Numeral = Intl.StringNumericLiteral | number;

/** A number in a format: a name, a Java pattern, or none. Undefined for a format that cannot be used. */
export function formatNumber(
  value: Numeral,
  format: string | undefined,
  locale: string,
  options: NumberOptions,
): string | undefined {
  if (format === 'currency') return formatCurrency(value, locale, options);
  const named = format === undefined ? PLAIN : Object.hasOwn(NAMED, format) ? NAMED[format] : undefined;
  if (named) return intl(locale, settings(named, options)).format(value);
  const pattern = parseNumberPattern(format!);
  return pattern && formatPattern(value, pattern, locale, options);
}

/** What is wrong with a format in a locale, or undefined. */
export function numberFormatFault(format: string | undefined, locale: string): string | undefined {
  if (formatNumber(0, format, locale, {}) !== undefined) return undefined;
  return format === 'currency'
    ? 'its locale names no country with a currency. Use one like de_DE.'
    : 'its format is none of currency, percent, integer and patterns like "#,##0.00".';
}

/** A currency has its own number of digits after the point. */
function formatCurrency(value: Numeral, locale: string, options: NumberOptions): string | undefined {
  const currency = currencyOf(locale);
  if (currency === undefined) return undefined;
  const { maximumFractionDigits: digits } = intl(locale, { style: 'currency', currency }).resolvedOptions();
  const base = { ...PLAIN, minimumFraction: digits!, maximumFraction: digits! };
  return intl(locale, { ...settings(base, options), style: 'currency', currency }).format(value);
}

function settings(
  base: Digits & { style: NumberPattern['style'] },
  { minimumFraction, maximumFraction, grouping, rounding }: NumberOptions,
): Intl.NumberFormatOptions {
  const least = minimumFraction ?? Math.min(base.minimumFraction, maximumFraction ?? MAX_DIGITS);
  return {
    style: base.style,
    minimumIntegerDigits: Math.max(1, base.minimumInteger),
    minimumFractionDigits: least,
    maximumFractionDigits: Math.max(least, maximumFraction ?? base.maximumFraction),
    useGrouping: (grouping ?? base.group > 0) ? 'always' : false,
    roundingMode: ROUNDING[rounding ?? 'half_even'],
    signDisplay: 'negative',
  } as Intl.NumberFormatOptions;
}

/** Intl writes the digits, the pattern decides their groups and what surrounds them, the locale the signs. */
function formatPattern(
  value: Numeral,
  pattern: NumberPattern,
  locale: string,
  options: NumberOptions,
): string | undefined {
  const currency = pattern.style === 'currency' ? currencyOf(locale) : undefined;
  if (pattern.style === 'currency' && currency === undefined) return undefined;
  const asDigits = settings(
    { ...pattern, style: pattern.style === 'percent' ? 'percent' : 'decimal' },
    options,
  );
  const parts = partsOf(intl(locale, { ...asDigits, useGrouping: false }), value);
  const signs = partsOf(
    intl(locale, { style: 'currency', currency: currency ?? 'USD', useGrouping: true }),
    -1_234_567,
  );
  const percentSign = partsOf(intl(locale, { style: 'percent' }), 0)['percentSign'];
  const size = options.grouping === false ? 0 : pattern.group || (options.grouping ? 3 : 0);
  const written = `${digitsOf(parts, pattern, size, signs['group'] ?? '')}`;
  const affixes =
    parts['minusSign'] === undefined ? pattern.positive : (pattern.negative ?? pattern.positive);
  const minus = affixes === pattern.positive ? (parts['minusSign'] ?? '') : '';
  const write = (tokens: Token[]) =>
    tokens
      .map((token) =>
        'text' in token ? token.text : token.sign === 'currency' ? signs['currency'] : percentSign,
      )
      .join('');
  return `${minus}${write(affixes.before)}${written}${write(affixes.after)}`;
}

/** The parts of a formatted number by their type; of several with one type, such as groups, the first. */
function partsOf(writer: Intl.NumberFormat, value: Numeral): Record<string, string> {
  return Object.fromEntries(
    writer
      .formatToParts(value)
      .map(({ type, value: text }) => [type, text])
      .toReversed(),
  );
}

function digitsOf(
  { integer = '', decimal = '', fraction }: Record<string, string>,
  { minimumInteger }: Digits,
  size: number,
  separator: string,
): string {
  const whole = minimumInteger === 0 && integer === '0' && fraction !== undefined ? '' : integer;
  const groups = size === 0 ? whole : whole.replace(new RegExp(`\\B(?=(?:\\d{${size}})+$)`, 'g'), separator);
  return fraction === undefined ? groups : `${groups}${decimal}${fraction}`;
}

/** Creating one takes 0.1 ms. */
const writers = new LRUCache<string, Intl.NumberFormat>({ max: 200 });

function intl(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = writers.get(key);
  if (known) return known;
  const writer = new Intl.NumberFormat(locale, options);
  writers.set(key, writer);
  return writer;
}
