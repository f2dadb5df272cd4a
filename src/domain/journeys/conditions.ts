import { z } from 'zod';
import { boundedList } from '../bounded-list';
import { areTooMany, MOST_PATTERNS, patternFault } from '../pattern';
import { parseDuration } from '../time/duration';
import { Comparison, compares, fieldCompared, isRelative } from './conditions/comparison';
import { issuesOf, MOST_PARTS } from './conditions/faults';
import type { Facts } from './facts';
import { type Match, matches } from './match';
import { type Root, rootOf, type Roots } from './roots';
import { EVENT_PARTS, isOftenEnough, ListCondition, ONCE } from './conditions/user-conditions';

/** What the user did, how often, and in what time. */
export interface EventCondition extends z.infer<z.ZodObject<typeof EVENT_PARTS>> {
  where?: When;
}
export type Leaf = Comparison | ListCondition | EventCondition;
export type When = Leaf | { all: When[] } | { any: When[] } | { not: When };

const Parts = z.lazy(() => boundedList(AnyWhen, MOST_PARTS, 1));
const AnyWhen: z.ZodType<When> = z
  .lazy(() =>
    z.union([
      Comparison,
      ListCondition,
      z.strictObject({ ...EVENT_PARTS, where: AnyWhen.optional() }),
      z.strictObject({ all: Parts }),
      z.strictObject({ any: Parts }),
      z.strictObject({ not: AnyWhen }),
    ]),
  )
  // A recursive schema needs a name in the OpenAPI document.
  .meta({
    id: 'Condition',
    description: 'A comparison, a list, what the user did, or several of them under all, any, not.',
  });

/** A condition (docs/conditions.md). */
export const When = z.preprocess(refuseFaulty, AnyWhen).superRefine(checkPatterns);

function refuseFaulty(when: unknown, context: z.RefinementCtx): unknown {
  const issues = issuesOf(when);
  for (const issue of issues) context.addIssue({ code: 'custom', ...issue });
  return issues.length === 0 ? when : z.NEVER;
}

/** Once the condition is read: how many patterns it has decides whether they are compiled. */
function checkPatterns(when: When, context: z.RefinementCtx<When>): void {
  const patterns = leavesOf(when).flatMap(({ leaf, path }) =>
    'field' in leaf && leaf.is === 'matches' ? [{ path: [...path, 'value'], pattern: leaf.value }] : [],
  );
  const texts = patterns.map(({ pattern }) => pattern);
  if (areTooMany(texts, { instructions: 0 })) {
    const message = `A condition has at most ${MOST_PATTERNS} patterns, and fewer if they are long or repeat much.`;
    return context.addIssue({ code: 'custom', message });
  }
  for (const { path, pattern } of patterns) {
    const fault = patternFault(pattern);
    if (fault === undefined) continue;
    context.addIssue({ code: 'custom', path, message: `The condition cannot be used: ${fault}` });
  }
}

/** A condition that combines no others, and where it stands. */
export interface PlacedLeaf {
  leaf: Leaf;
  path: (string | number)[];
  /** Whether it is about each event of a condition on what the user did: `event` is that event. */
  ofEvent: boolean;
}

/** The leaves of a condition, those on each event of another among them. */
export function leavesOf(when: When, path: PlacedLeaf['path'] = [], ofEvent = false): PlacedLeaf[] {
  if ('all' in when) {
    return when.all.flatMap((part, index) => leavesOf(part, [...path, 'all', index], ofEvent));
  }
  if ('any' in when) {
    return when.any.flatMap((part, index) => leavesOf(part, [...path, 'any', index], ofEvent));
  }
  if ('not' in when) return leavesOf(when.not, [...path, 'not'], ofEvent);
  const inner = 'event' in when && when.where ? leavesOf(when.where, [...path, 'where'], true) : [];
  return [{ leaf: when, path, ofEvent }, ...inner];
}

/** Whether a condition holds. */
export function holds(when: When, roots: Roots, facts: Facts): boolean {
  if ('all' in when) return when.all.every((part) => holds(part, roots, facts));
  if ('any' in when) return when.any.some((part) => holds(part, roots, facts));
  if ('not' in when) return !holds(when.not, roots, facts);
  return leafHolds(when, roots, facts);
}

export function leafHolds(leaf: Leaf, roots: Roots, facts: Facts): boolean {
  if ('list' in leaf) return facts.isMember(leaf.list) === (leaf.is === 'member');
  if ('field' in leaf) return compares(leaf, roots, facts.now);
  const { value } = leaf.times ?? ONCE;
  return isOftenEnough(countOf(leaf, roots, facts, value + 1), leaf.times);
}

/** How often the user did what a condition asks for; counts no further than `most`. */
export function countOf(condition: EventCondition, roots: Roots, facts: Facts, most = Infinity): number {
  const { event: name, where, match, within } = condition;
  const since = within === undefined ? -Infinity : facts.now - parseDuration(within)!;
  let count = 0;
  for (const { at, dataFields: event } of facts.events(name)) {
    if (count >= most || at <= since) break;
    const isMeant = where === undefined || holds(where, { ...roots, event }, facts);
    if (isMeant && (match === undefined || matches(match, event, roots))) count += 1;
  }
  return count;
}

/** Events of one name that conditions ask for. */
export interface NeededEvents {
  name: string;
  /** How far back, in ms; null for ever. */
  withinMs: number | null;
  /** Whether what the events brought is needed, or only that they happened. */
  withData: boolean;
}

/** What conditions read and ask for. */
export interface Needs {
  roots: Set<Root>;
  lists: number[];
  /** Each name once. */
  events: NeededEvents[];
  /** Whether it depends on the time that it is. */
  now: boolean;
}

export function needsOf(...conditions: When[]): Needs {
  const needs: Needs = { roots: new Set(), lists: [], events: [], now: false };
  const lists = new Set<number>();
  const events = new Map<string, NeededEvents>();
  for (const { leaf, ofEvent } of conditions.flatMap((when) => leavesOf(when))) {
    if ('list' in leaf) lists.add(leaf.list);
    else if ('event' in leaf) events.set(leaf.event, widest(eventsOf(leaf), events.get(leaf.event)));
    if ('field' in leaf && isRelative(leaf)) needs.now = true;
    for (const root of rootsRead(leaf)) if (!(ofEvent && root === 'event')) needs.roots.add(root);
  }
  return { ...needs, lists: [...lists], events: [...events.values()] };
}

function eventsOf({ event: name, where, match, within }: EventCondition): NeededEvents {
  const withinMs = within === undefined ? null : parseDuration(within)!;
  return { name, withinMs, withData: where !== undefined || match !== undefined };
}

function widest(one: NeededEvents, other = one): NeededEvents {
  const always = one.withinMs === null || other.withinMs === null;
  return {
    name: one.name,
    withinMs: always ? null : Math.max(one.withinMs!, other.withinMs!),
    withData: one.withData || other.withData,
  };
}

function rootsRead(leaf: Leaf): Root[] {
  if ('list' in leaf) return [];
  if ('event' in leaf) return rootsOfMatch(leaf.match ?? {});
  const other = fieldCompared(leaf);
  return [leaf.field, ...(other === undefined ? [] : [other])].map(rootOf);
}

/** The roots of the sides of a match that are not the event's. */
export function rootsOfMatch(match: Match): Root[] {
  return Object.values(match).map(rootOf);
}
