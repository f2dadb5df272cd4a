import { type Draw, isOneIn, oneOf } from './draw';

/* What tiles are drawn from, and the ways between them. */

/** What the world has that a journey refers to. */
export interface Surroundings {
  listId: number;
  /** A journey that users can be sent to. */
  otherJourneyId: number;
  /** Where the endpoint of a tile is. */
  urlOf: (tileId: string) => string;
  /** The minutes of all times of day, as two digits. */
  minutes: string;
  /** Whether ways lead back from waits that an event or the time ends; else only from delays. */
  withRounds: boolean;
  /** What a simulation leaves out, and is drawn only with it: the endpoint of access tokens, and rate limits. */
  leftOut?: { tokenUrl: string };
}

/** A tile as the API takes it, but for the webhook that it calls, which is still to be saved. */
export interface DrawnTile {
  id: string;
  type: string;
  saved?: SavedWebhook;
  [field: string]: unknown;
}

export interface SavedWebhook {
  method: string;
  signing?: { enabled: true };
  authentication?: object;
  [field: string]: unknown;
}

/** A tile that is drawn, and those around it. */
export interface Place {
  draw: Draw;
  world: Surroundings;
  index: number;
  ids: string[];
  /** The tile before it, if its first way leads here. */
  before: DrawnTile | undefined;
}

export type Fields = Record<string, unknown>;
export type Way = string | undefined;

/** To the tile that follows, to one that is further on, or to the end. */
export function way({ draw, index, ids }: Place): Way {
  return oneOf(draw, [undefined, undefined, undefined, undefined, ...ids.slice(index + 1), 'exit']);
}

/** The same, or back, where every round takes its time. */
export function roundWay(place: Place): Way {
  const { draw, index, ids } = place;
  return isOneIn(draw, 3) ? oneOf(draw, ids.slice(0, index + 1)) : way(place);
}

/** A field with a way, left out for the one that follows. */
export function written(field: string, target: Way): Fields {
  return target === undefined ? {} : { [field]: target };
}

/** Two ways to different places. */
export function differentWays(place: Place): [Way, Way] {
  const { index, ids } = place;
  const first = way(place);
  const second = way(place);
  const led = (target: Way) => target ?? ids[index + 1]!;
  if (led(first) !== led(second)) return [first, second];
  return led(first) === 'exit' ? [undefined, 'exit'] : [first, 'exit'];
}
