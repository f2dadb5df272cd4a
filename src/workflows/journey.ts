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
import { failed } from './failure';
import { housekeeping } from './housekeeping';
import {
  type AdmittedEntry,
  type ExitRequest,
  exitSignal,
  type JourneyProgress,
  type JourneyStart,
  statusQuery,
} from './messages';
import { walkTile } from './tiles/walk-tile';

/** The workflow's result: how the entry ended. `superseded`: the entry belongs to another run. */
export interface JourneyResult {
  status: EntryEnd['status'] | 'superseded';
}

type End = EntryEnd | 'superseded';

/** One user's passage through one frozen version of a journey. */
export async function journey(start: JourneyStart): Promise<JourneyResult> {
  const progress: JourneyProgress = { tileId: null, visited: [], waitingFor: null };
  setHandler(statusQuery, () => progress, {
    description: 'The current tile, the tiles visited so far, and what the entry is waiting for.',
  });

  let exit: ExitRequest | undefined;
  const passage = new CancellationScope();
  const requestExit = (request: ExitRequest): void => {
    exit ??= request;
    passage.cancel();
  };
  setHandler(exitSignal, requestExit, {
    description: 'Makes the user exit the journey now, at whatever tile.',
  });

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

/** Inserts the row of an entry that a bare client started. An invalid argument fails the workflow. */
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
  // A map, because a tile may be named “constructor”.
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
    recordProgress(progress, at, tile.kind);
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

function recordProgress(progress: JourneyProgress, tileId: string, kind: string): void {
  progress.tileId = tileId;
  progress.visited.push(tileId);
  progress.waitingFor = kind;
  setCurrentDetails(`Now at tile **${tileId}** (${kind}). Tiles visited so far: ${progress.visited.length}.`);
}

/** Exits that the journey's design asks for: the workflow completes. */
const EXPECTED_EXITS: Reason[] = ['consent', 'exit_rule'];

/** A failed delivery fails the workflow, with the reason as a search attribute; every other end completes it. */
function conclude(end: End, progress: JourneyProgress): JourneyResult {
  progress.waitingFor = null;
  if (end === 'superseded') return { status: 'superseded' };
  if (end.status === 'completed') return { status: 'completed' };
  const at = progress.tileId === null ? {} : { WayhookTile: [progress.tileId] };
  upsertSearchAttributes({ WayhookReason: [end.reason], ...at });
  if (end.status === 'exited' && !EXPECTED_EXITS.includes(end.reason)) {
    throw failed(`Exited at tile ${progress.tileId}: ${end.detail}`, end.reason);
  }
  return { status: end.status };
}
