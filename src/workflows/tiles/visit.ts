import type { EntryEnd } from '../../domain/entry';
import type { Way } from '../../domain/journeys/plan';

/** One visit of the entry at one tile. */
export interface Visit {
  entryId: string;
  firstRunId: string;
  tileId: string;
  /** From 1; in a cycle an entry visits a tile more than once. */
  visit: number;
  maxRequests: number;
}

/**
 * The result of a tile: where to go next; the end of the entry, whose row is closed already; or that the entry belongs
 * to another run, so that this one stops.
 */
export type TileOutcome = { next: Way } | { ended: EntryEnd } | { superseded: true };
