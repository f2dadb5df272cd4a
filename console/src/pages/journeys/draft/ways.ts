import { conditionWords } from '../../../words/conditions';
import { getAt } from './at-path';
import type { Tile } from './draft';
import { isolated } from '../../../words/quoted';

/** Where a way leads that ends the journey, as the API writes it. */
export const EXIT = 'exit';
/** In the place of a tile's id: where users enter. No tile can have this id. */
export const ENTRY = '@entry';

/** A way out of a tile. */
export interface Way {
  /** `ENTRY` for the way in. */
  from: string;
  /** The field that says where it leads, within the tile; empty for the way in. */
  path: string;
  /** What it is called beside others; undefined for the one way of a tile. */
  label?: string;
  /** A tile's id; null for the end of the journey. */
  to: string | null;
  /** Whether the field is there: left out, the way leads to the tile that follows. */
  isWritten: boolean;
  /** It leads to the end, whatever is written. */
  isFixed?: boolean;
}

interface Field {
  path: string;
  label?: string;
  isFixed?: boolean;
}

/** The fields that say where a tile's ways lead: those that it always has, and those of `optionalWays` that are written. */
export function wayFields(tile: Tile): Field[] {
  const more = optionalWays(tile).filter(({ path }) => getAt(tile, path) !== undefined);
  return [...fixedWays(tile, more.length > 0 ? 'Next' : undefined), ...more];
}

/** `next`: what the only way is called. */
function fixedWays(tile: Tile, next?: string): Field[] {
  switch (tile.type) {
    case 'exit':
      return [];
    case 'yesNoSplit':
      return [
        { path: 'yes', label: 'Yes' },
        { path: 'no', label: 'No' },
      ];
    case 'attributeSplit':
      return [
        ...tile.branches.map(({ name }, index) => ({
          path: `branches[${index}].next`,
          label: name ?? `Branch ${index + 1}`,
        })),
        { path: 'otherwise', label: 'Otherwise' },
      ];
    case 'abSplit':
      return tile.branches.map(({ name, weight, holdout }, index) => ({
        path: `branches[${index}].next`,
        label: `${isolated(name)} · ${weight} %`,
        ...(holdout && { isFixed: true }),
      }));
    case 'waitFor':
      return [
        ...tile.for.map((arm, index) => ({
          path: `for[${index}].next`,
          label: arm.event || (arm.when ? conditionWords(arm.when) : `Arm ${index + 1}`),
        })),
        { path: 'onTimeout', label: 'Timeout' },
      ];
    case 'webhook':
    case 'liveData':
    case 'userProfile':
    case 'delay':
    case 'updateProfile':
    case 'updateList':
    case 'trackEvent':
    case 'sendToJourney':
      return [{ path: 'next', label: next }];
  }
}

/** The ways that a tile has only where they are written, and what happens where they are not. */
export function optionalWays(tile: Tile): (Field & { label: string; otherwise: string })[] {
  const failure = { path: 'onFailure', label: 'Failure', otherwise: 'The user exits the journey' };
  switch (tile.type) {
    case 'webhook':
      return [failure, ...(tile.callback ? CALLBACK_WAYS : [])];
    case 'liveData':
    case 'userProfile':
    case 'updateProfile':
    case 'trackEvent':
      return [failure];
    case 'delay':
      if (tile.until === undefined) return [];
      return [
        { path: 'until.onPast', label: 'Passed', otherwise: 'Goes on at once' },
        ...(tile.until.field === undefined
          ? []
          : [{ path: 'until.onMissing', label: 'No date', otherwise: 'Goes on at once' }]),
      ];
    case 'waitFor':
    case 'yesNoSplit':
    case 'attributeSplit':
    case 'abSplit':
    case 'updateList':
    case 'sendToJourney':
    case 'exit':
      return [];
  }
}

const CALLBACK_WAYS = [
  { path: 'callback.onSuccess', label: 'Called back', otherwise: 'Goes on' },
  { path: 'callback.onFailure', label: 'Callback failed', otherwise: 'The user exits the journey' },
  { path: 'callback.onTimeout', label: 'No callback', otherwise: 'Goes on' },
];

/** Every way of a journey, in the order of its tiles; the first one is the way in. */
export function waysOf(tiles: readonly Tile[]): Way[] {
  const first: Way = { from: ENTRY, path: '', to: tiles[0]?.id ?? null, isWritten: false };
  return [first, ...tiles.flatMap((tile, index) => waysOfTile(tile, tiles[index + 1]?.id ?? null))];
}

function waysOfTile(tile: Tile, following: string | null): Way[] {
  return wayFields(tile).map((field) => {
    const written = field.isFixed ? EXIT : (getAt(tile, field.path) as string | undefined);
    const to = written === undefined ? following : written === EXIT ? null : written;
    return { from: tile.id, ...field, to, isWritten: written !== undefined };
  });
}

/** The tiles that users reach. */
export function reachedTiles(tiles: readonly Tile[]): Set<string> {
  const leadsTo = new Map<string, (string | null)[]>();
  for (const { from, to } of waysOf(tiles)) leadsTo.set(from, [...(leadsTo.get(from) ?? []), to]);
  const reached = new Set<string>();
  const open = [ENTRY];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const to of leadsTo.get(id) ?? []) {
      if (to === null || reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}
