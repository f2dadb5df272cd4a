import type { EnqueueDeps } from '../../db/enqueue';
import { decideChain } from '../../usecases/journeys/decide/decide';
import { claimantOf } from '../claimant';
import type { DecideAnswer, DecideInput } from '../contract';
import { activityTime, retriedByTemporal } from '../failures';
import type { Tile } from '../../domain/journeys/tiles/tile';
import type { ExitAtTile } from './exit-at-tile';
import type { VersionCache } from './version-cache';

interface Deps extends EnqueueDeps {
  hmacKey: string;
  versions: VersionCache;
  exitAtTile: ExitAtTile;
}

/** The activity of tiles that call nobody and do not wait. It is idempotent. */
export function createDecisions({ db, enqueue, hmacKey, versions, exitAtTile }: Deps) {
  const tilesOf = async (of: { journeyId: number; version: number }): Promise<Tile[]> =>
    (await versions(of)).definition.tiles;
  return {
    /** Decides which ways a user goes, through all decided tiles that follow each other. */
    decide: (input: DecideInput): Promise<DecideAnswer> =>
      retriedByTemporal(async () => {
        const end = await exitAtTile(input);
        if (end) return { kind: 'ended', end };
        const start = { ...claimantOf(input), visits: new Map(input.visits) };
        return decideChain({ db, enqueue, hmacKey, tilesOf }, start, activityTime());
      }),
  };
}
