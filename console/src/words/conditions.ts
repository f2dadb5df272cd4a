import type { components } from '../../types/schema';
import { durationWords } from './durations';
import { quoted } from './quoted';

/* Conditions in plain words: “plan is “pro” and the user did “visit” in the last 30 days”. */

/** As it is written: a draft's may lack a part. */
export type When = components['schemas']['ConditionInput'];
export type Comparison = Extract<When, { field: string }>;
export type ListCondition = Extract<When, { list: number }>;
export type EventCondition = Extract<When, { event: string }>;
export type Match = Record<string, string>;
export type Operator = Comparison['is'];

/** What lists are called, by their ids. */
export type ListNames = Readonly<Record<number, string>>;

export const OPERATORS: Record<Operator, string> = {
  equals: 'is',
  notEquals: 'is not',
  in: 'is one of',
  contains: 'contains',
  startsWith: 'begins with',
  endsWith: 'ends with',
  matches: 'matches',
  greaterThan: 'is more than',
  greaterOrEqual: 'is at least',
  lessThan: 'is less than',
  lessOrEqual: 'is at most',
  before: 'is before',
  after: 'is after',
  isSet: 'is set',
  isNotSet: 'is not set',
};

export const TIMES: Record<NonNullable<EventCondition['times']>['is'], string> = {
  greaterOrEqual: 'at least',
  greaterThan: 'more than',
  equals: 'exactly',
  lessOrEqual: 'at most',
  lessThan: 'less than',
};

const NO_CONDITION = 'no condition yet';
const MOST_VALUES = 3;

export function conditionWords(when: When, lists: ListNames = {}): string {
  return wordsOf(when, lists, false);
}

/** `isPart`: of several, so that it stands in brackets if it has several parts itself. */
function wordsOf(when: When, lists: ListNames, isPart: boolean): string {
  if ('field' in when) return comparisonWords(when);
  if ('list' in when) return `${when.is === 'member' ? 'on' : 'not on'} ${listWords(when.list, lists)}`;
  if ('event' in when) return `the user did ${eventWords(when, lists)}`;
  if ('not' in when) return negated(when.not, lists);
  if ('any' in when) return joined(when.any ?? [], ' or ', lists, isPart);
  return 'all' in when ? joined(when.all ?? [], ' and ', lists, isPart) : NO_CONDITION;
}

function joined(parts: readonly When[], word: string, lists: ListNames, isPart: boolean): string {
  if (parts.length === 0) return NO_CONDITION;
  const text = parts.map((part) => wordsOf(part, lists, parts.length > 1)).join(word);
  return isPart && parts.length > 1 ? `(${text})` : text;
}

function negated(when: When, lists: ListNames): string {
  if ('event' in when) return `the user did not do ${eventWords(when, lists)}`;
  if ('list' in when) {
    return wordsOf({ ...when, is: when.is === 'member' ? 'notMember' : 'member' }, lists, false);
  }
  return `not (${wordsOf(when, lists, false)})`;
}

export function listWords(id: number, lists: ListNames = {}): string {
  const name = lists[id];
  return name === undefined ? `list ${id}` : `list ${quoted(name)}`;
}

/** “purchase” with the same cartId where total is at least 50, at least 2 times in the last 30 days. */
function eventWords({ event, where, match, times, within }: EventCondition, lists: ListNames): string {
  const often = times && `${TIMES[times.is]} ${times.value} ${times.value === 1 ? 'time' : 'times'}`;
  const isLong = where !== undefined && (often ?? within) !== undefined;
  return [
    `${occurrenceWords({ event, where, match }, lists)}${isLong ? ',' : ''}`,
    ...(often === undefined ? [] : [often]),
    ...(within === undefined ? [] : [`in the last ${durationWords(within)}`]),
  ].join(' ');
}

export interface Occurrence {
  event?: string;
  where?: When;
  match?: Match;
}

/** An event, and what of it counts. */
export function occurrenceWords({ event = '', where, match }: Occurrence, lists: ListNames = {}): string {
  return [
    quoted(event),
    ...(match === undefined ? [] : [matchWords(match)]),
    ...(where === undefined ? [] : [`where ${wordsOf(where, lists, true)}`]),
  ].join(' ');
}

export function matchWords(match: Match): string {
  const pairs = Object.entries(match).map(([ofEvent, ofEntry]) => {
    const [left, right] = [fieldWords(ofEvent), withoutRoot(ofEntry)];
    return left === right && ofEntry.startsWith('trigger.')
      ? `the same ${left}`
      : `${left} equal to ${fieldWords(ofEntry)}`;
  });
  return `with ${pairs.join(' and ')}`;
}

export function comparisonWords(comparison: Comparison): string {
  const { field, is } = comparison;
  const head = `${fieldWords(field)} ${OPERATORS[is]}`;
  if (!('value' in comparison)) return head;
  const isDate = is === 'before' || is === 'after';
  return `${head} ${isDate ? dateWords(comparison.value) : valueWords(comparison.value)}`;
}

/** Fields of the profile and of the event at hand go without their root: these are what one means. */
export function fieldWords(field: string): string {
  return /^(profile|event)\../.test(field) ? withoutRoot(field) : field;
}

function withoutRoot(field: string): string {
  return field.slice(field.indexOf('.') + 1);
}

/** “pro”, 5, true, nothing; a field; of a list the first few. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return listedWords(value);
  if (typeof value === 'object' && 'field' in value) return fieldWords(String(value.field));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function listedWords(values: readonly unknown[]): string {
  const shown = values.slice(0, values.length === MOST_VALUES + 1 ? undefined : MOST_VALUES).map(valueWords);
  const others = values.length - shown.length;
  if (others > 0) return `${shown.join(', ')} or ${others} others`;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

/** The sign and the duration of a date such as “-7 days”; undefined for any other. */
export function relativeDate(value: unknown): { sign: '-' | '+'; duration: string } | undefined {
  if (typeof value !== 'string') return undefined;
  const [, sign, duration] = /^([+-]) ?(.*)$/.exec(value) ?? [];
  return sign === undefined ? undefined : { sign: sign as '-' | '+', duration: duration! };
}

function dateWords(value: unknown): string {
  if (value === 'now') return 'now';
  const relative = relativeDate(value);
  if (relative === undefined) return typeof value === 'string' ? value : valueWords(value);
  return `${durationWords(relative.duration)} ${relative.sign === '-' ? 'ago' : 'from now'}`;
}
