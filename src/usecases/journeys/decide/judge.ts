import type { Database } from '../../../db/connection/client';
import type { Standing } from '../../../db/entries/steps/decisions';
import { loadFacts } from '../../../db/users/facts';
import { holds, needsOf } from '../../../domain/journeys/conditions';
import { factsAt } from '../../../domain/journeys/facts';
import { rootsOfEntry } from '../../../domain/journeys/roots';
import { conditionsAt, isDecided, type Judge } from '../../../domain/journeys/tiles/decisions';
import type { Tile } from '../../../domain/journeys/tiles/tile';
import { targetOf, waysOf } from '../../../domain/journeys/ways';
import { explain } from '../../../domain/journeys/conditions/why';

/** What judges the conditions of a tile. */
export type JudgeAt = (tile: Tile) => Promise<Judge>;

/**
 * Judges by the user as they are now. Lists and past events are read by the first tile that asks for some, at once for
 * all tiles of the chain that may come after it.
 */
export function createJudge(db: Database, tiles: Tile[], standing: Standing, now: number): JudgeAt {
  const roots = rootsOfEntry(standing, standing);
  let loaded = factsAt(now);
  let isLoaded = false;
  return async (tile) => {
    if (!isLoaded && asks(conditionsAt(tile))) {
      const needs = needsOf(...chainFrom(tile, tiles).flatMap(conditionsAt));
      loaded = await loadFacts(db, standing.user, needs, now);
      isLoaded = true;
    }
    const facts = loaded;
    return (when) => ({ holds: holds(when, roots, facts), why: explain(when, roots, facts) });
  };
}

function asks(conditions: Parameters<typeof needsOf>): boolean {
  const { lists, events } = needsOf(...conditions);
  return lists.length > 0 || events.length > 0;
}

/** A tile and the decided tiles that may follow it, without one of another kind between. */
function chainFrom(tile: Tile, tiles: Tile[], found = new Set<Tile>()): Tile[] {
  if (!found.has(tile) && isDecided(tile)) {
    found.add(tile);
    for (const way of waysOf(tile)) {
      const next = targetOf(way, tiles.indexOf(tile), tiles);
      if (next !== undefined) chainFrom(next, tiles, found);
    }
  }
  return [...found];
}
