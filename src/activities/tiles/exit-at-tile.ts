import { type EnqueueDeps, enqueuing } from '../../db/enqueue';
import { closeEntry, endOfEntry } from '../../db/entries/close';
import type { Owner } from '../../db/entries/entries';
import { BY_RULE, claimJudged } from '../../db/entries/exits/exit-rules';
import { loadFacts } from '../../db/users/facts';
import type { EntryEnd } from '../../domain/entry';
import { rulesAtTiles, detailOfExit, exitNeedsOf, ruleMet } from '../../domain/journeys/exit-rules';
import { rootsOfEntry } from '../../domain/journeys/roots';
import { claimantOf } from '../claimant';
import { activityTime } from '../failures';
import type { VersionCache } from './version-cache';

/** A tile that the user of an entry has come to. */
export interface AtTile extends Owner {
  tileId: string;
  /** Set where the journey has exit rules that are judged at tiles. */
  rules?: true;
}

/** Ends the entry if its user meets an exit rule, and returns its end. Without such rules it costs nothing. */
export type ExitAtTile = (input: AtTile) => Promise<EntryEnd | undefined>;

interface Deps extends EnqueueDeps {
  versions: VersionCache;
}

export function createExitAtTile({ db, enqueue, versions }: Deps): ExitAtTile {
  return async (input) => {
    if (!input.rules) return undefined;
    const claimant = claimantOf(input);
    const at = activityTime();
    const judged = await claimJudged(db, claimant, input.tileId, at);
    if (judged === undefined) return undefined;
    const { user, entry } = judged;
    const rules = rulesAtTiles((await versions(judged)).definition.exitRules);
    const facts = await loadFacts(db, user.id, exitNeedsOf(rules), at);
    const rule = ruleMet(rules, rootsOfEntry(user, entry), facts);
    if (rule === undefined) return undefined;
    const end = { ...BY_RULE, detail: detailOfExit(rule) };
    const closed = await enqueuing({ db, enqueue }, (tx) => closeEntry(tx, claimant, end, at));
    // Somebody else may have ended it since it was claimed.
    if (!closed) return endOfEntry(db, claimant);
    // What people call the rule does not belong in Temporal's history.
    return { ...BY_RULE, detail: '' };
  };
}
