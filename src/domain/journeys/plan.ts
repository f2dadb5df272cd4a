import { parseDuration } from '../time/duration';
import { type ExitRule, rulesAtTiles } from './exit-rules';
import { rateLimitOf, type TileRateLimit } from './rate-limit';
import type { DelayTile } from './tiles/delay';
import type { AwaitedCallback } from './tiles/request-tiles';
import type { Tile } from './tiles/tile';
import { leadsTo } from './ways';

/** Where a tile leads: to the tile with this id, or to the end of the journey for null. */
export type Way = string | null;

/**
 * What the workflow walks: ids, kinds, connections, delays and limits of one frozen version. It is recorded in
 * Temporal's history, so it contains no templates, secrets or personal data. Only additions are compatible.
 */
export interface Plan {
  start: Way;
  tiles: Record<string, PlannedTile>;
  /** Set where the journey has exit rules that are judged at each tile. */
  rules?: true;
}
export type PlannedTile =
  | RequestTile
  | { kind: 'delay'; ms: number; next: Way }
  /** A delay until a moment that an activity computes when the user arrives. */
  | { kind: 'until'; next: Way; onPast?: Way; onMissing?: Way }
  | { kind: 'sendToJourney'; journeyId: number; next: Way }
  | WaitingTile
  | DecidedTile
  /** `decided` where it has a reason, which the activity `decide` knows. */
  | { kind: 'exit'; decided?: true };

/** A tile of which the activity `decide` says where it leads: conditions and values stay in the database. */
export interface DecidedTile {
  kind: 'yesNoSplit' | 'attributeSplit' | 'abSplit' | 'updateProfile' | 'updateList' | 'trackEvent';
}

/** A tile that waits until something happens: what, only the database knows. */
export interface WaitingTile {
  kind: 'waitFor';
  /** Where each arm leads. */
  arms: Way[];
  onTimeout: Way;
}

/** A tile that calls an endpoint; the activity handles the answer. */
export interface RequestTile {
  kind: 'webhook' | 'liveData' | 'userProfile';
  /** Absent if the tile contains its own request. */
  webhookId?: number;
  next: Way;
  /** Where a failed delivery leads; if absent, the user exits. */
  onFailure?: Way;
  limit?: TileRateLimit;
  callback?: PlannedCallback;
}

/** A wait for the endpoint's call, and where each way out of it leads. */
export interface PlannedCallback {
  /** The status by which the endpoint says that it will call. */
  on: number;
  /** How long the user waits. */
  ms: number;
  success: Way;
  /** If absent, the user exits. */
  failure?: Way;
  timeout: Way;
}

/** Compiles the valid tiles of a journey into the plan of their version. */
export function planOf(journeyId: number, tiles: Tile[], exitRules?: ExitRule[]): Plan {
  const planned = tiles.map((tile, index) => {
    const way = (target: string | undefined) => leadsTo(target, index, tiles);
    return [tile.id, planTile(journeyId, tile, way)] as const;
  });
  return {
    start: tiles[0]?.id ?? null,
    tiles: Object.fromEntries(planned),
    ...(rulesAtTiles(exitRules).length > 0 && { rules: true }),
  };
}

function planTile(journeyId: number, tile: Tile, way: (target: string | undefined) => Way): PlannedTile {
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
      const callback =
        'callback' in tile && tile.callback ? { callback: planCallback(tile.callback, way, tile.next) } : {};
      return {
        ...{ kind, ...(webhookId && { webhookId }), next: way(tile.next) },
        ...{ ...onFailure, ...limit, ...callback },
      };
    }
    case 'delay':
      return planDelay(tile, way);
    case 'waitFor':
      return { kind: 'waitFor', arms: tile.for.map(({ next }) => way(next)), onTimeout: way(tile.onTimeout) };
    case 'sendToJourney':
      return { kind: 'sendToJourney', journeyId: tile.journeyId, next: way(tile.next) };
    case 'yesNoSplit':
    case 'attributeSplit':
    case 'abSplit':
    case 'updateProfile':
    case 'updateList':
    case 'trackEvent':
      return { kind: tile.type };
    case 'exit':
      return tile.reason === undefined ? { kind: 'exit' } : { kind: 'exit', decided: true };
  }
}

function planDelay(tile: DelayTile, way: (next: string | undefined) => Way): PlannedTile {
  const { until, timeOfDay, days } = tile;
  if (tile.for !== undefined && timeOfDay === undefined && days === undefined) {
    return { kind: 'delay', ms: parseDuration(tile.for)!, next: way(tile.next) };
  }
  return {
    kind: 'until',
    next: way(tile.next),
    ...(until?.onPast !== undefined && { onPast: way(until.onPast) }),
    ...(until?.onMissing !== undefined && { onMissing: way(until.onMissing) }),
  };
}

function planCallback(
  { on, timeout, onSuccess, onFailure, onTimeout }: AwaitedCallback,
  way: (next: string | undefined) => Way,
  next: string | undefined,
): PlannedCallback {
  return {
    ...{ on, ms: parseDuration(timeout)! },
    success: way(onSuccess ?? next),
    ...(onFailure !== undefined && { failure: way(onFailure) }),
    timeout: way(onTimeout ?? next),
  };
}
