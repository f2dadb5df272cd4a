import type { LiveDataField } from '../words';
import type { TestResult } from './trying/test-connection';
import { quoted } from '../../../words/quoted';

export type LiveDataType = LiveDataField['type'];
export type FoundField = TestResult['fields'][number] & { type: LiveDataType };

export const MOST_FIELDS = 10;

/** A key of an object, or the place of an item. */
type Step = string | number;

export function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(
    ([, place, quoted, plain]) => {
      if (place !== undefined) return Number(place);
      return plain ?? (JSON.parse(`"${quoted}"`) as string);
    },
  );
}

/** The tag with which journeys read a field, after the tile that fetched it. */
export function referenceTo(path: string): string {
  const steps = stepsOf(path).map((step) =>
    typeof step === 'string' && /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step) ? step : `[${step}]`,
  );
  return `{{${['liveData', ...steps].join('.')}}}`;
}

export interface Row extends FoundField {
  name: string;
  depth: number;
  hasInner: boolean;
  /** It is chosen, but the answer of the test does not have it. */
  isMissing: boolean;
}

/** The fields of an answer in the order of a tree, then those chosen before that it does not have. */
export function rowsOf(found: readonly FoundField[], chosen: readonly LiveDataField[]): Row[] {
  const children = new Map<string, FoundField[]>();
  for (const field of found) {
    const above = aboveOf(field.path);
    children.set(above, [...(children.get(above) ?? []), field]);
  }
  const below = (path: string): Row[] =>
    (children.get(path) ?? []).flatMap((field) => [
      rowOf(field, children.has(keyOf(field.path))),
      ...below(keyOf(field.path)),
    ]);
  const known = new Set(found.map(({ path }) => path));
  const missing = chosen.filter(({ path }) => !known.has(path));
  return [
    ...below('[]'),
    ...missing.map(({ path, type }) => {
      return { path, type, sample: null, name: path, depth: 0, hasInner: false, isMissing: true };
    }),
  ];
}

function rowOf(field: FoundField, hasInner: boolean): Row {
  const steps = stepsOf(field.path);
  const last = steps.at(-1)!;
  const name = typeof last === 'number' ? `[${last}]` : last;
  return { ...field, name, depth: steps.length - 1, hasInner, isMissing: false };
}

function keyOf(path: string): string {
  return JSON.stringify(stepsOf(path));
}

function aboveOf(path: string): string {
  return JSON.stringify(stepsOf(path).slice(0, -1));
}

/** The chosen field because of which this one cannot be chosen: one of them contains the other. */
export function clashOf(path: string, chosen: readonly LiveDataField[]): string | undefined {
  const steps = stepsOf(path);
  return chosen.find((other) => {
    const theirs = stepsOf(other.path);
    if (other.path === path) return false;
    return steps.every((step, at) => at >= theirs.length || theirs[at] === step);
  })?.path;
}

/** Why journeys would read null: the value of this test cannot become that type. */
export function misfit({ type: found, sample }: FoundField, type: LiveDataType): string | undefined {
  if (fits(found, sample, type)) return undefined;
  const what = found === 'object' || found === 'array' ? `An ${found}` : quoted(String(sample));
  return `${what} does not become ${WORDS[type]}: journeys read null.`;
}

const WORDS = {
  ...{ string: 'a string', number: 'a number', boolean: 'a boolean' },
  ...{ date: 'a date', object: 'an object', array: 'an array' },
};

function fits(found: LiveDataType, sample: FoundField['sample'], type: LiveDataType): boolean {
  if (found === type) return true;
  if (found === 'object' || found === 'array') return false;
  // A null fits every type, and stays null.
  if (sample === null) return true;
  if (type === 'string') return true;
  if (type === 'number')
    return typeof sample === 'string' && /^\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(sample);
  return type === 'boolean' && (sample === 'true' || sample === 'false');
}
