import type { When } from '../conditions';
import type { AbSplitTile } from './ab-split';
import type { EffectTile } from './effect-tiles';
import { type AttributeSplitTile, OTHERWISE, wayOfBranch, type YesNoSplitTile } from './split-tiles';
import type { Tile } from './tile';

/* Which way users go at the tiles that call nobody and do not wait (docs/branching.md). */

export type ConditionalSplit = YesNoSplitTile | AttributeSplitTile;
export type DecidedTile = ConditionalSplit | AbSplitTile | EffectTile | Extract<Tile, { type: 'exit' }>;

const SPLITS: Tile['type'][] = ['yesNoSplit', 'attributeSplit', 'abSplit'];
const DECIDED: Tile['type'][] = [...SPLITS, 'updateProfile', 'updateList', 'trackEvent', 'exit'];

/** The way that a user takes out of a tile. */
export interface Decision {
  /** The word for it, in reports and in Temporal. */
  way: string;
  /** The reason for people, which may quote the user's data; null where the way says all. */
  why: string | null;
  /** Where it leads, as the author wrote it. */
  target: string | undefined;
}

/** Judges a condition by the user's data: whether it holds, and why. */
export type Judge = (when: When) => { holds: boolean; why: string };

/** Whether the workflow walks a tile in one go with others that follow it. */
export function isDecided(tile: Tile | undefined): tile is DecidedTile {
  return tile !== undefined && DECIDED.includes(tile.type);
}

/** Whether users go different ways from a tile. */
export function isSplit({ type }: Tile): boolean {
  return SPLITS.includes(type);
}

/** The conditions that decide at a tile. */
export function conditionsAt(tile: Tile): When[] {
  if (tile.type === 'yesNoSplit') return [tile.when];
  return tile.type === 'attributeSplit' ? tile.branches.map(({ when }) => when) : [];
}

export function decideSplit(tile: ConditionalSplit, judge: Judge): Decision {
  if (tile.type === 'yesNoSplit') {
    const { holds, why } = judge(tile.when);
    return holds ? { way: 'yes', why, target: tile.yes } : { way: 'no', why, target: tile.no };
  }
  let why: string | null = null;
  for (const [index, branch] of tile.branches.entries()) {
    const judged = judge(branch.when);
    const { next: target } = branch;
    if (judged.holds) return { way: wayOfBranch(branch, index), why: judged.why, target };
    why ??= judged.why;
  }
  return { way: OTHERWISE, why, target: tile.otherwise };
}

/** The way of a user who is assigned to this branch. */
export function decisionOfBranch({ branches }: AbSplitTile, assigned: string): Decision {
  const { next, holdout } = branches.find(({ name }) => name === assigned)!;
  return { way: assigned, why: null, target: holdout ? 'exit' : next };
}
