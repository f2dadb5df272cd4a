import { z } from 'zod';
import { holds, needsOf, type Needs, When } from './conditions';
import { EventName } from './event-data';
import type { Facts } from './facts';
import { ListId } from './ids';
import { Match, matches } from './match';
import type { Roots } from './roots';
import { eventKey, LIST_KEY, PROFILE_KEY } from './watch';

/** The most exit rules of a journey. */
export const MOST_EXIT_RULES = 20;

const KINDS = ['event', 'listId', 'when'] as const;

/** What takes a user out of a journey at once (docs/exit-rules.md). */
export const ExitRule = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^\P{Cc}*$/u, 'A name of a rule is one line of text.')
      .optional(),
    event: EventName.optional(),
    where: When.optional(),
    match: Match.optional(),
    listId: ListId.optional(),
    when: When.optional(),
  })
  .superRefine((rule, context) => {
    const given = KINDS.filter((kind) => rule[kind] !== undefined);
    if (given.length !== 1) {
      const message = 'An exit rule has one of event, listId and when. For more, add more rules.';
      context.addIssue({ code: 'custom', path: given.slice(1, 2), message });
    }
    if (rule.event !== undefined) return;
    for (const field of ['where', 'match'] as const) {
      if (rule[field] === undefined) continue;
      const message = `Only a rule with an event has a ${field}. For other conditions use when.`;
      context.addIssue({ code: 'custom', path: [field], message });
    }
  });
export type ExitRule = z.infer<typeof ExitRule>;

/** The keys of what these rules have to be judged after: see `watch.ts`. */
export function exitKeysOf(rules: ExitRule[] = []): string[] {
  return [...new Set(rules.flatMap(keysOf))];
}

function keysOf({ event, listId, when }: ExitRule): string[] {
  if (event !== undefined) return [eventKey(event)];
  if (listId !== undefined) return [LIST_KEY];
  const { roots, lists, events } = needsOf(when!);
  return [
    ...(roots.has('profile') ? [PROFILE_KEY] : []),
    ...(lists.length > 0 ? [LIST_KEY] : []),
    ...events.map(({ name }) => eventKey(name)),
  ];
}

/** Those of the rules that a user may meet without an event: by time or live data also unnoticed, until the next tile. */
export function rulesAtTiles(rules: ExitRule[] = []): ExitRule[] {
  return rules.filter(({ event }) => event === undefined);
}

/** What these rules ask about the user besides the roots. */
export function exitNeedsOf(rules: ExitRule[]): Needs {
  const needs = needsOf(
    ...rules.flatMap(({ where, when }) => [where, when].filter((one) => one !== undefined)),
  );
  const lists = rules.map(({ listId }) => listId).filter((listId) => listId !== undefined);
  return { ...needs, lists: [...new Set([...needs.lists, ...lists])] };
}

/** An event that the user has just sent. */
export interface SentEvent {
  name: string;
  /** What conditions read of it as `event`. */
  data: Record<string, unknown>;
}

/** The first of these rules that a user meets, by an event or as they are. */
export function ruleMet(
  rules: ExitRule[],
  roots: Roots,
  facts: Facts,
  event?: SentEvent,
): ExitRule | undefined {
  return rules.find((rule) => {
    if (rule.listId !== undefined) return facts.isMember(rule.listId);
    if (rule.when !== undefined) return holds(rule.when, roots, facts);
    return event !== undefined && isMetBy(event, rule, roots, facts);
  });
}

function isMetBy(event: SentEvent, rule: ExitRule, roots: Roots, facts: Facts): boolean {
  if (event.name !== rule.event) return false;
  const { where, match } = rule;
  if (where !== undefined && !holds(where, { ...roots, event: event.data }, facts)) return false;
  return match === undefined || matches(match, event.data, roots);
}

/** For people: which rule took a user out. It quotes no data of theirs. */
export function detailOfExit({ name, event, listId }: ExitRule): string {
  const what = name ?? (event ? `event ${event}` : listId ? `list ${listId}` : 'a condition');
  return `Met the exit rule “${what}”.`;
}
