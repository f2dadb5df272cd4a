import type { DecidedChain } from '../../../db/entries/steps/decisions';
import type { Step } from '../../../db/entries/steps/steps';
import type { Way } from '../../../domain/journeys/plan';
import { type DecidedTile, type Decision, isDecided } from '../../../domain/journeys/tiles/decisions';
import type { Tile } from '../../../domain/journeys/tiles/tile';
import { leadsTo } from '../../../domain/journeys/ways';

/** A visit where a chain begins, and how often the tiles of the journey were visited before. */
export interface ChainStart {
  tileId: string;
  visit: number;
  visits: ReadonlyMap<string, number>;
}

/** Decides at one tile; undefined where that takes the lock on the user. */
export type DecideAt = (tile: DecidedTile) => Promise<TakenDecision | undefined>;

/** `closed` where what the tile did has ended the entry. */
type TakenDecision = Decision & { closed?: boolean };

/** Tiles of a chain. A cycle without a wait cannot be published; this bounds one all the same. */
const LONGEST_CHAIN = 1_000;

/**
 * Walks from a decided tile through those that follow it, up to a tile of another kind or the end of the journey.
 * Undefined where that takes the lock on the user.
 */
export async function walkChain(
  tiles: Tile[],
  start: ChainStart,
  decideAt: DecideAt,
  at: number,
): Promise<DecidedChain | undefined> {
  const steps: Step[] = [];
  let next: Way = start.tileId;
  let detail: string | undefined;
  while (next !== null) {
    const index = tiles.findIndex(({ id }) => id === next);
    const tile = tiles[index];
    if (!isDecided(tile)) break;
    const { id: tileId } = tile;
    if (steps.length === LONGEST_CHAIN)
      throw new Error(`A cycle leads through tile ${tileId} without a wait.`);
    const decision = await decideAt(tile);
    if (decision === undefined) return undefined;
    const { way, why, target } = decision;
    next = decision.closed ? null : leadsTo(target, index, tiles);
    const visit = tileId === start.tileId ? start.visit : (start.visits.get(tileId) ?? 0) + 1;
    steps.push({ tileId, visit, at, left: { at, way, why, nextTile: next } });
    if (tile.type === 'exit') detail = tile.reason;
  }
  const [first, ...others] = steps;
  if (first === undefined) throw new Error(`The version has no tile ${start.tileId} that decides.`);
  return { steps: [first, ...others], next, detail };
}
