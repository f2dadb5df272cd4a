import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { listed } from '../listed';
import { isJsonContainer } from '../lossless-json';
import type { Profile } from '../users/profile';

/** What a field of a condition or a match starts with. */
export const ROOTS = ['profile', 'trigger', 'liveData', 'events', 'callbacks', 'event'] as const;
export type Root = (typeof ROOTS)[number];

type Fields = Record<string, unknown>;

/** The data whose fields a condition reads by path. */
export interface Roots {
  profile: Fields;
  trigger: Fields;
  liveData?: Fields;
  /** What ended the waits of the entry, by the tile's name or id. */
  events?: Fields;
  /** What the endpoints have called back with, by the tile's id. */
  callbacks?: Fields;
  /** The event that is judged, where there is one. */
  event?: Fields;
}

/** Steps of a path: names after dots, and positions in lists. */
const STEPS = String.raw`(\.[^.\s[\]]{1,256}|\[\d{1,3}\]){1,32}`;

/** A path that starts with one of these roots: `profile.plan`, `trigger.items[0].id`. */
export function fieldOf(roots: readonly Root[]) {
  const named = listed(
    roots.map((root) => `${root}.`),
    'or',
  );
  const begins = new RegExp(`^(${roots.join('|')})\\.`);
  return z.string().regex(new RegExp(`^(${roots.join('|')})${STEPS}$`), {
    error: ({ input }) =>
      begins.test(String(input))
        ? `A field is written as in “${roots[0]}.address.city” or “${roots[0]}.items[0].sku”. Its names have no spaces, dots or brackets.`
        : `A field here starts with ${named}, as in “${roots[0]}.plan”.`,
  });
}

export const Field = fieldOf(ROOTS);

export function rootOf(field: string): Root {
  return /^\w+/.exec(field)![0] as Root;
}

/** The steps of a field behind its root. */
export function stepsOf(field: string): string[] {
  return field.match(/[^.[\]]+/g)!.slice(1);
}

interface ParsedField {
  root: Root;
  steps: string[];
}

/** Conditions are judged thousands of times as often as they are written. */
const parsed = new LRUCache<string, ParsedField>({ max: 5_000 });

function parse(field: string): ParsedField {
  const known = parsed.get(field);
  if (known) return known;
  const fresh = { root: rootOf(field), steps: stepsOf(field) };
  parsed.set(field, fresh);
  return fresh;
}

/** The value of a field; undefined where there is none. Own fields only, whatever a field is called. */
export function valueAt(field: string, roots: Roots): unknown {
  const { root, steps } = parse(field);
  let value: unknown = roots[root];
  for (const step of steps) {
    if (!isJsonContainer(value) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Fields)[step];
  }
  return value;
}

/** A user as conditions read them. */
export interface JudgedUser {
  email: string | null;
  userId: string | null;
  dataFields: Profile;
  tags: string[];
}

/** The root `profile`: the fields, beside names that no field can override. */
export function profileRoot({ email, userId, dataFields, tags }: JudgedUser): Fields {
  return { ...dataFields, email, userId, tags };
}

/** The roots of an entry source's condition: the trigger data is what happened. */
export function rootsOfEntering(user: JudgedUser, triggerData: Fields): Roots {
  return { profile: profileRoot(user), trigger: triggerData, event: triggerData };
}

/** What an entry holds, as its row has it. */
export interface JudgedEntry {
  triggerData: Fields;
  liveData?: Fields | null;
  events?: Fields | null;
  callbacks?: Fields | null;
}

/** The roots of a condition of an entry under way. */
export function rootsOfEntry(user: JudgedUser, entry: JudgedEntry): Roots {
  const { triggerData, liveData, events, callbacks } = entry;
  return {
    profile: profileRoot(user),
    trigger: triggerData,
    liveData: liveDataRoot(liveData ?? {}),
    events: events ?? {},
    callbacks: callbacks ?? {},
  };
}

/** Values are read by the tile's name, or without it for the latest tile; the name of a tile takes precedence. */
export function liveDataRoot(liveData: Fields): Fields {
  return { ...(Object.values(liveData).at(-1) as Fields | undefined), ...liveData };
}
