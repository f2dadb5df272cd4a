import type { Database } from '../../db/connection/client';
import { closedOutcome } from '../../db/entries/close';
import { readStanding, type Standing } from '../../db/entries/steps/decisions';
import { arriveAt } from '../../db/entries/steps/steps';
import { SHORTEST_WAIT_MS } from '../../domain/journeys/journey';
import { type DelayMoment, momentOfDelay } from '../../domain/journeys/timing/delay-moment';
import { rootsOfEntry } from '../../domain/journeys/roots';
import { spreadOf } from '../../domain/journeys/timing/spread';
import { leadsTo } from '../../domain/journeys/ways';
import type { DelayTile } from '../../domain/journeys/tiles/delay';
import { claimantOf } from '../claimant';
import type { HoldAnswer, HoldInput } from '../contract';
import { activityTime, retriedByTemporal } from '../failures';
import type { Crowd } from './crowd';
import type { ExitAtTile } from './exit-at-tile';
import type { VersionCache } from './version-cache';

interface Deps {
  db: Database;
  versions: VersionCache;
  crowd: Crowd;
  exitAtTile: ExitAtTile;
}

/** In a cycle, a delay that ends at once would let the user go round as fast as the endpoint answers. */
const LEAST_ROUND_MS = 60_000;

/** The activity of a delay until a moment. It is idempotent. */
export function createHolds(deps: Deps) {
  return {
    /** Computes until when the user is held, once, and the way that they go afterwards. */
    hold: (input: HoldInput): Promise<HoldAnswer> => retriedByTemporal(() => hold(deps, input)),
  };
}

async function hold(deps: Deps, input: HoldInput): Promise<HoldAnswer> {
  const end = await deps.exitAtTile(input);
  if (end) return { kind: 'ended', end };
  // Where time is skipped, a local activity's own clock is behind the workflow's.
  const now = Math.max(input.now ?? 0, activityTime());
  const visit = claimantOf(input);
  const standing = await readStanding(deps.db, visit);
  if (standing === undefined) return closedOutcome(deps.db, visit);
  const { tiles, timeZone: zoneOfJourney } = (await deps.versions(standing)).definition;
  const index = tiles.findIndex(({ id }) => id === input.tileId);
  const tile = tiles[index] as DelayTile;
  const moment = momentOfDelay(tile, { now, roots: rootsOfEntry(standing, standing), zoneOfJourney });
  const { way, why } = moment;
  const until = await endOf(deps, input, standing, moment, now);
  // A wait that names no way is left when its time is up.
  const stay =
    until > now && way === 'next'
      ? { until, why }
      : { left: { at: until, way, why, nextTile: leadsTo(targetOfDelay(tile, way), index, tiles) } };
  const step = { tileId: input.tileId, visit: input.visit, at: now, ...stay };
  if (!(await arriveAt(deps.db, visit, step))) return closedOutcome(deps.db, visit);
  return { kind: 'held', ms: Math.max(0, until - now), way };
}

/** Where a way out of a delay leads, as its author wrote it. */
function targetOfDelay({ next, until }: DelayTile, way: DelayMoment['way']): string | undefined {
  if (way === 'past') return until?.onPast ?? next;
  return way === 'missing' ? (until?.onMissing ?? next) : next;
}

/** When the user goes on: those who wait for the same moment do one after the other. */
async function endOf(
  { crowd }: Deps,
  { entryId, tileId, visit }: HoldInput,
  { journeyId, version }: Standing,
  { until, isShared }: DelayMoment,
  now: number,
): Promise<number> {
  if (until === undefined) return visit === 1 ? now : now + LEAST_ROUND_MS;
  // A field may have a moment that is always about to come.
  if (!isShared) return visit === 1 ? until : Math.max(until, now + SHORTEST_WAIT_MS);
  return until + spreadOf(entryId, tileId, await crowd({ journeyId, version, tileId }));
}
