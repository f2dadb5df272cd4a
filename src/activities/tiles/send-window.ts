import type { DeliveryContext } from '../../db/deliveries/deliveries';
import { leadsTo } from '../../domain/journeys/ways';
import type { Way } from '../../domain/journeys/plan';
import { closedUntil, type SendWindow } from '../../domain/journeys/timing/send-window';
import { spreadOf } from '../../domain/journeys/timing/spread';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { RequestTile } from '../resolve-request';
import type { Crowd } from './crowd';
import type { VersionCache } from './version-cache';

/** A send window that is closed: the user waits until it opens, or skips the tile. */
export type ClosedWindow = { kind: 'hold'; opensAt: number } | { kind: 'skip'; nextTile: Way };

interface Visitor {
  entryId: string;
  tileId: string;
}

/** Whether the window of a tile is closed for its user at a moment. It costs nothing while the window is open. */
export type WindowCheck = (
  visitor: Visitor,
  context: DeliveryContext,
  at: number,
) => Promise<ClosedWindow | undefined>;

export function createWindowCheck(versions: VersionCache, crowd: Crowd): WindowCheck {
  return async ({ entryId, tileId }, context, at) => {
    const { definition } = await versions(context);
    const { window, isLimited, nextTile } = timingOf(definition, tileId);
    if (!window) return undefined;
    const zones = { ofUser: context.profile.timeZone, ofJourney: definition.timeZone };
    const closed = closedUntil(window, zones, at);
    if (closed === undefined) return undefined;
    if (window.onClosed === 'skip') return { kind: 'skip', nextTile };
    // The queue of a rate limit spreads users by itself.
    if (isLimited) return { kind: 'hold', opensAt: closed.opens };
    const waiting = await crowd({ ...context, tileId });
    const place = spreadOf(entryId, tileId, waiting, closed.closes - closed.opens);
    return { kind: 'hold', opensAt: closed.opens + place };
  };
}

/** The window of a tile: its own, else the journey's; none where it is exempt. */
function timingOf({ tiles, sendWindow }: JourneyDefinition, tileId: string) {
  const index = tiles.findIndex(({ id }) => id === tileId);
  const tile = tiles[index] as RequestTile | undefined;
  const window: SendWindow | null | undefined = tile?.sendWindow === undefined ? sendWindow : tile.sendWindow;
  const nextTile = leadsTo(tile?.next, index, tiles);
  return {
    window,
    nextTile,
    isLimited: tile !== undefined && 'rateLimit' in tile && tile.rateLimit !== undefined,
  };
}
