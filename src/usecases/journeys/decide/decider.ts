import { createHash } from 'node:crypto';
import type { Database } from '../../../db/connection/client';
import type { Standing } from '../../../db/entries/steps/decisions';
import { assignBranch, assignedBranch } from '../../../db/entries/steps/split-branches';
import { type AbSplitTile, branchAt, splitKeyOf } from '../../../domain/journeys/tiles/ab-split';
import { type Decision, decideSplit, decisionOfBranch } from '../../../domain/journeys/tiles/decisions';
import type { Tile } from '../../../domain/journeys/tiles/tile';
import type { DecideAt } from './chain';
import { type Effects, effectOf } from './effects';
import { createJudge } from './judge';

export interface DeciderDeps {
  db: Database;
  /** Absent where nothing of the user may be changed: their row is not locked. */
  effects?: Effects;
}

/** What decides at the tiles of one chain. */
export function createDecider(
  { db, effects }: DeciderDeps,
  tiles: Tile[],
  standing: Standing,
  at: number,
): DecideAt {
  let current = standing;
  let judge = createJudge(db, tiles, current, at);
  return async (tile) => {
    switch (tile.type) {
      case 'yesNoSplit':
      case 'attributeSplit':
        return decideSplit(tile, await judge(tile));
      case 'abSplit':
        return assign(db, tile, current);
      case 'exit':
        return { way: 'exit', why: null, target: 'exit' };
      case 'updateProfile':
      case 'updateList':
      case 'trackEvent': {
        if (effects === undefined) return undefined;
        const { decision, standing: changed } = await effectOf(effects, tile, current, at);
        current = changed;
        judge = createJudge(db, tiles, current, at);
        return decision;
      }
    }
  };
}

/** A test run takes the branch that the user is assigned to, or would be, and assigns none. */
async function assign(
  db: Database,
  tile: AbSplitTile,
  { journeyId, user, test }: Standing,
): Promise<Decision> {
  const key = splitKeyOf(tile, journeyId);
  const names = tile.branches.map(({ name }) => name);
  const chosen = { user, key, branch: branchAt(tile, shareOf(key, `usr_${user}`)) };
  const branch = test ? await assignedBranch(db, chosen, names) : await assignBranch(db, chosen, names);
  return decisionOfBranch(tile, branch);
}

/** Of a user in a split, from 0 to 99 (docs/branching.md): the first 32 bits of a SHA-256, modulo 100. */
export function shareOf(key: string, profileId: string): number {
  return createHash('sha256').update(`${key}/${profileId}`).digest().readUInt32BE() % 100;
}
