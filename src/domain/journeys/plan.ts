import { parseDuration } from '../time/duration';
import { rateLimitOf, type TileRateLimit } from './rate-limit';
import type { Tile } from './tiles';

/** Where a tile's output leads: a tile's id, or null for the end of the journey. */
export type Way = string | null;

/**
 * What the workflow walks: ids, kinds, ways, waits and limits of one frozen version. It stands in Temporal's
 * history, so it holds no template, no secret and no personal data. New kinds only add to it.
 */
export interface Plan {
  start: Way;
  tiles: Record<string, PlannedTile>;
}
export type PlannedTile =
  | RequestTile
  | { kind: 'delay'; ms: number; next: Way }
  | { kind: 'sendToJourney'; journeyId: number; next: Way }
  | { kind: 'exit' };

/** A tile that calls an endpoint: what it does with the answer is the activity's business. */
export interface RequestTile {
  kind: 'webhook' | 'liveData' | 'userProfile';
  /** Absent where the tile holds its own request. */
  webhookId?: number;
  next: Way;
  /** Where a failed delivery leads; absent, it exits. */
  onFailure?: Way;
  limit?: TileRateLimit;
}

/** Compiles the valid tiles of a journey to the plan of their version. */
export function planOf(journeyId: number, tiles: Tile[]): Plan {
  const planned = tiles.map(
    (tile, index) => [tile.id, planTile(journeyId, tile, following(tiles, index))] as const,
  );
  return { start: tiles[0]?.id ?? null, tiles: Object.fromEntries(planned) };
}

function planTile(journeyId: number, tile: Tile, following: Way): PlannedTile {
  const way = (next: string | undefined): Way =>
    next === undefined ? following : next === 'exit' ? null : next;
  switch (tile.type) {
    case 'webhook':
    case 'liveData':
    case 'userProfile': {
      const { type: kind, webhookId } = tile;
      const onFailure = tile.onFailure === undefined ? {} : { onFailure: way(tile.onFailure) };
      const limit =
        'rateLimit' in tile && tile.rateLimit
          ? { limit: rateLimitOf(journeyId, tile.id, tile.rateLimit) }
          : {};
      return { kind, ...(webhookId && { webhookId }), next: way(tile.next), ...onFailure, ...limit };
    }
    case 'delay':
      return { kind: 'delay', ms: parseDuration(tile.for)!, next: way(tile.next) };
    case 'sendToJourney':
      return { kind: 'sendToJourney', journeyId: tile.journeyId, next: way(tile.next) };
    case 'exit':
      return { kind: 'exit' };
  }
}

function following(tiles: Tile[], index: number): Way {
  return tiles[index + 1]?.id ?? null;
}

/** Every way out of a tile. */
export function waysOf(tile: PlannedTile): Way[] {
  if (tile.kind === 'exit') return [];
  return 'onFailure' in tile ? [tile.next, tile.onFailure!] : [tile.next];
}
