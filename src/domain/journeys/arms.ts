import { holds, type Needs, needsOf } from './conditions';
import type { Facts } from './facts';
import { matches } from './match';
import type { Roots } from './roots';
import type { Way } from './plan';
import type { Arm } from './tiles/wait-for';
import { eventKey, LIST_KEY, PROFILE_KEY } from './watch';
import { explain } from './conditions/why';

/* Which arm of a wait ends it. Positions count from 1. */

/** An arm, and the tile that it leads to. */
export type LedArm = Arm & { next: Way };

/** An event, with what conditions read of it. */
export interface JudgedEvent {
  name: string;
  data: Record<string, unknown>;
}

/** What arms are judged by, besides an event. */
export interface Judgement {
  roots: Roots;
  facts: Facts;
}

/** What has to be known of the user to judge these arms. */
export function needsOfArms(arms: Arm[]): Needs {
  return needsOf(...arms.flatMap(({ where, when }) => [where, when].filter((part) => part !== undefined)));
}

/** What may end a wait with these arms, as keys of `users.watched`. */
export function keysOfArms(arms: Arm[]): string[] {
  const keys = arms.flatMap(({ event, when }) =>
    event === undefined ? keysOfWhen(when!) : [eventKey(event)],
  );
  return [...new Set(keys)];
}

function keysOfWhen(when: NonNullable<Arm['when']>): string[] {
  const { roots, lists, events } = needsOf(when);
  return [
    ...(roots.has('profile') ? [PROFILE_KEY] : []),
    ...(lists.length > 0 ? [LIST_KEY] : []),
    ...events.map(({ name }) => eventKey(name)),
  ];
}

/** The first arm that an event meets. */
export function armOfEvent(arms: Arm[], event: JudgedEvent, judgement: Judgement): number | undefined {
  return positionOf(arms, (arm) => isMetBy(arm, event, judgement));
}

/** The first arm whose condition holds. */
export function armThatHolds(arms: Arm[], { roots, facts }: Judgement): number | undefined {
  return positionOf(arms, ({ when }) => when !== undefined && holds(when, roots, facts));
}

function isMetBy({ event, where, match }: Arm, { name, data }: JudgedEvent, { roots, facts }: Judgement) {
  if (event !== name) return false;
  if (match !== undefined && !matches(match, data, roots)) return false;
  return where === undefined || holds(where, { ...roots, event: data }, facts);
}

function positionOf(arms: Arm[], isMet: (arm: Arm) => boolean): number | undefined {
  const index = arms.findIndex(isMet);
  return index < 0 ? undefined : index + 1;
}

/** Why the arm at this position ended the wait, for people. It may quote personal data. */
export function whyOfArm(arms: Arm[], position: number, { roots, facts }: Judgement): string {
  const { event, when } = arms[position - 1]!;
  return event === undefined ? explain(when!, roots, facts) : `event ${event}`;
}

/** The earlier of two arms. */
export function earlierArm(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
