import { PatternFault, matchesWhole, patternFault } from '../../domain/pattern';
import { unusable, type Block, type Constants, type Helper } from './helper';
import { isFalsy, isNothing, memberOf, numberOf, order, sameValue, textOf } from '../values';

type Judge = (values: unknown[]) => boolean;

const chosen = (condition: boolean, block: Block): string =>
  condition ? block.main(block.context) : block.otherwise();

/** Only as a block: `{{#name a b}}…{{else}}…{{/name}}`. */
function blockOnly(count: number, judge: Judge): Helper {
  return { takes: [count, count], block: (values, block) => chosen(judge(values), block) };
}

/** As a block too, and inline: true or false, or what `yes=` and `no=` give. */
function condition(takes: Helper['takes'], judge: Judge): Helper {
  return {
    takes,
    named: ['yes', 'no'],
    check: ({ asBlock, named }) =>
      asBlock && Object.keys(named).length > 0 ? 'a block has {{else}} in place of yes= and no=.' : undefined,
    value: (values, { named }) => {
      const [answer, word] = judge(values) ? [true, 'yes'] : [false, 'no'];
      return word in named ? named[word] : answer;
    },
    block: (values, block) => chosen(judge(values), block),
  };
}

/** A comparison that nothing takes part in is false. */
const ordered =
  (holds: (difference: number) => boolean): Judge =>
  ([a, b]) =>
    !isNothing(a) && !isNothing(b) && holds(order(a, b));

/** A comparison that fails the rendering where there is nothing to compare. */
function strictly(name: string, holds: (difference: number) => boolean): Judge {
  return ([a, b]) => {
    if (!isNothing(a) && !isNothing(b)) return holds(order(a, b));
    return unusable(name, 'it has nothing to compare. Check with {{#if}} first, or use ifGt and its like.');
  };
}

const ORDERS = {
  gt: (difference: number) => difference > 0,
  gte: (difference: number) => difference >= 0,
  lt: (difference: number) => difference < 0,
  lte: (difference: number) => difference <= 0,
};

function containsText([text, part]: unknown[]): boolean {
  if (!isNothing(text) && text !== '') return textOf(text).includes(textOf(part));
  return unusable('ifContainsStr', 'it has no text to look in. Check with {{#if}} first.');
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
  const [one, other, left] = [numberOf(a), numberOf(divisor), numberOf(rest)];
  return one !== undefined && other !== undefined && one % other === left;
}

/** An item equals what is sought, or has all its members where that is an object, or the JSON text of one. */
function containsItem([items, sought]: unknown[]): boolean {
  if (!Array.isArray(items)) return false;
  const wanted = objectIn(sought);
  if (!wanted) return items.some((item) => sameValue(item, sought));
  const members = Object.entries(wanted);
  return items.some((item) => members.every(([name, value]) => sameValue(memberOf(item, name), value)));
}

function objectIn(value: unknown): object | undefined {
  if (typeof value === 'object') return Array.isArray(value) ? undefined : (value ?? undefined);
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(value) as object;
  } catch {
    // Text with a brace is text like any other.
    return undefined;
  }
}

function checkPattern({ values: [, pattern] }: Constants): string | undefined {
  return pattern === undefined ? undefined : patternFault(textOf(pattern));
}

const not =
  (judge: Judge): Judge =>
  (values) =>
    !judge(values);
const same: Judge = ([a, b]) => sameValue(a, b);
const truthy: Judge = ([value]) => !isFalsy(value);

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
