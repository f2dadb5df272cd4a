import type { Place } from './layout';

const RADIUS = 8;
/** From the tile to where its ways part, and from where ways join to the tile. */
const PART = 16;
const JOIN = 14;
/** From the tile to what stands on a way. */
const MARK = 42;

interface Ends {
  source: Place;
  target: Place;
  lane: number | undefined;
  isJoin: boolean;
  isBack: boolean;
}

/** The line of a way, and where its label and its + stand. */
export function pathOf({ source, target, lane = source.x, isJoin, isBack }: Ends): {
  line: string;
  mark: Place;
} {
  const down = source.y + PART;
  const end = target.y - JOIN;
  if (isBack) {
    const points = [source, at(source.x, down), at(lane, down), at(lane, end), at(target.x, end), target];
    return { line: rounded(points), mark: at(lane, (down + end) / 2) };
  }
  const column = isJoin ? lane : target.x;
  const points = [source, at(source.x, down), at(column, down), at(column, end), at(target.x, end), target];
  return { line: rounded(points), mark: at(column, source.y + MARK) };
}

function at(x: number, y: number): Place {
  return { x, y };
}

/** A line through these points, each a step across or down, with round corners. */
function rounded(all: Place[]): string {
  const points = all.filter((point, index) => {
    const before = all[index - 1];
    return before === undefined || Math.abs(before.x - point.x) + Math.abs(before.y - point.y) > 0.5;
  });
  const steps = points.slice(1, -1).map((corner, index) => {
    const [before, after] = [points[index]!, points[index + 2]!];
    const room = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    const from = towards(corner, before, room);
    const to = towards(corner, after, room);
    return `L${from.x},${from.y} Q${corner.x},${corner.y} ${to.x},${to.y}`;
  });
  const [first] = points;
  const last = points.at(-1)!;
  return `M${first!.x},${first!.y} ${steps.join(' ')} L${last.x},${last.y}`;
}

function distance(one: Place, other: Place): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

function towards(from: Place, to: Place, by: number): Place {
  const length = distance(from, to) || 1;
  return at(from.x + ((to.x - from.x) / length) * by, from.y + ((to.y - from.y) / length) * by);
}
