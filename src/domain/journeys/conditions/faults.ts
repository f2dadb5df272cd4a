import { z } from 'zod';
import { boundedList } from '../../bounded-list';
import { isJsonContainer, isJsonObject } from '../../lossless-json';
import { Comparison } from './comparison';
import { EVENT_PARTS, ListCondition } from './user-conditions';

/* What is wrong with a condition, found before it is read as one: a schema of alternatives cannot say which was meant. */

type Path = (string | number)[];
/** One thing that is wrong: an issue of zod, or a message. */
type Issue = z.core.$ZodIssue | { path: Path; message: string };

export const MOST_PARTS = 100;
const MOST_LEVELS = 10;
const MOST_COMPARISONS = 1_000;
/** Each looks through a text of up to 1 MiB. */
const MOST_CONTAINS = 50;
const MOST_LISTS = 50;
const MOST_EVENT_CONDITIONS = 20;
/** Comparisons and pairs of a match on events of the user: each is made up to a thousand times. */
const MOST_ON_EVENTS = 100;
const MOST_NAMED = 20;

const FORMS =
  'A condition is one of {"field", "is", "value"}, {"list", "is"}, {"event"}, {"all": […]}, {"any": […]}, {"not": …}.';

/** What is wrong with a condition as it was sent, the first few. */
export function issuesOf(when: unknown): Issue[] {
  const tooLarge = faultOfSize(when);
  if (tooLarge !== undefined) return [{ path: [], message: tooLarge }];
  const issues: Issue[] = [];
  for (const issue of issuesIn(when, [], false)) {
    issues.push(issue);
    if (issues.length === MOST_NAMED) break;
  }
  return issues;
}

interface Size {
  comparisons: number;
  /** Those of them that look for one text in another. */
  contains: number;
  lists: number;
  events: number;
  /** Comparisons and pairs of a match on events of the user. */
  onEvents: number;
  levels: number;
}

function faultOfSize(when: unknown): string | undefined {
  const { comparisons, contains, lists, events, onEvents, levels } = sizeOf(when);
  if (comparisons > MOST_COMPARISONS) return `A condition has at most ${MOST_COMPARISONS} comparisons.`;
  if (contains > MOST_CONTAINS) {
    return `A condition has at most ${MOST_CONTAINS} comparisons with contains. For a list of words, use one with matches.`;
  }
  if (levels > MOST_LEVELS) return `A condition has at most ${MOST_LEVELS} levels.`;
  if (lists > MOST_LISTS) return `A condition asks for at most ${MOST_LISTS} lists.`;
  if (events > MOST_EVENT_CONDITIONS) return `A condition asks for at most ${MOST_EVENT_CONDITIONS} events.`;
  if (onEvents <= MOST_ON_EVENTS) return undefined;
  return `A condition has at most ${MOST_ON_EVENTS} comparisons and pairs of a match on past events.`;
}

function sizeOf(when: unknown): Size {
  const size = { comparisons: 0, contains: 0, lists: 0, events: 0, onEvents: 0, levels: 0 };
  if (!isJsonContainer(when)) return size;
  const { all, any, not, where, match, list, event, is } = when as Record<string, unknown>;
  for (const part of [all, any, not, where].flat()) {
    if (part === undefined) continue;
    const inner = sizeOf(part);
    size.comparisons += inner.comparisons;
    size.contains += inner.contains;
    size.lists += inner.lists;
    size.events += inner.events;
    size.onEvents += part === where ? inner.comparisons : inner.onEvents;
    size.levels = Math.max(size.levels, inner.levels);
  }
  if (size.levels === 0 || where !== undefined) size.comparisons += 1;
  if (is === 'contains') size.contains += 1;
  if (list !== undefined) size.lists += 1;
  if (event !== undefined) size.events += 1;
  if (isJsonObject(match)) size.onEvents += Object.keys(match).length;
  size.levels += 1;
  return size;
}

const Combined = {
  all: z.strictObject({ all: boundedList(z.unknown(), MOST_PARTS, 1) }),
  any: z.strictObject({ any: boundedList(z.unknown(), MOST_PARTS, 1) }),
  not: z.strictObject({ not: z.unknown() }),
};
const EventCondition = z.strictObject({ ...EVENT_PARTS, where: z.unknown().optional() });

/** `ofEvent`: the condition is on each event of a condition on what the user did. */
function* issuesIn(when: unknown, path: Path, ofEvent: boolean): Generator<Issue> {
  if (!isJsonObject(when)) return yield { path, message: FORMS };
  const combiner = (['all', 'any', 'not'] as const).find((name) => Object.hasOwn(when, name));
  if (combiner !== undefined) {
    yield* issuesBy(Combined[combiner], when, path);
    const parts = when[combiner];
    if (combiner === 'not') return yield* issuesIn(parts, [...path, combiner], ofEvent);
    if (!Array.isArray(parts) || parts.length > MOST_PARTS) return;
    for (const [index, part] of parts.entries()) {
      yield* issuesIn(part, [...path, combiner, index], ofEvent);
    }
  } else if (Object.hasOwn(when, 'list')) {
    yield* issuesBy(ListCondition, when, path);
  } else if (Object.hasOwn(when, 'event')) {
    yield* issuesOfEvent(when, path, ofEvent);
  } else if (Object.hasOwn(when, 'field') || Object.hasOwn(when, 'is')) {
    yield* issuesBy(Comparison, when, path);
    if (ofEvent && when.is === 'matches') yield { path: [...path, 'is'], message: NO_PATTERN };
  } else {
    yield { path, message: FORMS };
  }
}

const NO_FIELD = 'There is no such field.';
const ONE_COMBINER = 'Only one of all, any and not stands in a condition. Put the other within it.';
const NO_PATTERN =
  'The events of a user are not compared with patterns. Use another operator, such as startsWith or contains.';

function* issuesOfEvent(when: Record<string, unknown>, path: Path, ofEvent: boolean): Generator<Issue> {
  if (ofEvent) {
    return yield {
      path,
      message: 'A condition on each event cannot ask for other events. Put both under all.',
    };
  }
  yield* issuesBy(EventCondition, when, path);
  const { where } = when;
  if (where === undefined) return;
  yield* issuesIn(where, [...path, 'where'], true);
}

function issuesBy(schema: z.ZodType, value: unknown, path: Path): Issue[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue): Issue[] => {
    const at = [...path, ...(issue.path as Path)];
    if (issue.code !== 'unrecognized_keys') return [{ ...issue, path: at }];
    // A pipe goes on in spite of unknown fields, and would find the condition faulty once more.
    return issue.keys.map((key) => ({
      path: [...at, key],
      message: Object.hasOwn(Combined, key) ? ONE_COMBINER : NO_FIELD,
    }));
  });
}
