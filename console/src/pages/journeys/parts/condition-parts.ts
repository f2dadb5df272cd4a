import type { When } from '../../../words/conditions';

/* A condition as the editor shows it: one part, or several of which all, any, none or not all have to hold. */

export type Group = 'all' | 'any' | 'none' | 'notAll';

export const GROUPS: Record<Group, string> = {
  all: 'All of these hold',
  any: 'Any of these holds',
  none: 'None of these holds',
  notAll: 'Not all of these hold',
};

export interface Grouped {
  group: Group;
  parts: readonly When[];
  /** Where the part stands, within the condition. */
  pathOf: (index: number) => string;
}

/** Undefined for a condition that combines no others. */
export function groupedOf(when: When): Grouped | undefined {
  if ('not' in when) return negatedOf(when.not);
  if ('any' in when) return { group: 'any', parts: when.any ?? [], pathOf: (index) => `any[${index}]` };
  if ('all' in when) return { group: 'all', parts: when.all ?? [], pathOf: (index) => `all[${index}]` };
  return undefined;
}

function negatedOf(when: When): Grouped {
  const inner = groupedOf(when);
  const pathOf = (index: number) => `not.${inner!.pathOf(index)}`;
  if (inner?.group === 'any') return { group: 'none', parts: inner.parts, pathOf };
  if (inner?.group === 'all') return { group: 'notAll', parts: inner.parts, pathOf };
  return { group: 'none', parts: [when], pathOf: () => 'not' };
}

export function whenOf(group: Group, parts: readonly When[]): When {
  const all = [...parts];
  if (group === 'all') return { all };
  if (group === 'any') return { any: all };
  if (group === 'notAll') return { not: { all } };
  // Without a level that says nothing.
  const [only] = parts;
  return { not: parts.length === 1 && groupedOf(only!) === undefined ? only! : { any: all } };
}

/** Without a part; what is left of two is no group any more. Undefined when nothing is left. */
export function withoutPart({ group, parts }: Grouped, index: number): When | undefined {
  const rest = parts.filter((_, at) => at !== index);
  if (rest.length === 0) return undefined;
  const isPlain = rest.length === 1 && (group === 'all' || group === 'any');
  return isPlain ? rest[0] : whenOf(group, rest);
}
