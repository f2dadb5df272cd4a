import { unusable, type HelperCall, type Helper } from './helper';
import { splitText } from '../../domain/text-search';
import { normalized } from '../combining-marks';
import { isNothing, numberOf, textOf } from '../values';

type Make = (text: string, values: unknown[], call: HelperCall) => string;

/** A helper that makes a text from a text and further values. A missing value stays missing. */
function ofText(make: Make, more: Helper['takes'] = [0, 0], besides: Partial<Helper> = {}): Helper {
  return {
    takes: [1 + more[0], 1 + more[1]],
    value: ([value, ...values], call) => (isNothing(value) ? undefined : make(textOf(value), values, call)),
    ...besides,
  };
}

function replace(text: string, [sought, by]: unknown[], { reserve }: HelperCall): string {
  const [from, to] = [textOf(sought), textOf(by)];
  if (from === '') return text;
  const parts = splitText(text, from);
  reserve(text.length + (parts.length - 1) * (to.length - from.length));
  return parts.join(to);
}

/** The text from `from` up to but excluding `to`, in UTF-16 units like Java; half a surrogate pair is left out. */
function part(text: string, from: number, to: number): string {
  return text
    .slice(Math.max(0, from), Math.max(0, to))
    .replace(/^[\udc00-\udfff]/, '')
    .replace(/[\ud800-\udbff]$/, '');
}

function substring(text: string, [from, to]: unknown[]): string {
  return part(text, place('substring', from), to === undefined ? text.length : place('substring', to));
}

function abbreviate(text: string, [width]: unknown[]): string {
  const most = place('abbreviate', width);
  return text.length <= most ? text : part(text, 0, most - 3) + '...'.slice(0, Math.max(0, most));
}

function center(text: string, { named, reserve }: HelperCall): string {
  const size = place('center', named['size']);
  if (size <= text.length) return text;
  reserve(size);
  const pad = textOf(named['pad']) || ' ';
  const left = text.length + Math.floor((size - text.length) / 2);
  return text.padStart(left, pad).padEnd(size, pad);
}

/** An argument as a whole number. */
function place(name: string, value: unknown): number {
  const number = numberOf(value);
  if (number !== undefined) return Math.trunc(number);
  return unusable(name, 'a parameter is missing or not a number.');
}

/** `Crème Brûlée & Co` is `creme-brulee-co`. */
function slugify(text: string): string {
  const plain = normalized(text, 'NFKD')
    .toLowerCase()
    .replace(/[^\w\s-]+/g, '');
  return plain.trim().replace(/[\s-]+/g, '-');
}

/** Joins the items of a list; a value that is not a list counts as the only item. */
function join([items, separator]: unknown[], { named, reserve }: HelperCall): unknown {
  if (isNothing(items)) return undefined;
  const texts = (Array.isArray(items) ? items : [items]).map(textOf);
  const between = textOf(separator);
  reserve(texts.reduce((sum, { length }) => sum + length + between.length, 0));
  return `${textOf(named['prefix'])}${texts.join(between)}${textOf(named['suffix'])}`;
}

export const TEXT: Readonly<Record<string, Helper>> = {
  defaultIfEmpty: {
    takes: [2, 2],
    value: ([value, fallback]) => (isNothing(value) || value === '' ? fallback : value),
  },
  capitalize: ofText((text) => text.replace(/(?<!\S)\S/gu, (first) => first.toUpperCase())),
  capitalizeFirst: ofText((text) => text.replace(/^./su, (first) => first.toUpperCase())),
  upper: ofText((text) => text.toUpperCase()),
  lower: ofText((text) => text.toLowerCase()),
  cut: ofText((text, [sought], call) => replace(text, [sought, ''], call), [1, 1]),
  replace: ofText(replace, [2, 2]),
  substring: ofText(substring, [1, 2]),
  abbreviate: ofText(abbreviate, [1, 1]),
  slugify: ofText(slugify),
  center: ofText((text, _values, call) => center(text, call), [0, 0], { named: ['size', 'pad'] }),
  join: { takes: [2, 2], named: ['prefix', 'suffix'], value: join },
  breaklines: ofText((text, _values, call) => breakLines(text, call), [0, 0], { block: 'text' }),
};

function breakLines(text: string, call: HelperCall): string {
  return replace(text.replace(/\r\n?/g, '\n'), ['\n', '<br />'], call);
}
