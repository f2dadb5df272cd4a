import type { z } from 'zod';

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
      if (branch !== undefined) return faultsOf(branch, path);
    }
    if (issue.code !== 'invalid_type') return [{ path, message: issue.message }];
    return [{ path, message: messageOf(issue), expected: issue.expected }];
  });
}

/** Zod's names of types, as a caller knows them. */
const WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** A schema's own words where it has some; else what is to be sent. */
function messageOf({ message, expected }: z.core.$ZodIssueInvalidType): string {
  if (!message.startsWith('Invalid input')) return message;
  const word = WORDS[expected] ?? expected;
  return message.endsWith('received undefined') ? `This is missing. Send ${word}.` : `Send ${word} here.`;
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
