/** How to write the digits of a number. */
export interface Digits {
  minimumInteger: number;
  minimumFraction: number;
  maximumFraction: number;
  /** How many digits stand between separators; 0 for no separators. */
  group: number;
}

/** A Java pattern such as `#,##0.00 ¤`. */
export interface NumberPattern extends Digits {
  style: 'decimal' | 'percent' | 'currency';
  positive: Affixes;
  /** Without it, negative numbers are written like positive ones after a minus. */
  negative?: Affixes;
}

/** Texts before and after the digits; `%` and `¤` in them are signs. */
interface Affixes {
  before: Token[];
  after: Token[];
}
export type Token = { text: string } | { sign: 'percentSign' | 'currency' };

const MAX_PATTERN = 100;
const AFFIX = String.raw`((?:'[^']*'|[^'#0.,;])*)`;
const SHAPE = new RegExp(
  `^${AFFIX}(#[#,]*|(?=[0.]))([0,]*)(?:\\.(0*)(#*))?${AFFIX}(?:;${AFFIX}[#0.,]+${AFFIX})?$`,
);

/** The most digits that Intl writes after the point, and before it. */
export const MAX_DIGITS = 20;

/** Reads a pattern; undefined for any other text. */
export function parseNumberPattern(text: string): NumberPattern | undefined {
  const parts = text.length > MAX_PATTERN ? null : SHAPE.exec(text);
  if (!parts) return undefined;
  const [, before, optional, required, zeros = '', marks = '', after, minus, behind] =
    parts as unknown as string[];
  const whole = `${optional}${required}`;
  const least = required!.replaceAll(',', '').length;
  const comma = whole.lastIndexOf(',');
  const exponent = /^E0/.test(after!);
  if (
    exponent ||
    `${whole}${zeros}${marks}` === '' ||
    Math.max(least, zeros.length + marks.length) > MAX_DIGITS
  ) {
    return undefined;
  }
  const positive = { before: tokens(before!), after: tokens(after!) };
  return {
    // Without a single 0 there is always a digit before the point.
    minimumInteger: least === 0 && zeros === '' ? 1 : least,
    minimumFraction: zeros.length,
    maximumFraction: zeros.length + marks.length,
    group: comma < 0 ? 0 : whole.length - comma - 1,
    style: styleOf(positive),
    positive,
    negative: minus === undefined ? undefined : { before: tokens(minus), after: tokens(behind!) },
  };
}

function styleOf({ before, after }: Affixes): NumberPattern['style'] {
  const signs = [...before, ...after].map((token) => ('sign' in token ? token.sign : undefined));
  if (signs.includes('percentSign')) return 'percent';
  return signs.includes('currency') ? 'currency' : 'decimal';
}

/** `''` is a quote; between single quotes, signs are plain text. */
function tokens(affix: string): Token[] {
  return [...affix.matchAll(/'([^']*)'|[^']/g)].map(([text, quoted]) => {
    if (text === '%') return { sign: 'percentSign' };
    if (text === '¤') return { sign: 'currency' };
    return { text: quoted === undefined ? text : quoted || "'" };
  });
}
