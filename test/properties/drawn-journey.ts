import { type Draw, maybe, numberFrom, oneOf, several } from './draw';
import { drawExitRule, STOP } from './drawn-conditions';
import { IDS, OTHERS, SPLITS, TYPES } from './drawn-tiles';
import { drawWindow, ZONES } from './drawn-timing';
import type { DrawnTile, Surroundings } from './place';

/* Valid journeys, in which nobody stays for more than some weeks. */

export interface DrawnJourney {
  tiles: DrawnTile[];
  /** The fields beside them. */
  fields: Record<string, unknown>;
  /** Whether users come round: they leave by the event `stop`. */
  isCyclic: boolean;
}

export function drawJourney(draw: Draw, world: Surroundings): DrawnJourney {
  const ids = IDS.slice(0, numberFrom(draw, 1, IDS.length));
  const tiles: DrawnTile[] = [];
  ids.forEach((id, index) => {
    const last = tiles.at(-1);
    const before = last !== undefined && leadsOn(last) ? last : undefined;
    // A split has to lead to different places, so it is not the last.
    const types = index === ids.length - 1 ? OTHERS : [...OTHERS, ...SPLITS];
    const type = oneOf(draw, types);
    tiles.push({
      id,
      type,
      ...TYPES[type]({ draw, world, index, ids, before }),
    });
  });
  const isCyclic = ids.some((_id, index) => leadsBack(tiles[index]!, index, ids));
  const rules = several(draw, 0, 2, () => drawExitRule(draw, world));
  const exitRules = isCyclic ? [{ event: STOP }, ...rules] : rules;
  const fields = {
    timeZone: oneOf(draw, ZONES),
    ...(exitRules.length > 0 && { exitRules }),
    ...maybe(draw, 6, () => ({ sendWindow: drawWindow(draw, world) })),
  };
  return { tiles, fields, isCyclic };
}

function leadsOn({ next, for: arms, type }: DrawnTile): boolean {
  if (type === 'waitFor') return (arms as { next?: string }[])[0]!.next === undefined;
  return next === undefined;
}

/** Whether one of its ways leads to a tile that is not after it. */
function leadsBack(tile: DrawnTile, index: number, ids: string[]): boolean {
  const earlier = ids.slice(0, index + 1).map((id) => JSON.stringify(id));
  const ways = JSON.stringify(tile).match(/(?<="(?:next|onTimeout|onPast|onMissing)":)"[^"]*"/g) ?? [];
  return ways.some((way) => earlier.includes(way));
}
