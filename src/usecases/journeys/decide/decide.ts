import { type EnqueueDeps, enqueuing, transact } from '../../../db/enqueue';
import type { Database } from '../../../db/connection/client';
import { type Closed, closedOutcome } from '../../../db/entries/close';
import { lockUserOfEntry } from '../../../db/entries/profile';
import {
  type DecidedChain,
  type DecidedVisit,
  insertSteps,
  lockOpenEntry,
  readStanding,
  stepsTakenWith,
  writeChain,
} from '../../../db/entries/steps/decisions';
import { isDecided } from '../../../domain/journeys/tiles/decisions';
import type { Way } from '../../../domain/journeys/plan';
import type { Tile } from '../../../domain/journeys/tiles/tile';
import { type ChainStart, walkChain } from './chain';
import { createDecider } from './decider';

export interface DecideDeps extends EnqueueDeps {
  /** The project's key for the HMAC helpers. */
  hmacKey: string;
  /** The tiles of a frozen version. */
  tilesOf: (version: { journeyId: number; version: number }) => Promise<Tile[]>;
}

/** A tile of the chain, and the word of the way that the user took out of it. */
export interface WalkedTile {
  tileId: string;
  way: string;
}

export type ChainOutcome = { kind: 'decided'; walked: WalkedTile[]; next: Way } | Closed;

type Start = ChainStart & DecidedVisit;

/**
 * Decides which way a user goes from a tile, and from the decided tiles that follow it, up to one of another kind, and
 * does what those tiles say. A chain is decided once: repeated, it answers what the first execution wrote.
 */
export async function decideChain(deps: DecideDeps, start: Start, at: number): Promise<ChainOutcome> {
  const standing = await readStanding(deps.db, start);
  if (standing === undefined) return closedOutcome(deps.db, start);
  const tiles = await deps.tilesOf(standing);
  if (standing.decided) return decidedBefore(deps.db, start, tiles);
  const chain = await walkChain(tiles, start, createDecider(deps, tiles, standing, at), at);
  if (chain === undefined) return decideUnderLock(deps, tiles, start, at);
  const written = await enqueuing(deps, (db) => writeChain(db, start, chain, at));
  if (written === 'again') return decideChain(deps, start, at);
  return written === 'closed' ? closedOutcome(deps.db, start) : outcomeOf(chain);
}

/** The same for a chain that changes the user: in one transaction, which locks the user and the entry first. */
async function decideUnderLock(
  deps: DecideDeps,
  tiles: Tile[],
  start: Start,
  at: number,
): Promise<ChainOutcome> {
  const outcome = await transact(deps, async (tx) => {
    const user = await lockUserOfEntry(tx, start.entryId);
    if (user === undefined || !(await lockOpenEntry(tx, start))) return undefined;
    // A statement of its own, which sees what was committed while this one waited for the locks.
    const standing = await readStanding(tx, start);
    if (standing === undefined) return undefined;
    if (standing.decided) return decidedBefore(tx, start, tiles);
    const effects = { tx, user, visit: start, hmacKey: deps.hmacKey };
    const chain = await walkChain(tiles, start, createDecider({ db: tx, effects }, tiles, standing, at), at);
    if ((await writeChain(tx, start, chain!, at)) === 'written') return outcomeOf(chain!);
    // An exit rule closed the entry: what it did before that stays.
    await insertSteps(tx, start.entryId, chain!.steps);
    return undefined;
  });
  return outcome ?? closedOutcome(deps.db, start);
}

function outcomeOf({ steps, next }: DecidedChain): ChainOutcome {
  if (next === null) return { kind: 'ended', end: { status: 'completed' } };
  return { kind: 'decided', walked: steps.map(({ tileId, left }) => ({ tileId, way: left!.way })), next };
}

/** The entry is open: its chain leads to another tile. */
async function decidedBefore(db: Database, start: DecidedVisit, tiles: Tile[]): Promise<ChainOutcome> {
  const taken = new Map((await stepsTakenWith(db, start)).map((step) => [step.tileId, step]));
  const walked: WalkedTile[] = [];
  let next: Way = start.tileId;
  for (let step = taken.get(next); step && isDecided(tileOf(tiles, step.tileId)); step = taken.get(next)) {
    taken.delete(step.tileId);
    walked.push({ tileId: step.tileId, way: step.way });
    next = step.nextTile;
    if (next === null) break;
  }
  return { kind: 'decided', walked, next };
}

function tileOf(tiles: Tile[], wanted: string): Tile | undefined {
  return tiles.find(({ id }) => id === wanted);
}
