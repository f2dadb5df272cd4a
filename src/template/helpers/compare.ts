import { isJsonContainer, isJsonObject, readJson } from '../../domain/lossless-json';
import { numeralOf } from '../../domain/numeral';
import { includesText } from '../../domain/text-search';
import { PatternFault, matchesWhole, patternFault } from '../../domain/pattern';
import { unusable, type Block, type Compare, type Constants, type Helper } from './helper';
import { isFalsy, isNothing, memberOf, numberOf, order, sameValue, textOf } from '../values';

type Predicate = (values: unknown[], compare: Compare) => boolean;

const chosen = (condition: boolean, block: Block): string =>
  condition ? block.main(block.context) : block.otherwise();

/** Only as a block: `{{#name a b}}…{{else}}…{{/name}}`. */
function blockOnly(count: number, test: Predicate): Helper {
  return { takes: [count, count], block: (values, block) => chosen(test(values, block.compare), block) };
}

/** As a block or inline. Inline it gives true or false, or the values of `yes=` and `no=`. */
function condition(takes: Helper['takes'], test: Predicate): Helper {
  return {
    takes,
    named: ['yes', 'no'],
    check: ({ asBlock, named }) =>
      asBlock && Object.keys(named).length > 0 ? 'a block uses {{else}} instead of yes= and no=.' : undefined,
    value: (values, { named, compare }) => {
      const [answer, word] = test(values, compare) ? [true, 'yes'] : [false, 'no'];
      return word in named ? named[word] : answer;
    },
    block: (values, block) => chosen(test(values, block.compare), block),
  };
}

/** A comparison with a missing value is false. */
const ordered =
  (holds: (difference: number) => boolean): Predicate =>
  ([a, b]) =>
    !isNothing(a) && !isNothing(b) && holds(order(a, b));

/** A comparison with a missing value fails the rendering. */
function strictly(name: string, holds: (difference: number) => boolean): Predicate {
  return ([a, b]) => {
    if (!isNothing(a) && !isNothing(b)) return holds(order(a, b));
    return unusable(
      name,
      'a value to compare is missing. Check with {{#if}} first, or use ifGt and the like.',
    );
  };
}

const ORDERS = {
  gt: (difference: number) => difference > 0,
  gte: (difference: number) => difference >= 0,
  lt: (difference: number) => difference < 0,
  lte: (difference: number) => difference <= 0,
};

function containsText([text, part]: unknown[]): boolean {
  if (!isNothing(text) && text !== '') return includesText(textOf(text), textOf(part));
  return unusable('ifContainsStr', 'the text to search is missing. Check with {{#if}} first.');
}

function matches([text, pattern]: unknown[]): boolean {
  try {
    return matchesWhole(textOf(text), textOf(pattern));
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    return unusable('ifMatchesRegexStr', error.message);
  }
}

function remains([a, divisor, rest]: unknown[]): boolean {
  const numerals = [a, divisor, rest].map(numeralOf);
  if (numerals.every((numeral) => numeral !== undefined && /^-?\d+$/.test(numeral))) {
    const [one, other, left] = numerals.map((numeral) => BigInt(numeral!));
    return other !== 0n && one! % other! === left;
  }
  const [one, other, left] = [numberOf(a), numberOf(divisor), numberOf(rest)];
  return one !== undefined && other !== undefined && one % other === left;
}

/** Whether an item equals the sought value or, if that is an object or the JSON text of one, has all its members. */
function containsItem([items, sought]: unknown[], compare: Compare): boolean {
  if (!Array.isArray(items)) return false;
  const same = (item: unknown, value: unknown) => {
    compare();
    return sameValue(item, value);
  };
  const wanted = objectIn(sought);
  if (!wanted) return items.some((item) => same(item, sought));
  const members = Object.entries(wanted);
  return items.some((item) => members.every(([name, value]) => same(memberOf(item, name), value)));
}

function objectIn(value: unknown): object | undefined {
  if (isJsonContainer(value)) return isJsonObject(value) ? value : undefined;
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return undefined;
  try {
    return readJson(value) as object;
  } catch {
    // Text that starts with a brace but is not JSON is plain text.
    return undefined;
  }
}

function checkPattern({ values: [, pattern] }: Constants): string | undefined {
  return pattern === undefined ? undefined : patternFault(textOf(pattern));
}

const not =
  (test: Predicate): Predicate =>
  (values, compare) =>
    !test(values, compare);
const same: Predicate = ([a, b]) => sameValue(a, b);
const truthy: Predicate = ([value]) => !isFalsy(value);

export const COMPARE: Readonly<Record<string, Helper>> = {
  if: blockOnly(1, truthy),
  unless: blockOnly(1, not(truthy)),
  ifEq: blockOnly(2, same),
  ifGt: blockOnly(2, ordered(ORDERS.gt)),
  ifGte: blockOnly(2, ordered(ORDERS.gte)),
  ifLt: blockOnly(2, ordered(ORDERS.lt)),
  ifLte: blockOnly(2, ordered(ORDERS.lte)),
  ifModEq: blockOnly(3, remains),
  ifContainsStr: blockOnly(2, containsText),
  ifMatchesRegexStr: { ...blockOnly(2, matches), check: checkPattern },
  ifContains: blockOnly(2, containsItem),
  eq: condition([2, 2], same),
  neq: condition([2, 2], not(same)),
  gt: condition([2, 2], strictly('gt', ORDERS.gt)),
  gte: condition([2, 2], strictly('gte', ORDERS.gte)),
  lt: condition([2, 2], strictly('lt', ORDERS.lt)),
  lte: condition([2, 2], strictly('lte', ORDERS.lte)),
  and: condition([1, 64], (values) => !values.some(isFalsy)),
  or: condition([1, 64], (values) => !values.every(isFalsy)),
  not: condition([1, 1], not(truthy)),
};
