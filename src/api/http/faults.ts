import type { z } from 'zod';
import { listed } from '../../domain/listed';
import { NAMES } from '../../domain/words-of-types';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with what a caller sent. */
export interface Fault {
  path: PropertyKey[];
  message: string;
  /** The JSON type that was expected, where the type is what is wrong. */
  expected?: string;
}

/** The faults that zod found, each with the path of its own field. */
export function faultsOf(issues: Issue[], above: PropertyKey[] = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], message: 'There is no such field.' }));
    }
    if (issue.code === 'invalid_union') {
      const branch = closestBranch(issue.errors);
      if (branch !== undefined && isBetter(branch, issue)) return faultsOf(branch, path);
    }
    const message = messageOf(issue);
    return [issue.code === 'invalid_type' ? { path, message, expected: issue.expected } : { path, message }];
  });
}

/** How zod's own messages begin, which speak of schemas. */
const OF_ZOD = /^(?:Invalid |Too (?:big|small): )/;

/** A schema's own words where it has some, and those of `wordsOfType`; else what is to be sent. */
function messageOf(issue: Issue): string {
  if (!OF_ZOD.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_value':
      return `Send ${listed(issue.values.map(asJson), 'or')}.`;
    case 'too_big':
      return wordsOfMost(issue);
    case 'too_small':
      return wordsOfLeast(issue);
    case 'invalid_union':
      return wordsOfUnion(issue);
    case 'invalid_key':
      return `The name of this field is not valid. ${issue.issues.map(messageOf).join(' ')}`;
    case 'custom':
    case 'invalid_type':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

/** Of a union that has none: what its alternatives are, by a field or by their types. */
function wordsOfUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if ('options' in issue && issue.options) return `Send ${listed(issue.options.map(asJson), 'or')}.`;
  const types = issue.errors.flat().filter(({ path }) => path.length === 0);
  const words = types.flatMap((type) => (type.code === 'invalid_type' ? (NAMES[type.expected] ?? []) : []));
  return words.length === 0 ? issue.message : `Send ${listed([...new Set(words)], 'or')} here.`;
}

function asJson(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function wordsOfMost({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'array') return `This list is too long. Send at most ${counted(maximum, 'item')}.`;
  if (origin === 'string') return `This text is too long. Send at most ${counted(maximum, 'character')}.`;
  return `Send a number of ${inclusive ? 'at most' : 'less than'} ${maximum}.`;
}

function wordsOfLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'array') return `This list is too short. Send at least ${counted(minimum, 'item')}.`;
  if (origin === 'string' && Number(minimum) === 1) return 'This is empty. Send a text.';
  if (origin === 'string') return `This text is too short. Send at least ${counted(minimum, 'character')}.`;
  return `Send a number of ${inclusive ? 'at least' : 'more than'} ${minimum}.`;
}

function counted(count: number | bigint, what: string): string {
  return `${count} ${what}${Number(count) === 1 ? '' : 's'}`;
}

/** Whether an alternative says more than the words of all of them: about a field within, or because they have none. */
function isBetter(branch: Issue[], { message }: Issue): boolean {
  return OF_ZOD.test(message) || branch.some(({ path }) => path.length > 0);
}

/** The one alternative whose type fits what was sent, so that its faults are worth naming. */
function closestBranch(branches: Issue[][]): Issue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** What lies at a path of a JSON value; undefined when nothing does. */
export function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  );
}
