import { parseDuration } from '../time/duration';
import { rateLimitOf, type TileRateLimit } from './rate-limit';
import type { Tile } from './tiles';

/** Where a tile leads: to the tile with this id, or to the end of the journey for null. */
export type Way = string | null;

/**
 * What the workflow walks: ids, kinds, connections, delays and limits of one frozen version. It is recorded in
 * Temporal's history, so it contains no templates, secrets or personal data. Only additions are compatible.
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

/** A tile that calls an endpoint; the activity handles the answer. */
export interface RequestTile {
  kind: 'webhook' | 'liveData' | 'userProfile';
  /** Absent if the tile contains its own request. */
  webhookId?: number;
  next: Way;
  /** Where a failed delivery leads; if absent, the user exits. */
  onFailure?: Way;
  limit?: TileRateLimit;
}

/** Compiles the valid tiles of a journey into the plan of their version. */
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

/** Everywhere a tile can lead. */
export function waysOf(tile: PlannedTile): Way[] {
  if (tile.kind === 'exit') return [];
  return 'onFailure' in tile ? [tile.next, tile.onFailure!] : [tile.next];
}
