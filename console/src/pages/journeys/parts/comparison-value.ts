import type { Comparison, Operator } from '../../../words/conditions';
import { relativeDate } from '../../../words/conditions';

/* What a field is compared with: the kinds of values that each comparison takes. */

export type Kind =
  'text' | 'number' | 'true' | 'false' | 'nothing' | 'values' | 'ago' | 'fromNow' | 'now' | 'date' | 'field';

export const KINDS: Record<Kind, string> = {
  text: 'Text',
  number: 'Number',
  true: 'True',
  false: 'False',
  nothing: 'Nothing',
  values: 'Values',
  ago: 'Ago',
  fromNow: 'From now',
  now: 'Now',
  date: 'Date',
  field: 'A field',
};

const SCALARS: Kind[] = ['text', 'number', 'true', 'false', 'nothing', 'field'];
const DATES: Kind[] = ['ago', 'fromNow', 'now', 'date', 'field'];

/** The first is the usual one. */
export function kindsFor(is: Operator): Kind[] {
  switch (is) {
    case 'isSet':
    case 'isNotSet':
      return [];
    case 'in':
      return ['values', 'field'];
    case 'equals':
    case 'notEquals':
    case 'contains':
      return SCALARS;
    case 'greaterThan':
    case 'greaterOrEqual':
    case 'lessThan':
    case 'lessOrEqual':
      return ['number', 'text', 'field'];
    case 'before':
    case 'after':
      return DATES;
    case 'startsWith':
    case 'endsWith':
      return ['text', 'field'];
    case 'matches':
      return ['text'];
  }
}

/** Undefined where the comparison has no value. */
export function kindOf(comparison: Comparison): Kind | undefined {
  const kinds = kindsFor(comparison.is);
  if (kinds.length === 0) return undefined;
  const value: unknown = 'value' in comparison ? comparison.value : undefined;
  if (Array.isArray(value)) return 'values';
  if (typeof value === 'object' && value !== null) return 'field';
  if (kinds === DATES) return dateKindOf(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'nothing';
  // A number that is not typed yet is empty text.
  return typeof value === 'number' || (value === '' && kinds[0] === 'number') ? 'number' : 'text';
}

function dateKindOf(value: unknown): Kind {
  if (value === 'now') return 'now';
  const relative = relativeDate(value);
  return relative === undefined ? 'date' : relative.sign === '-' ? 'ago' : 'fromNow';
}

/** What a value of this kind begins with. */
export function blankOf(kind: Kind, is: Operator): unknown {
  switch (kind) {
    case 'true':
    case 'false':
      return kind === 'true';
    case 'nothing':
      return null;
    case 'values':
      return [];
    case 'ago':
      return '-7 days';
    case 'fromNow':
      return '+7 days';
    case 'now':
      return 'now';
    case 'number':
      // Text where it has the same meaning: a number that is not typed yet can be none.
      return kindsFor(is)[0] === 'number' ? '' : 0;
    case 'field':
      return { field: 'trigger.' };
    case 'text':
    case 'date':
      return '';
  }
}

/** With another way to compare; the value stays, if it can. */
export function withOperator(comparison: Comparison, is: Operator): Comparison {
  const { field } = comparison;
  const [usual] = kindsFor(is);
  if (usual === undefined) return { field, is } as Comparison;
  const value: unknown = 'value' in comparison ? comparison.value : undefined;
  const next = { field, is, value } as Comparison;
  const kind = value === undefined ? undefined : kindOf(next);
  const isKept =
    kind !== undefined && kindsFor(is).includes(kind) && !(kind === 'date' && is !== comparison.is);
  return isKept ? next : ({ field, is, value: blankOf(usual, is) } as Comparison);
}

/** A number, where the text is one exactly as numbers are written; else the text. */
export function numberOrText(text: string): number | string {
  const number = Number(text);
  return text.trim() !== '' && String(number) === text ? number : text;
}

/** How one compares values of this type, for a field that was just chosen. */
export function comparisonFor(field: string, type: string | undefined): Comparison {
  if (type === 'boolean') return { field, is: 'equals', value: true };
  if (type === 'date') return { field, is: 'after', value: '-7 days' };
  if (type === 'array') return { field, is: 'contains', value: '' };
  if (type === 'long' || type === 'double' || type === 'number') {
    return { field, is: 'greaterOrEqual', value: '' };
  }
  return { field, is: 'equals', value: '' };
}
