import { listed } from '../listed';
import { fieldCompared } from './conditions/comparison';
import { leavesOf, type PlacedLeaf, type When } from './conditions';
import type { EntrySource } from './entry-source';
import type { ExitRule } from './exit-rules';
import { type Match, OfEntry } from './match';
import { type Root, rootOf } from './roots';
import type { Tile } from './tiles/tile';

/* Every condition of a journey, and what can be read where it stands. */

type Path = PlacedLeaf['path'];

/** Either a condition or what ties an event to an entry, and where it stands in a journey. */
export interface PlacedCondition {
  path: Path;
  when?: When;
  match?: Match;
  /** The roots that it may read. */
  roots: readonly Root[];
  /** The position of its tile; undefined for one that belongs to the whole journey. */
  tile?: number;
}

/** The parts of a journey that have conditions. */
export interface Conditional {
  entry: EntrySource;
  exitRules?: ExitRule[];
  tiles: Tile[];
}

const ENTERING: readonly Root[] = ['profile', 'trigger', 'event'];
/** What is read of an entry under way, besides the event that is judged. */
const UNDER_WAY: readonly Root[] = ['profile', 'trigger', 'liveData', 'events', 'callbacks'];

/** Every condition and match of a journey. */
export function conditionsOf({ entry, exitRules = [], tiles }: Conditional): PlacedCondition[] {
  const entering: PlacedCondition[] =
    entry.where === undefined ? [] : [{ path: ['entry', 'where'], when: entry.where, roots: ENTERING }];
  return [...entering, ...exitRules.flatMap(conditionsOfRule), ...tiles.flatMap(conditionsOfTile)];
}

function conditionsOfRule({ where, match, when }: ExitRule, index: number): PlacedCondition[] {
  const path = (field: string): Path => ['exitRules', index, field];
  return [
    ...(where ? [{ path: path('where'), when: where, roots: [...UNDER_WAY, 'event' as const] }] : []),
    ...(match ? [{ path: path('match'), match, roots: UNDER_WAY }] : []),
    ...(when ? [{ path: path('when'), when, roots: UNDER_WAY }] : []),
  ];
}

function conditionsOfTile(tile: Tile, index: number): PlacedCondition[] {
  const at = { roots: UNDER_WAY, tile: index };
  if (tile.type === 'yesNoSplit') return [{ ...at, path: ['tiles', index, 'when'], when: tile.when }];
  if (tile.type === 'attributeSplit') {
    return tile.branches.map(({ when }, branch) => ({
      ...{ ...at, when },
      path: ['tiles', index, 'branches', branch, 'when'],
    }));
  }
  if (tile.type !== 'waitFor') return [];
  return tile.for.flatMap(({ where, match, when }, arm) => {
    const path = (field: string) => ['tiles', index, 'for', arm, field];
    return [
      ...(where
        ? [{ ...at, path: path('where'), when: where, roots: [...UNDER_WAY, 'event' as const] }]
        : []),
      ...(match ? [{ ...at, path: path('match'), match }] : []),
      ...(when ? [{ ...at, path: path('when'), when }] : []),
    ];
  });
}

/** The leaves of all conditions of a journey. */
export function leavesOfJourney(journey: Conditional): PlacedLeaf[] {
  return conditionsOf(journey).flatMap(({ path, when }) => (when === undefined ? [] : leavesOf(when, path)));
}

/** A field that a condition or a match reads. */
export interface ReadField {
  path: Path;
  field: string;
}

/** The fields that a condition or a match reads, without those of events that it looks back at. */
export function fieldsOf({ path, when, match }: PlacedCondition): ReadField[] {
  if (match !== undefined) return fieldsOfMatch(match, path);
  return leavesOf(when!, path).flatMap(({ leaf, path: at, ofEvent }) => {
    if ('list' in leaf) return [];
    if ('event' in leaf) return fieldsOfMatch(leaf.match ?? {}, [...at, 'match']);
    const other = fieldCompared(leaf);
    const compared = other === undefined ? [] : [{ path: [...at, 'value', 'field'], field: other }];
    const read = [{ path: [...at, 'field'], field: leaf.field }, ...compared];
    return ofEvent ? read.filter(({ field }) => rootOf(field) !== 'event') : read;
  });
}

/** Without a right side that no match may have, which has a fault of its own. */
function fieldsOfMatch(match: Match, path: Path): ReadField[] {
  return Object.entries(match)
    .filter(([, field]) => OfEntry.safeParse(field).success)
    .map(([left, field]) => ({ path: [...path, left], field }));
}

/** The fields that cannot be read where they stand. */
export function rootFaults(journey: Conditional): { path: Path; message: string }[] {
  return conditionsOf(journey).flatMap((placed) =>
    fieldsOf(placed)
      .filter(({ field }) => !placed.roots.includes(rootOf(field)))
      .map(({ path, field }) => ({ path, message: faultOf(field, placed.roots) })),
  );
}

function faultOf(field: string, roots: readonly Root[]): string {
  return `“${field.slice(0, 100)}” cannot be read here. Only fields of ${listed(roots, 'and')} can.`;
}
