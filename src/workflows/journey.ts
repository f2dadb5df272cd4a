import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { EntryEnd, Reason } from '../domain/entry';
import type { Way } from '../domain/journeys/plan';
import { housekeeping } from './activities';
import { failed } from './failure';
import {
  type AdmittedEntry,
  type ExitRequest,
  exitSignal,
  type JourneyProgress,
  type JourneyStart,
  statusQuery,
} from './messages';
import { walkTile } from './tiles/walk-tile';

/** How an entry ended, for whoever awaits the workflow. `superseded`: another run has the entry. */
export interface JourneyResult {
  status: EntryEnd['status'] | 'superseded';
}

type End = EntryEnd | 'superseded';

/** One user's passage through one frozen version of a journey. */
export async function journey(start: JourneyStart): Promise<JourneyResult> {
  const progress: JourneyProgress = { tileId: null, visited: [], waitingFor: null };
  setHandler(statusQuery, () => progress, {
    description: 'Where the user is, has been, and what is waited for.',
  });

  let exit: ExitRequest | undefined;
  const passage = new CancellationScope();
  const leave = (request: ExitRequest): void => {
    exit ??= request;
    passage.cancel();
  };
  setHandler(exitSignal, leave, { description: 'Takes the user out of the journey now, whatever the tile.' });

  const entry = start.entry ?? (await admit(start));
  try {
    return conclude(await passage.run(() => walk(start, entry, progress)), progress);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const detail = exit ? 'Asked to exit.' : 'Cancelled in Temporal.';
    const end: EntryEnd = { status: 'cancelled', reason: exit?.reason ?? 'operator', detail };
    await CancellationScope.nonCancellable(() => housekeeping.close({ ...ownerOf(entry), end }));
    if (!exit) throw error;
    return conclude(end, progress);
  }
}

/** Gives a bare client's entry its row. An argument that cannot be used ends the workflow, failed. */
async function admit({
  journeyId,
  email,
  userId,
  dataFields,
  version,
}: JourneyStart): Promise<AdmittedEntry> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const answer = await CancellationScope.nonCancellable(() =>
    housekeeping.admit({
      journeyId,
      email,
      userId,
      dataFields,
      version,
      workflowId,
      firstRunId: firstExecutionRunId,
    }),
  );
  if ('refused' in answer) throw failed(answer.refused, 'invalid_start');
  upsertSearchAttributes({ WayhookJourneyId: [journeyId], WayhookVersion: [answer.version] });
  return answer.entry;
}

async function walk(start: JourneyStart, entry: AdmittedEntry, progress: JourneyProgress): Promise<End> {
  const { plan, maxRequests } = entry;
  // A map, for a tile may be called “constructor”.
  const visits = new Map(start.resume?.visits);
  let at: Way = start.resume?.tileId ?? plan.start;
  while (at !== null) {
    if (workflowInfo().continueAsNewSuggested) {
      const { journeyId, version } = start;
      await continueAsNew<typeof journey>({
        journeyId,
        version,
        entry,
        resume: { tileId: at, visits: [...visits] },
      });
    }
    const tile = plan.tiles[at]!;
    const visit = (visits.get(at) ?? 0) + 1;
    visits.set(at, visit);
    note(progress, at, tile.kind);
    const step = await walkTile(tile, { ...ownerOf(entry), tileId: at, visit, maxRequests });
    if ('superseded' in step) return 'superseded';
    if ('ended' in step) return step.ended;
    at = step.next;
  }
  await housekeeping.close({ ...ownerOf(entry), end: { status: 'completed' } });
  return { status: 'completed' };
}

function ownerOf(entry: AdmittedEntry): { entryId: string; firstRunId: string } {
  return { entryId: entry.id, firstRunId: workflowInfo().firstExecutionRunId };
}

function note(progress: JourneyProgress, tileId: string, kind: string): void {
  progress.tileId = tileId;
  progress.visited.push(tileId);
  progress.waitingFor = kind;
  setCurrentDetails(
    `At tile **${tileId}** (${kind}), the ${progress.visited.length}. tile of this user's way.`,
  );
}

/** Exits that were designed: the workflow is complete. */
const BY_DESIGN: Reason[] = ['consent', 'exit_rule'];

/** A failed delivery fails the workflow, with the reason where people look for it; all other ends complete it. */
function conclude(end: End, progress: JourneyProgress): JourneyResult {
  progress.waitingFor = null;
  if (end === 'superseded') return { status: 'superseded' };
  if (end.status === 'completed') return { status: 'completed' };
  const at = progress.tileId === null ? {} : { WayhookTile: [progress.tileId] };
  upsertSearchAttributes({ WayhookReason: [end.reason], ...at });
  if (end.status === 'exited' && !BY_DESIGN.includes(end.reason)) {
    throw failed(`Exited at tile ${progress.tileId}: ${end.detail}`, end.reason);
  }
  return { status: end.status };
}
