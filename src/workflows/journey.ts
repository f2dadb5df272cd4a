import {
  CancelledFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  patched,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { EntryEnd, Reason } from '../domain/entry';
import type { Way } from '../domain/journeys/plan';
import { readEarlierEnd } from './answer';
import { type ReadExit, readExit } from './exit-request';
import { failed } from './failure';
import { housekeeping } from './housekeeping';
import {
  type AdmittedEntry,
  exitSignal,
  type JourneyProgress,
  type JourneyStart,
  statusQuery,
  wakeSignal,
} from './messages';
import { readJourneyStart } from './start';
import { recordProgress, recordWait, recordWalked } from './progress';
import type { Course } from './tiles/visit';
import { walkTile } from './tiles/walk-tile';
import { createWakes, type Wakes } from './wakes';

/** The workflow's result: how the entry ended. `superseded`: the entry belongs to another run. */
export interface JourneyResult {
  status: EntryEnd['status'] | 'superseded';
}

type End = EntryEnd | 'superseded';

/** One user's passage through one frozen version of a journey. */
export async function journey(argument: JourneyStart): Promise<JourneyResult> {
  const progress: JourneyProgress = { tileId: null, visited: [], path: [], waitingFor: null };
  setHandler(statusQuery, () => progress, {
    description: 'The current tile, the tiles visited so far, and what the entry is waiting for.',
  });

  let exit: ReadExit | undefined;
  const passage = new CancellationScope();
  const requestExit = (argument: unknown): void => {
    exit ??= readExit(argument);
    passage.cancel();
  };
  setHandler(exitSignal, requestExit, {
    description: 'Makes the user exit the journey now, at whatever tile.',
  });

  const wakes = createWakes();
  setHandler(wakeSignal, wakes.receive, {
    description: 'Ends a wait that has ended in the database; any other is ignored.',
  });

  const start = readJourneyStart(argument);
  if ('refused' in start) throw failed(start.refused, 'invalid_start');
  const entry = start.entry ?? (await admit(start));
  try {
    const end = await passage.run(() => walk(start, entry, progress, wakes));
    const isAsked = passage.consideredCancelled && patched(ASKS_FOR_THE_END);
    return conclude(isAsked ? await endOnRecord(entry, end) : end, progress);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const { reason, detail } = exit ?? { reason: 'operator' as const, detail: 'Cancelled in Temporal.' };
    const end: EntryEnd = { status: 'cancelled', reason, detail };
    const ended = await CancellationScope.nonCancellable(() => close(entry, end));
    if (!exit) throw error;
    return conclude(ended, progress);
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
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  const answer = await CancellationScope.nonCancellable(() =>
    housekeeping.admit({
      journeyId,
      email,
      userId,
      dataFields,
      version,
      workflowId,
      firstRunId: firstExecutionRunId,
      startedAt: startTime.getTime(),
    }),
  );
  if ('refused' in answer) throw failed(answer.refused, 'invalid_start');
  upsertSearchAttributes({ WayhookJourneyId: [journeyId], WayhookVersion: [answer.version] });
  return answer.entry;
}

async function walk(
  start: JourneyStart,
  entry: AdmittedEntry,
  progress: JourneyProgress,
  wakes: Wakes,
): Promise<End> {
  const { plan, maxRequests } = entry;
  // A map, because a tile may be named “constructor”.
  const visits = new Map(start.resume?.visits);
  let at: Way = start.resume?.tileId ?? plan.start;
  while (at !== null) {
    if (workflowInfo().continueAsNewSuggested) await startNextRun(start, entry, at, visits);
    const tile = plan.tiles[at]!;
    const visit = (visits.get(at) ?? 0) + 1;
    visits.set(at, visit);
    recordProgress(progress, at, tile.kind);
    const rules = plan.rules && { rules: plan.rules };
    const own = { ...ownerOf(entry), tileId: at, visit, maxRequests, ...rules };
    const waitsFor: Course['waitsFor'] = (...wait) => recordWait(progress, tile.kind, ...wait);
    const step = await walkTile(tile, own, { plan, visits, wakes, waitsFor });
    if ('superseded' in step) return 'superseded';
    if ('ended' in step) return step.ended;
    recordWalked(progress, visits, step.walked ?? []);
    if (step.next === null && tile.kind === 'exit') {
      return close(entry, { status: 'completed' }, { tileId: at, visit });
    }
    at = step.next;
  }
  return close(entry, { status: 'completed' });
}

/**
 * Closes the entry; `exit` is the visit of the exit tile that it ends at. Returns how it ended: its last request, or an
 * exit rule, may have closed it before.
 */
async function close(
  entry: AdmittedEntry,
  end: EntryEnd,
  exit?: { tileId: string; visit: number },
): Promise<EntryEnd> {
  return readEarlierEnd(await housekeeping.close({ ...ownerOf(entry), end, exit })) ?? end;
}

/** Histories without this change have no such activity at their end. */
const ASKS_FOR_THE_END = 'asks for the end';

/**
 * The end of an entry whose cancellation came in the same workflow task as its last answer. An earlier task may have
 * closed it as cancelled, and have been refused by the server because that answer came: it is forgotten, not what it did.
 */
async function endOnRecord(entry: AdmittedEntry, end: End): Promise<End> {
  return end === 'superseded' ? end : CancellationScope.nonCancellable(() => close(entry, end));
}

/** Continues as new, unless the user is to exit: the next run would not know of it. */
async function startNextRun(
  { journeyId, version }: JourneyStart,
  entry: AdmittedEntry,
  tileId: string,
  visits: Map<string, number>,
): Promise<void> {
  // An exit or a cancellation may have come in the same workflow task as the last answer, and stops only what waits.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The user is to exit.');
  await continueAsNew<typeof journey>({
    journeyId,
    version,
    entry,
    resume: { tileId, visits: [...visits] },
  });
}

function ownerOf(entry: AdmittedEntry): { entryId: string; firstRunId: string } {
  return { entryId: entry.id, firstRunId: workflowInfo().firstExecutionRunId };
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
