import type {
  ArrivalAnswer,
  CalledBack,
  DecideAnswer,
  DeliveryAnswer,
  EventAnswer,
  FinalAnswer,
  HandOffAnswer,
  HoldAnswer,
  LeaveAnswer,
  OurFault,
  RefreshAnswer,
  TokenRef,
  UnsavedResult,
  WaitAnswer,
} from '../activities/contract';
import type { EntryEnd, Reason } from '../domain/entry';
import type { Plan } from '../domain/journeys/plan';
import type { WalkedTile } from '../usecases/journeys/decide/decide';

/*
 * Reads what activities answer. It comes through Temporal, where anybody may complete or fail an activity by hand, with
 * anything. Each reader returns undefined for what no activity answers; the activity then runs again.
 */

export function readDeliveryAnswer(answer: unknown): DeliveryAnswer | undefined {
  const { kind, token, counted, opensInMs } = fieldsOf(answer);
  switch (kind) {
    case 'unauthorized':
      return isToken(token) && isCount(counted) ? { kind, token, counted } : undefined;
    case 'closed':
      return isWait(opensInMs) && isCount(counted) ? { kind, opensInMs, counted } : undefined;
    case 'skipped':
    case 'awaiting':
      return { kind };
    case 'calledBack':
      return readCalledBack(answer);
    default:
      return readFinalAnswer(answer);
  }
}

export function readLeaveAnswer(answer: unknown): LeaveAnswer | undefined {
  const { kind } = fieldsOf(answer);
  return kind === 'timedOut' ? { kind } : readCalledBack(answer);
}

function readCalledBack(answer: unknown): CalledBack | undefined {
  const { kind, status } = fieldsOf(answer);
  if (kind !== 'calledBack') return undefined;
  return status === 'success' || status === 'failure' ? { kind, status } : undefined;
}

export function readRefreshAnswer(answer: unknown): RefreshAnswer | undefined {
  const { kind } = fieldsOf(answer);
  return kind === 'refreshed' ? { kind } : readFinalAnswer(answer);
}

export function readEventAnswer(answer: unknown): EventAnswer | undefined {
  const { kind, reason, detail } = fieldsOf(answer);
  if (kind === 'delivered' || kind === 'superseded') return { kind };
  return kind === 'failed' && isReason(reason) && isText(detail) ? { kind, reason, detail } : undefined;
}

export function readHandOffAnswer(answer: unknown): HandOffAnswer | undefined {
  const { kind } = fieldsOf(answer);
  return kind === 'walked' ? (answer as HandOffAnswer) : readEnd(answer);
}

/** The chain begins with the tile that was asked about, and all its tiles are of the plan. */
export function readDecideAnswer(answer: unknown, from: string, { tiles }: Plan): DecideAnswer | undefined {
  const { kind, walked, next } = fieldsOf(answer);
  if (kind !== 'decided') return readEnd(answer);
  const isTile = (id: unknown): id is string => isText(id) && Object.hasOwn(tiles, id);
  if (!Array.isArray(walked) || !(next === null || isTile(next))) return undefined;
  const chain = walked.map((step) => fieldsOf(step));
  const isChain = chain.every(({ tileId, way }) => isTile(tileId) && isWord(way));
  return isChain && chain[0]?.tileId === from ? { kind, walked: walked as WalkedTile[], next } : undefined;
}

/** The end of an entry that was closed before; undefined where there was none, as in histories of before. */
export function readEarlierEnd(answer: unknown): EntryEnd | undefined {
  return isEnd(answer) ? answer : undefined;
}

export function readWaitAnswer(answer: unknown): WaitAnswer | undefined {
  const { kind, ms, arm } = fieldsOf(answer);
  if (kind === 'waiting') return isWait(ms) ? { kind, ms } : undefined;
  if (kind === 'left') return arm === null || isCount(arm) ? { kind, arm } : undefined;
  const final = readFinalAnswer(answer);
  return final?.kind === 'ended' || final?.kind === 'superseded' ? final : undefined;
}

export function readHoldAnswer(answer: unknown): HoldAnswer | undefined {
  const { kind, ms, way } = fieldsOf(answer);
  if (kind === 'superseded' || kind === 'ended') return readEnd(answer);
  const isWay = way === 'next' || way === 'past' || way === 'missing';
  return kind === 'held' && isWait(ms) && isWay ? { kind, ms, way } : undefined;
}

export function readArrival(answer: unknown): ArrivalAnswer | undefined {
  if (typeof answer === 'boolean') return answer;
  const final = readFinalAnswer(answer);
  return final?.kind === 'ended' ? final : undefined;
}

/** The details of an internal fault; of what cannot be read, nothing. */
export function readFault(details: unknown): Partial<OurFault> {
  const { counted, unrecorded, retryInMs } = fieldsOf(details);
  return {
    ...(isCount(counted) && { counted }),
    ...(isResult(unrecorded) && { unrecorded }),
    ...(isWait(retryInMs) && { retryInMs }),
  };
}

function readFinalAnswer(answer: unknown): FinalAnswer | undefined {
  const { kind, end } = fieldsOf(answer);
  if (kind === 'delivered' || kind === 'superseded') return { kind };
  return (kind === 'failed' || kind === 'ended') && isEnd(end) ? { kind, end } : undefined;
}

function readEnd(answer: unknown): (FinalAnswer & { kind: 'ended' | 'superseded' }) | undefined {
  const final = readFinalAnswer(answer);
  return final?.kind === 'ended' || final?.kind === 'superseded' ? final : undefined;
}

/** The fields of an object; of anything else, none. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isEnd(value: unknown): value is EntryEnd {
  const { status, reason, detail } = fieldsOf(value);
  if (status === 'completed') return true;
  return (status === 'exited' || status === 'cancelled') && isReason(reason) && isText(detail);
}

/** Any word: an activity of a newer version may know more of them. */
function isReason(value: unknown): value is Reason {
  return isText(value) && /^[a-z_]{1,50}$/.test(value);
}

function isToken(value: unknown): value is TokenRef {
  const { secretId, version } = fieldsOf(value);
  return isText(secretId) && isCount(version);
}

const OUTCOMES = ['delivered', 'retry', 'unauthorized', 'giveUp'];

function isResult(value: unknown): value is UnsavedResult {
  const { number, outcome, durationMs } = fieldsOf(value);
  const { kind, reason, detail } = fieldsOf(outcome);
  if (!isCount(number) || !isCount(durationMs) || !isText(kind) || !OUTCOMES.includes(kind)) return false;
  return kind === 'delivered' || (isReason(reason) && isText(detail));
}

/** The word of a way: one of ours, or the name of a branch. */
function isWord(value: unknown): value is string {
  return isText(value) && value.length <= LONGEST_WORD;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A whole number from 0: of requests, of versions, an id. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const LONGEST_WORD = 64;

/** Ten years in ms, which is as long as any wait of ours is. */
const LONGEST_WAIT = 10 * 366 * 86_400_000;

/** A time to wait, in ms. */
export function isWait(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LONGEST_WAIT;
}
