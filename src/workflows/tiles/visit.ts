import type { Awaited } from '../messages';
import type { Wakes } from '../wakes';
import type { WalkedTile } from '../../usecases/journeys/decide/decide';
import type { EntryEnd } from '../../domain/entry';
import type { Plan, Way } from '../../domain/journeys/plan';

/** One visit of the entry at one tile. */
export interface Visit {
  entryId: string;
  firstRunId: string;
  tileId: string;
  /** From 1; in a cycle an entry visits a tile more than once. */
  visit: number;
  maxRequests: number;
  /** Set where exit rules are judged at each tile: then the tile's activity does so. */
  rules?: true;
}

/** What the entry walks, how often it has visited each tile, the signals that wake it, and whom it tells why it waits. */
export interface Course {
  plan: Plan;
  visits: ReadonlyMap<string, number>;
  wakes: Wakes;
  /** Says what the entry waits for from now on, and for how many ms at the latest. */
  waitsFor: (awaited: Awaited, ms?: number) => void;
}

/**
 * The result of a tile: where to go next; the end of the entry, whose row is closed already; or that the entry belongs
 * to another run, so that this one stops. `walked` has this tile and others, where they were walked in one go.
 */
export type TileOutcome = { next: Way; walked?: WalkedTile[] } | { ended: EntryEnd } | { superseded: true };
