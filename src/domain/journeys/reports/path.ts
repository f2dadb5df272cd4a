import type { Reason, Skip } from '../../entry';
import type { CallbackStatus } from '../../webhooks/callback';
import type { Way } from '../plan';
import type { WebhookTile } from '../tiles/request-tiles';
import type { Tile } from '../tiles/tile';
import { leadsTo } from '../ways';

/* The path of an entry: the tiles that it visited, in their order, put together from what each of them left behind. */

interface Visited {
  tileId: string;
  /** From 1; null where an older row does not say. */
  visit: number;
  /** Times are in ms since the epoch. */
  at: number;
}

export interface VisitedByStep extends Visited {
  until: number | null;
  leftAt: number | null;
  way: string | null;
  why: string | null;
  nextTile: Way;
}

export interface VisitedByRequest extends Visited {
  endedAt: number | null;
  status: 'pending' | 'delivered' | 'failed';
  reason: Reason | null;
  /** How many were sent. */
  requests: number;
  lastStatus: number | null;
  nextAttemptAt: number | null;
  /** Where the endpoint said that it would call back: until when the user waits, and how that ended. */
  callback: { until: number; status: CallbackStatus | null; leftAt: number | null } | null;
}

export interface VisitedByHandOff extends Visited {
  journeyId: number;
  skipped: Skip | null;
}

export interface PathRows {
  /** Of the entry's version. */
  tiles: Tile[];
  steps: VisitedByStep[];
  requests: VisitedByRequest[];
  handOffs: VisitedByHandOff[];
  /** When the entry ended. */
  endedAt: number | null;
  /** Whether it reached the end of the journey. */
  completed: boolean;
}

/** One visit, as people read it. */
export interface PathStep {
  tileId: string;
  at: number;
  /** In ms; null while the user is there. */
  took: number | null;
  /** The word of the way that the user took. */
  way: string | null;
  why: string | null;
}

/** What an entry waits for, and until when at the latest. */
export interface WaitingFor {
  what: 'delay' | 'event' | 'window' | 'callback' | 'retry' | 'answer' | 'queue';
  until: number | null;
}

/** A visit with what is known of its end. */
interface PathVisit extends Visited, Omit<PathStep, 'took'> {
  leftAt: number | null;
  /** Where the user went from there; undefined while that is open. */
  next: Way | undefined;
}

export function pathOf(rows: PathRows): PathStep[] {
  const visits = inOrder(rows);
  return visits.map(({ tileId, at, leftAt, way, why }, index) => {
    const next = visits[index + 1];
    const until = leftAt ?? next?.at ?? rows.endedAt;
    const took = until === null ? null : Math.max(0, Math.round(until - at));
    const wentOn = next !== undefined || rows.completed;
    return { tileId, at, took, way: way ?? (wentOn ? 'next' : null), why };
  });
}

/**
 * The visits as one led to the other: their times may be the same. Those that no way leads to, because the entry was
 * resumed elsewhere, come last, by time.
 */
function inOrder({ tiles, ...rows }: Omit<PathRows, 'endedAt' | 'completed'>): PathVisit[] {
  const open = new Map(visitsOf(tiles, rows).map((visit) => [keyOf(visit), visit]));
  const count = new Map<string, number>();
  const path: PathVisit[] = [];
  let next: Way | undefined = tiles[0]?.id ?? null;
  while (typeof next === 'string') {
    const visit = (count.get(next) ?? 0) + 1;
    count.set(next, visit);
    const key = keyOf({ tileId: next, visit });
    const found: PathVisit | undefined = open.get(key);
    if (found === undefined) break;
    open.delete(key);
    path.push(found);
    next = found.next;
  }
  return [...path, ...[...open.values()].sort((one, other) => one.at - other.at)];
}

function keyOf({ tileId, visit }: Pick<Visited, 'tileId' | 'visit'>): string {
  return `${tileId}/${visit}`;
}

/**
 * A tile may have both a request and a step: then the step says the way, unless it only waited for its send window
 * before the request.
 */
function visitsOf(
  tiles: Tile[],
  { steps, requests, handOffs }: Pick<PathRows, 'steps' | 'requests' | 'handOffs'>,
): PathVisit[] {
  const waysFrom = (tileId: string) => {
    const index = tiles.findIndex(({ id }) => id === tileId);
    const tile = (tiles[index] ?? {}) as Pick<WebhookTile, 'next' | 'onFailure' | 'callback'>;
    const { onSuccess, onFailure, onTimeout } = tile.callback ?? {};
    return {
      next: leadsTo(tile.next, index, tiles),
      onFailure: tile.onFailure === undefined ? null : leadsTo(tile.onFailure, index, tiles),
      success: leadsTo(onSuccess ?? tile.next, index, tiles),
      failure: onFailure === undefined ? null : leadsTo(onFailure, index, tiles),
      timeout: leadsTo(onTimeout ?? tile.next, index, tiles),
    };
  };
  const held = new Map(steps.filter(isHold).map((step) => [keyOf(step), step]));
  const requested = new Set(requests.map(keyOf));
  return [
    ...requests.map((request) => {
      const at = Math.min(request.at, held.get(keyOf(request))?.at ?? request.at);
      return visitOfRequest({ ...request, at }, waysFrom(request.tileId));
    }),
    ...handOffs.map((handOff) => visitOfHandOff(handOff, waysFrom(handOff.tileId))),
    ...steps
      .filter((step) => !(isHold(step) && requested.has(keyOf(step))))
      .map((step) => visitOfStep(step, waysFrom(step.tileId))),
  ];
}

interface Ways {
  next: Way;
  onFailure: Way;
  /** After a call back, or none. */
  success: Way;
  failure: Way;
  timeout: Way;
}

/** A visit that waits, or waited, for its send window: its request says the way. */
function isHold({ way, leftAt }: Pick<VisitedByStep, 'way' | 'leftAt'>): boolean {
  return way === 'held' && leftAt === null;
}

/** A wait that says no way was left, at the latest, when the next visit began. */
function visitOfStep({ nextTile, ...step }: VisitedByStep, { next }: Ways): PathVisit {
  if (isHold(step)) return { ...step, way: null, next: undefined };
  return { ...step, next: step.way === null ? next : nextTile };
}

function visitOfRequest(request: VisitedByRequest, ways: Ways): PathVisit {
  const { next, onFailure } = ways;
  const { tileId, visit, at, endedAt: leftAt, status } = request;
  const own = { tileId, visit, at, leftAt };
  if (status === 'pending') return { ...own, way: null, why: null, next: undefined };
  const why = outcomeOf(request);
  if (request.callback) return visitOfCallback(own, request.callback, why, ways);
  return status === 'delivered'
    ? { ...own, way: 'next', why, next }
    : { ...own, way: 'failure', why, next: onFailure };
}

function visitOfCallback(
  own: Visited,
  { status, leftAt }: NonNullable<VisitedByRequest['callback']>,
  why: string,
  ways: Ways,
): PathVisit {
  if (leftAt === null) return { ...own, leftAt, way: null, why, next: undefined };
  const way = status ?? 'timeout';
  const ended = status === null ? 'not called back' : `called back: ${status}`;
  return { ...own, leftAt, way, why: `${why}, ${ended}`, next: ways[way] };
}

/** “200”, “503 after 4 requests”, “timeout after 4 requests”, “render”. */
function outcomeOf({ status, reason, requests, lastStatus }: VisitedByRequest): string {
  const outcome = String(lastStatus ?? reason ?? status);
  return requests > 1 ? `${outcome} after ${requests} requests` : outcome;
}

function visitOfHandOff(
  { tileId, visit, at, journeyId, skipped }: VisitedByHandOff,
  { next }: Ways,
): PathVisit {
  const why =
    skipped === null ? `sent to journey ${journeyId}` : `not sent to journey ${journeyId}: ${skipped}`;
  return { tileId, visit, at, leftAt: at, way: 'next', why, next };
}

/** What an open entry waits for: what its last visit says. */
export function waitingForOf({ steps, requests, endedAt, ...rows }: PathRows): WaitingFor | null {
  if (endedAt !== null) return null;
  const last = inOrder({ steps, requests, ...rows }).at(-1);
  const isLast = (visit: Visited) => last !== undefined && keyOf(visit) === keyOf(last);
  const callback = requests.find(isLast)?.callback;
  if (callback) return { what: 'callback', until: callback.until };
  const request = requests.find((visit) => isLast(visit) && visit.status === 'pending');
  const step = steps.find(isLast);
  // A hold that ends later than the next request was due came after it was planned.
  const isDue = request && (request.nextAttemptAt === null || request.nextAttemptAt >= (step?.until ?? 0));
  if (step && isHold(step) && !isDue) return { what: 'window', until: step.until };
  if (request) {
    const { nextAttemptAt } = request;
    return nextAttemptAt === null ? { what: 'answer', until: null } : { what: 'retry', until: nextAttemptAt };
  }
  if (step?.until && step.way === null) {
    const waits = rows.tiles.some(({ id, type }) => id === step.tileId && type === 'waitFor');
    return { what: waits ? 'event' : 'delay', until: step.until };
  }
  return { what: 'queue', until: null };
}
