import { ENTRY, type Way } from '../draft/ways';

/*
 * Where everything stands: in blocks, as a journey reads. The ways of a split stand side by side in their order, and the
 * tile where they join stands centred below all of them. Blocks nest, so nothing overlaps, Yes stays left of No, and an
 * edit moves nothing outside its block but what is below it.
 */

export const TILE = { width: 240, height: 72 };
export const END = { width: 64, height: 24 };
const GAP = { x: 40, y: 80 };
/** Where a way that joins others far below runs beside them. */
const LANE = 120;

export interface Place {
  x: number;
  y: number;
}

/** A way as it is drawn. */
export interface DrawnWay extends Way {
  id: string;
  /** The tile it leads to, or its own mark of the end. */
  target: string;
  /** Where it runs down or up, if not straight to its target. */
  lane?: number;
  /** It joins others at its target, in whose column it does not run. */
  isJoin: boolean;
  isBack: boolean;
}

interface Layout {
  places: Map<string, Place>;
  ways: DrawnWay[];
}

interface Block {
  width: number;
  height: number;
  put(centre: number, top: number): void;
}

export function layOut(ids: readonly string[], written: readonly Way[]): Layout {
  const ways = written.map((way): DrawnWay => {
    const id = `${way.from}/${way.path}`;
    return { ...way, id, target: way.to ?? `end:${id}`, isJoin: true, isBack: false };
  });
  const places = new Map<string, Place>();
  let left = 0;
  for (const start of [ENTRY, ...ids]) {
    if (places.has(start)) continue;
    // What no way leads to stands beside the journey.
    const block = blocksFrom(start, ways, places);
    block.put(left + block.width / 2, 0);
    left += block.width + GAP.x * 2;
  }
  besideTiles(ways, places);
  return { places, ways };
}

function blocksFrom(start: string, all: DrawnWay[], places: Map<string, Place>): Block {
  const ways = all.filter(({ target }) => !places.has(target));
  const { order, forward } = sortForward(start, ways);
  const into = groupBy(forward, ({ target }) => target);
  const out = groupBy(forward, ({ from }) => from);
  const joins = joinsOf(order, into);

  const blockOf = (id: string): Block => {
    const size = sizeOf(id);
    const leaving = out.get(id) ?? [];
    for (const way of leaving) way.isJoin = into.get(way.target)!.length > 1;
    const branches = row(
      leaving.length === 1 && leaving[0]!.isJoin
        ? []
        : leaving.map((way) => (way.isJoin ? laneOf(way) : blockOf(way.target))),
    );
    const parts = [branches, ...(joins.get(id) ?? []).map(blockOf)].filter(({ width }) => width > 0);
    return {
      width: Math.max(size.width, ...parts.map((part) => part.width)),
      height: size.height + parts.reduce((sum, part) => sum + GAP.y + part.height, 0),
      put(centre, top) {
        places.set(id, { x: centre - size.width / 2, y: top });
        let y = top + size.height + GAP.y;
        for (const part of parts) {
          part.put(centre, y);
          y += part.height + GAP.y;
        }
      },
    };
  };
  return blockOf(start);
}

export function sizeOf(id: string): typeof TILE {
  return id.startsWith('end:') ? END : TILE;
}

function laneOf(way: DrawnWay): Block {
  return {
    ...{ width: LANE, height: 0 },
    put(centre) {
      way.lane = centre;
    },
  };
}

function row(blocks: Block[]): Block {
  const gaps = GAP.x * Math.max(0, blocks.length - 1);
  const width = blocks.reduce((sum, block) => sum + block.width, gaps);
  return {
    width,
    height: Math.max(0, ...blocks.map(({ height }) => height)),
    put(centre, top) {
      let left = centre - width / 2;
      for (const block of blocks) {
        block.put(left + block.width / 2, top);
        left += block.width + GAP.x;
      }
    },
  };
}

/** The tiles where ways join, by the tile below whose block they belong: the last one that all these ways pass. */
function joinsOf(order: string[], into: Map<string, DrawnWay[]>): Map<string, string[]> {
  const above = new Map([[order[0]!, { id: order[0]!, depth: 0 }]]);
  const meet = (one: string, other: string): string => {
    let [a, b] = [one, other];
    while (a !== b) {
      if (above.get(a)!.depth >= above.get(b)!.depth) a = above.get(a)!.id;
      else b = above.get(b)!.id;
    }
    return a;
  };
  for (const id of order.slice(1)) {
    const top = into
      .get(id)!
      .map(({ from }) => from)
      .reduce(meet);
    above.set(id, { id: top, depth: above.get(top)!.depth + 1 });
  }
  const joined = order.filter((id) => (into.get(id)?.length ?? 0) > 1);
  return groupBy(joined, (id) => above.get(id)!.id);
}

/** The tiles in an order in which every way leads forward, without the ways that go back. */
function sortForward(start: string, ways: readonly DrawnWay[]): { order: string[]; forward: DrawnWay[] } {
  const out = groupBy(ways, ({ from }) => from);
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const way of (out.get(id) ?? []).toReversed()) {
      if (state.get(way.target) === 'open') way.isBack = true;
      else if (!state.has(way.target)) visit(way.target);
    }
    state.set(id, 'done');
    order.unshift(id);
  };
  visit(start);
  return { order, forward: ways.filter((way) => !way.isBack && state.has(way.from)) };
}

/** Ways that go up run on the right of every tile that they pass, each in a lane of its own. */
function besideTiles(ways: DrawnWay[], places: Map<string, Place>): void {
  const isUp = ({ from, target }: DrawnWay) => places.get(target)!.y <= places.get(from)!.y;
  for (const [index, way] of ways.filter(isUp).entries()) {
    const [top, bottom] = [places.get(way.target)!.y, places.get(way.from)!.y];
    const passed = [...places.values()].filter(({ y }) => y >= top && y <= bottom);
    way.isBack = true;
    way.lane = Math.max(...passed.map(({ x }) => x)) + TILE.width + 28 + index * 12;
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
