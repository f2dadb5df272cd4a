import { ENTRY } from '../draft/ways';
import { type DrawnWay, type Place, TILE } from './layout';

/** Down and Up follow the ways, Left and Right go along the row, Home to where users enter. */
export function neighbour(
  key: string,
  id: string,
  places: ReadonlyMap<string, Place>,
  ways: readonly DrawnWay[],
): string | undefined {
  switch (key) {
    case 'Home':
      return ENTRY;
    case 'ArrowDown':
      return ways.find(({ from, to, isBack }) => from === id && to !== null && !isBack)?.to ?? undefined;
    case 'ArrowUp':
      return ways.find(({ to, isBack }) => to === id && !isBack)?.from;
    case 'ArrowLeft':
      return beside(id, places, -1);
    case 'ArrowRight':
      return beside(id, places, 1);
    default:
      return undefined;
  }
}

function beside(id: string, places: ReadonlyMap<string, Place>, sign: 1 | -1): string | undefined {
  const here = places.get(id)!;
  const row = [...places].filter(
    ([other, { x, y }]) =>
      !other.startsWith('end:') && Math.abs(y - here.y) < TILE.height && sign * (x - here.x) > 1,
  );
  return row.sort(([, one], [, other]) => sign * (one.x - other.x))[0]?.[0];
}
