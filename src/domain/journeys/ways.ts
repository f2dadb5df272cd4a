import type { WebhookTile } from './tiles/request-tiles';
import type { Tile } from './tiles/tile';

/** A way out of a tile, as its author wrote it. */
export interface WrittenWay {
  /** Of the field, within the tile. */
  path: (string | number)[];
  /** A tile's id or `"exit"`; undefined leads to the tile that follows. */
  target: string | undefined;
}

/** Every way out of a tile. */
export function waysOf(tile: Tile): WrittenWay[] {
  switch (tile.type) {
    case 'webhook':
      return [way('next', tile.next), ...optional('onFailure', tile.onFailure), ...callbackWays(tile)];
    case 'liveData':
    case 'userProfile':
    case 'updateProfile':
    case 'trackEvent':
      return [way('next', tile.next), ...optional('onFailure', tile.onFailure)];
    case 'delay':
      return [
        way('next', tile.next),
        ...optional('onPast', tile.until?.onPast, ['until']),
        ...optional('onMissing', tile.until?.onMissing, ['until']),
      ];
    case 'updateList':
    case 'sendToJourney':
      return [way('next', tile.next)];
    case 'waitFor':
      return [
        ...tile.for.map(({ next }, index) => ({ path: ['for', index, 'next'], target: next })),
        way('onTimeout', tile.onTimeout),
      ];
    case 'yesNoSplit':
      return [way('yes', tile.yes), way('no', tile.no)];
    case 'attributeSplit':
      return [...branchWays(tile.branches), way('otherwise', tile.otherwise)];
    case 'abSplit':
      return tile.branches.map(({ next, holdout }, index) => ({
        path: ['branches', index, 'next'],
        target: holdout ? 'exit' : next,
      }));
    case 'exit':
      return [];
  }
}

function branchWays(branches: { next?: string }[]): WrittenWay[] {
  return branches.map(({ next }, index) => ({ path: ['branches', index, 'next'], target: next }));
}

/** Each of them leads to `next` where it is not written, but `onFailure`: then the user exits. */
function callbackWays({ callback }: WebhookTile): WrittenWay[] {
  return (['onSuccess', 'onFailure', 'onTimeout'] as const).flatMap((field) => {
    const target = callback?.[field];
    return target === undefined ? [] : [{ path: ['callback', field], target }];
  });
}

function way(field: string, target: string | undefined): WrittenWay {
  return { path: [field], target };
}

/** A way that exists only where it is written. `within`: the path of the object that it stands in. */
function optional(field: string, target: string | undefined, within: string[] = []): WrittenWay[] {
  return target === undefined ? [] : [{ path: [...within, field], target }];
}

/** Where a target leads that a tile's author wrote: to the tile of this id, or to the end of the journey for null. */
export function leadsTo(target: string | undefined, index: number, tiles: Tile[]): string | null {
  if (target === undefined) return tiles[index + 1]?.id ?? null;
  return target === 'exit' ? null : target;
}

/** The tile that a way leads to; undefined for the end of the journey, and for a tile that does not exist. */
export function targetOf({ target }: WrittenWay, index: number, tiles: Tile[]): Tile | undefined {
  return target === undefined ? tiles[index + 1] : tiles.find(({ id }) => id === target);
}
