import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { claimedEntries, closeEntry } from '../db/entries/close';
import { readValue, writeValue } from '../db/key-value';
import type { Temporal } from '../temporal/client';
import type { Log } from './log';

/** Entries of one round; the next one goes on after them. */
const PAGE = 500;

/** Ids in one query of visibility. */
const AT_ONCE = 100;

const PROGRESS = 'reconciler-lost';

export interface LostDeps extends EnqueueDeps {
  temporal: Pick<Temporal, 'unknownAmong'>;
  log: Log;
}

/**
 * One round: closes entries whose workflow Temporal does not know any more, because somebody deleted it while it ran. If
 * it knows none of them, it is more likely to be another namespace or an empty server, and nothing is closed.
 */
export async function closeLost(deps: LostDeps): Promise<void> {
  const { db, temporal, log } = deps;
  const page = await claimedEntries(db, (await readValue(db, PROGRESS)) ?? '', PAGE);
  const unknown = new Set<string>();
  for (let at = 0; at < page.length; at += AT_ONCE) {
    const ids = page.slice(at, at + AT_ONCE).map(({ workflowId }) => workflowId);
    for (const id of await temporal.unknownAmong(ids)) unknown.add(id);
  }
  const lost = page.filter(({ workflowId }) => unknown.has(workflowId));
  if (lost.length > 0 && lost.length === page.length) {
    const message = 'Temporal knows none of these open entries; is TEMPORAL_NAMESPACE right? None is closed';
    log.warn({ entries: lost.length, first: lost[0]!.entryId }, message);
  } else {
    for (const owner of lost) {
      const end = { status: 'cancelled', reason: 'operator', detail: 'Deleted in Temporal.' } as const;
      await enqueuing(deps, (tx) => closeEntry(tx, owner, end, Date.now()));
      log.info({ entryId: owner.entryId }, 'closed an entry whose workflow had been deleted');
    }
  }
  await writeValue(db, PROGRESS, page.length < PAGE ? '' : page.at(-1)!.entryId);
}
