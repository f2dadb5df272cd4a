import {
  conditionWords,
  type ListNames,
  listWords,
  occurrenceWords,
  type When,
} from '../../../../words/conditions';
import { durationWords } from '../../../../words/durations';
import {
  type Day,
  daysWords,
  entryWords,
  exitRuleWords,
  reentryWords,
  type SendWindow,
  windowWords,
} from '../../../../words/journeys';
import { setAt } from '../../draft/at-path';
import type { Draft, Tile } from '../../draft/draft';
import { ENTRY, type Way, waysOf } from '../../draft/ways';
import { kindOf } from '../../tile-words';
import { isolated, quoted } from '../../../../words/quoted';

/* What is different between two states of a journey, in words. */

/** One thing that has changed; without a side where it was not there, or is not any more. */
export interface Change {
  what: string;
  before?: string;
  after?: string;
}

export interface TileChange {
  id: string;
  title: string;
  kind: 'added' | 'removed' | 'changed';
  changes: Change[];
}

export interface Difference {
  settings: Change[];
  tiles: TileChange[];
}

export function isNone({ settings, tiles }: Difference): boolean {
  return settings.length === 0 && tiles.length === 0;
}

export function differenceOf(before: Draft, after: Draft, lists: ListNames = {}): Difference {
  return { settings: settingsChanges(before, after, lists), tiles: tileChanges(before, after, lists) };
}

function settingsChanges(before: Draft, after: Draft, lists: ListNames): Change[] {
  const [old, now] = [settingsWords(before, lists), settingsWords(after, lists)];
  const first: Change = {
    what: 'Users enter at',
    before: firstTile(before.tiles),
    after: firstTile(after.tiles),
  };
  return [...Object.keys(now).map((what) => ({ what, before: old[what], after: now[what] })), first].filter(
    (change) => change.before !== change.after,
  );
}

/** Every setting by its name; undefined for one that is not set. */
function settingsWords(draft: Draft, lists: ListNames): Record<string, string | undefined> {
  const { entry, reentry, sendWindow, exitRules = [], suppressionListIds = [] } = draft;
  return {
    Name: draft.name,
    Description: draft.description || undefined,
    'Users enter': entryWords(entry ?? { source: 'api' }, lists),
    'Never users on': joined(suppressionListIds.map((id) => listWords(id, lists))),
    'Entries of one user': textOf(draft.lifetimeLimit),
    'At the same time': textOf(draft.simultaneousLimit),
    'Entering again': reentry && reentryWords(reentry),
    'Users leave': joined(exitRules.map((rule) => exitRuleText(rule, lists))),
    'Time zone': draft.timeZone,
    'Requests are sent': sendWindow && windowWords(sendWindow),
  };
}

/** Its name and what it is: either may change. */
function exitRuleText(rule: NonNullable<Draft['exitRules']>[number], lists: ListNames): string {
  const what = exitRuleWords({ ...rule, name: undefined }, lists);
  return rule.name === undefined ? what : `${isolated(rule.name)} (${what})`;
}

function joined(texts: string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join('; ');
}

function textOf(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number);
}

function firstTile([tile]: readonly Tile[]): string {
  return tile === undefined ? 'the end' : quoted(tile.id);
}

function tileChanges(before: Draft, after: Draft, lists: ListNames): TileChange[] {
  const old = new Map(before.tiles.map((tile) => [tile.id, tile]));
  const now = new Map(after.tiles.map((tile) => [tile.id, tile]));
  const ways = { before: wordsOfWays(before.tiles), after: wordsOfWays(after.tiles) };
  const changed = after.tiles.flatMap((tile): TileChange[] => {
    const former = old.get(tile.id);
    const place = { id: tile.id, title: titleOf(tile) };
    // Of another type, it is another tile.
    if (former?.type !== tile.type) {
      return [{ ...place, kind: 'added', changes: fieldChanges(undefined, tile, lists) }];
    }
    const changes = [
      ...fieldChanges(former, tile, lists),
      ...wayChanges(ways.before.get(tile.id), ways.after.get(tile.id)),
    ];
    return changes.length === 0 ? [] : [{ ...place, kind: 'changed', changes }];
  });
  const removed = before.tiles
    .filter(({ id, type }) => now.get(id)?.type !== type)
    .map((tile): TileChange => ({ id: tile.id, title: titleOf(tile), kind: 'removed', changes: [] }));
  return [...changed, ...removed];
}

/** Its name for people, or else what it is. */
export function titleOf(tile: Tile): string {
  const isReference = tile.type === 'liveData' || tile.type === 'waitFor';
  return (!isReference && tile.name) || kindOf(tile.type).title;
}

/** Where each way of each tile leads, by its field: the same way may have another name. */
function wordsOfWays(tiles: readonly Tile[]): Map<string, Map<string, { label: string; to: string }>> {
  const byTile = new Map<string, Map<string, { label: string; to: string }>>();
  for (const way of waysOf(tiles).filter(({ from }) => from !== ENTRY)) {
    const known = byTile.get(way.from) ?? new Map();
    byTile.set(way.from, known.set(way.path, { label: way.label ?? 'Next', to: targetWords(way) }));
  }
  return byTile;
}

function targetWords({ to }: Way): string {
  return to === null ? 'the end' : quoted(to);
}

type WayWords = Map<string, { label: string; to: string }>;

function wayChanges(before: WayWords = new Map(), after: WayWords = new Map()): Change[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old?.to === now?.to) return [];
    return [{ what: `${(now ?? old)!.label} leads to`, before: old?.to, after: now?.to }];
  });
}

/** Fields that say where ways lead, and what makes a tile the same one. */
const NO_FIELDS = new Set(['id', 'type', 'next', 'yes', 'no', 'otherwise', 'onTimeout', 'onFailure']);

function fieldChanges(before: Tile | undefined, after: Tile, lists: ListNames): Change[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(now), ...Object.keys(old)])].flatMap((field) => {
    if (NO_FIELDS.has(field) || stableText(old[field]) === stableText(now[field])) return [];
    const words = (value: unknown) => (value === undefined ? undefined : fieldWords(field, value, lists));
    const change = { what: FIELD_NAMES[field] ?? field, before: words(old[field]), after: words(now[field]) };
    // What the words leave out has changed.
    if (change.before !== change.after) return [change];
    return [{ ...change, before: stableText(old[field]), after: stableText(now[field]) }];
  });
}

/** Without the fields of its ways, also those of its branches and arms. */
function fieldsOf(tile: Tile | undefined): Record<string, unknown> {
  if (tile === undefined) return {};
  const within = waysOf([tile]).filter(({ from, isFixed }) => from !== ENTRY && !isFixed);
  return within.reduce((rest, { path }) => setAt(rest, path, undefined), tile) as unknown as Record<
    string,
    unknown
  >;
}

const FIELD_NAMES: Record<string, string> = {
  name: 'Name',
  note: 'Note',
  webhookId: 'Webhook',
  webhook: 'Inline webhook',
  parameters: 'Dynamic Parameters',
  rateLimit: 'Rate limit',
  sendWindow: 'Send window',
  callback: 'Callback',
  url: 'URL',
  for: 'Waits for',
  until: 'Waits until',
  timeOfDay: 'Time of day',
  days: 'Days',
  timeZone: 'Time zone',
  timeout: 'At most',
  since: 'Events count since',
  when: 'Condition',
  branches: 'Branches',
  key: 'Key',
  fields: 'Fields',
  listId: 'List',
  action: 'Action',
  eventName: 'Event',
  dataFields: 'Data of the event',
  journeyId: 'Journey',
  reason: 'Reason',
};

interface Arm {
  event?: string;
  where?: When;
  when?: When;
  match?: Record<string, string>;
}
interface Branch {
  name?: string;
  when?: When;
  weight?: number;
  holdout?: boolean;
}

function fieldWords(field: string, value: unknown, lists: ListNames): string {
  switch (field) {
    case 'when':
      return conditionWords(value as When, lists);
    case 'for':
      if (typeof value === 'string') return durationWords(value);
      return (value as Arm[]).map((arm) => armWords(arm, lists)).join('; ');
    case 'timeout':
      return durationWords(String(value));
    case 'branches':
      return (value as Branch[]).map((branch, index) => branchWords(branch, index, lists)).join('; ');
    case 'sendWindow':
      return value === null ? 'At any time' : windowWords(value as SendWindow);
    case 'days':
      return daysWords(value as Day[]);
    case 'listId':
      return listWords(value as number, lists);
    case 'rateLimit': {
      const { limit, per } = value as { limit: number; per: string };
      return `${limit} a ${per}`;
    }
    default:
      return typeof value === 'string' ? value : stableText(value)!;
  }
}

function armWords({ event, where, match, when }: Arm, lists: ListNames): string {
  return when === undefined ? occurrenceWords({ event, where, match }, lists) : conditionWords(when, lists);
}

function branchWords({ name, when, weight, holdout }: Branch, index: number, lists: ListNames): string {
  const called = name ?? `Branch ${index + 1}`;
  if (weight !== undefined) return `${called} ${weight} %${holdout ? ' (holdout)' : ''}`;
  return when === undefined ? called : `${called}: ${conditionWords(when, lists)}`;
}

/** As JSON, the fields of objects in the order of their names. */
function stableText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
