import { useEffect, useMemo, useState } from 'react';
import { ENTRY } from '../draft/ways';
import { type Place, TILE } from './layout';

/** So few that the browser can answer between them: a journey may have hundreds of tiles. */
const BATCH = 16;

/** What is drawn: around `start` what fills the window at `zoom`, then, a batch at a time, what is farther away. */
export function useDrawn(
  places: ReadonlyMap<string, Place>,
  start: string,
  zoom: number,
): (id: string) => boolean {
  // Once everything has been drawn, whatever comes is drawn at once.
  const [more, setMore] = useState(0);
  const drawn = useMemo(
    () =>
      more === Infinity ? undefined : nearest(places, places.get(start) ?? places.get(ENTRY)!, zoom, more),
    [places, start, zoom, more],
  );
  const isWhole = drawn === undefined || drawn.size === places.size;
  useEffect(() => {
    if (more === Infinity) return;
    const timer = setTimeout(() => setMore(isWhole ? Infinity : more + BATCH));
    return () => clearTimeout(timer);
  }, [isWhole, more]);
  return useMemo(() => (id) => drawn?.has(id) ?? true, [drawn]);
}

function nearest(
  places: ReadonlyMap<string, Place>,
  { x, y }: Place,
  zoom: number,
  more: number,
): Set<string> {
  // One begins at the top of the window, or in its middle.
  const width = innerWidth / zoom / 2 + TILE.width;
  const height = innerHeight / zoom + TILE.height;
  const byDistance = [...places]
    .map(([id, place]) => ({
      id,
      across: Math.abs(place.x - x) / width,
      down: Math.abs(place.y - y) / height,
    }))
    .sort((one, other) => Math.max(one.across, one.down) - Math.max(other.across, other.down));
  const inWindow = byDistance.filter(({ across, down }) => across <= 1 && down <= 1).length;
  return new Set(byDistance.slice(0, inWindow + more).map(({ id }) => id));
}
