import { setCurrentDetails } from '@temporalio/workflow';
import type { Awaited, JourneyProgress } from './messages';
import type { WalkedTile } from '../usecases/journeys/decide/decide';

/* Where an entry is, and how it came there: for the query `status`, and for people in the Web UI. */

/** Tiles of the path that are shown. */
const SHOWN = 50;

export function recordProgress(progress: JourneyProgress, tileId: string, kind: string): void {
  progress.tileId = tileId;
  addToPath(progress, tileId, null);
  recordWait(progress, kind, null);
}

const WAITS: Record<Awaited, string> = {
  delay: 'Waits for its delay to pass',
  event: 'Waits for an event or a condition',
  window: 'Waits for the send window to open',
  callback: 'Waits for the endpoint to call back',
  request: 'Its request is queued, under way or to be retried',
  outage: 'Waits for an internal outage to pass',
};

/** Records what the entry waits for at its tile, and for how many ms at the latest. */
export function recordWait(
  progress: JourneyProgress,
  kind: string,
  awaited: Awaited | null,
  ms?: number,
): void {
  progress.waitingFor = awaited;
  const until = ms === undefined ? '' : `, until ${new Date(Date.now() + ms).toISOString()}`;
  const wait = awaited === null ? '' : `${WAITS[awaited]}${until}. `;
  const count = `Tiles visited so far: ${progress.visited.length}.`;
  const place = `Now at tile **${progress.tileId}** (${kind}).`;
  setCurrentDetails(`${place} ${wait}${count}\n\n${pathText(progress)}`);
}

/** Records tiles that were walked in one go. The first of them is where the user was, and is counted already. */
export function recordWalked(
  progress: JourneyProgress,
  visits: Map<string, number>,
  [first, ...others]: WalkedTile[],
): void {
  if (first === undefined) return;
  progress.path.at(-1)!.way = first.way;
  for (const { tileId, way } of others) {
    visits.set(tileId, (visits.get(tileId) ?? 0) + 1);
    progress.tileId = tileId;
    addToPath(progress, tileId, way);
  }
}

function addToPath({ visited, path }: JourneyProgress, tileId: string, way: string | null): void {
  visited.push(tileId);
  path.push({ tileId, way });
  if (path.length > SHOWN) path.shift();
}

function pathText({ visited, path }: JourneyProgress): string {
  const tiles = path.map(({ tileId, way }) => (way === null ? tileId : `${tileId} (${way})`));
  return `${visited.length > path.length ? '… → ' : ''}${tiles.join(' → ')}`;
}
