import { z } from 'zod';
import { boundedList } from '../bounded-list';
import { parseDuration } from '../time/duration';
import { TimeZone } from '../time/local-time';
import { rootFaults } from './condition-places';
import { EntrySource } from './entry-source';
import { ExitRule, MOST_EXIT_RULES } from './exit-rules';
import { ListId } from './ids';
import { Reentry } from './reentry';
import { SendWindow } from './timing/send-window';
import { isSplit } from './tiles/decisions';
import { Tile } from './tiles/tile';
import { USER_ZONE } from './timing/zone-choice';
import { leadsTo, targetOf, waysOf } from './ways';

export const JourneyStatus = z.enum(['draft', 'published', 'paused', 'archived']);
export type JourneyStatus = z.infer<typeof JourneyStatus>;

const Limit = z.int().min(1).max(1_000_000);

/** A journey as a caller writes it (docs/journeys.md). */
export const JourneyDefinition = z
  .strictObject({
    name: z.string().trim().min(1, 'A journey needs a name.').max(200),
    description: z.string().max(2_000).default(''),
    entry: EntrySource.default({ source: 'api' }),
    /** The most entries of one user, in total and at the same time (B087). Unlimited by default. */
    lifetimeLimit: Limit.optional(),
    simultaneousLimit: Limit.optional(),
    reentry: Reentry.optional(),
    /** The time zone of users whose profile has none. */
    timeZone: TimeZone.optional(),
    /** When its tiles may send requests; any time by default. */
    sendWindow: SendWindow.optional(),
    /** What takes users out at once. */
    exitRules: boundedList(ExitRule, MOST_EXIT_RULES).optional(),
    /** Users on these lists do not enter. */
    suppressionListIds: boundedList(ListId, 100).default([]),
    tiles: boundedList(Tile, 500),
  })
  .superRefine((journey, context) => {
    for (const fault of [...findFaults(journey.tiles), ...zoneFaults(journey), ...rootFaults(journey)]) {
      context.addIssue({ code: 'custom', path: fault.path, message: fault.message });
    }
  });
export type JourneyDefinition = z.infer<typeof JourneyDefinition>;

/** A shorter wait does not count as one in a cycle: the user would go round as fast as endpoints answer. */
export const SHORTEST_WAIT_MS = 1_000;

interface Fault {
  path: (string | number)[];
  message: string;
}

/** Every fault in the graph, each with the path of the field to change. */
function findFaults(tiles: Tile[]): Fault[] {
  return [
    ...repeatedIds(tiles),
    ...danglingWays(tiles),
    ...splitsWithoutEffect(tiles),
    ...cycleWithoutWait(tiles),
  ];
}

/** Where the user's own time zone counts there has to be one for those who have none. */
function zoneFaults({ timeZone, sendWindow, tiles }: ZonedJourney): Fault[] {
  if (timeZone !== undefined || ![sendWindow, ...tiles.flatMap(timingsOf)].some(isOfUser)) return [];
  const message = 'With the time zone "user", the journey needs one of its own, for users without one.';
  return [{ path: ['timeZone'], message }];
}

interface ZonedJourney {
  timeZone?: string;
  sendWindow?: SendWindow;
  tiles: Tile[];
}

type Timing = { timeZone?: string } | null | undefined;

function timingsOf(tile: Tile): Timing[] {
  if (tile.type === 'delay') return [tile, tile.until];
  return 'sendWindow' in tile ? [tile.sendWindow] : [];
}

function isOfUser(timing: Timing): boolean {
  return timing?.timeZone === USER_ZONE;
}

function repeatedIds(tiles: Tile[]): Fault[] {
  return tiles.flatMap((tile, index) =>
    tiles.findIndex((other) => other.id === tile.id) < index
      ? [
          {
            path: ['tiles', index, 'id'],
            message: `Another tile has the id “${tile.id}”. Give this one another id.`,
          },
        ]
      : [],
  );
}

function danglingWays(tiles: Tile[]): Fault[] {
  const known = new Set([...tiles.map((tile) => tile.id), 'exit']);
  return tiles.flatMap((tile, index) =>
    waysOf(tile).flatMap(({ path, target }) =>
      target === undefined || known.has(target)
        ? []
        : [{ path: ['tiles', index, ...path], message: nowhere(target) }],
    ),
  );
}

function nowhere(target: string): string {
  return `There is no tile “${target}” in this journey. Name one of its tiles, or "exit" for its end.`;
}

/** Splits whose ways all lead to the same place. */
function splitsWithoutEffect(tiles: Tile[]): Fault[] {
  return tiles.flatMap((tile, index) => {
    if (!isSplit(tile)) return [];
    const ways = waysOf(tile);
    const places = new Set(ways.map(({ target }) => leadsTo(target, index, tiles)));
    // A split without branches is refused already.
    if (places.size > 1 || ways.length < 2) return [];
    const [place] = places;
    const where = place === null ? 'the end of the journey' : `tile “${place}”`;
    const message = `All ways of this split lead to ${where}. Let one of them lead elsewhere, or remove the split.`;
    return [{ path: ['tiles', index], message }];
  });
}

/** Whether a tile holds users so that a cycle may go through it. */
function waits(tile: Tile): boolean {
  if (tile.type === 'waitFor') return isLong(tile.timeout);
  // Until a moment that has passed, users are held for a minute.
  return (
    tile.type === 'delay' && (tile.for === undefined || tile.timeOfDay !== undefined || isLong(tile.for))
  );
}

/** Text that is no duration has a fault of its own. */
function isLong(duration: string): boolean {
  return (parseDuration(duration) ?? Infinity) >= SHORTEST_WAIT_MS;
}

/** A cycle without a tile that waits would loop as fast as the endpoint answers. */
function cycleWithoutWait(tiles: Tile[]): Fault[] {
  const indexOf = new Map(tiles.map((tile, index) => [tile, index]));
  const state = new Map<Tile, 'open' | 'done'>();
  const cyclic = (tile: Tile | undefined): Tile | undefined => {
    if (tile === undefined || waits(tile) || state.get(tile) === 'done') return undefined;
    if (state.get(tile) === 'open') return tile;
    state.set(tile, 'open');
    const found = waysOf(tile)
      .map((way) => cyclic(targetOf(way, indexOf.get(tile)!, tiles)))
      .find((other) => other !== undefined);
    state.set(tile, 'done');
    return found;
  };
  const found = tiles.map(cyclic).find((tile) => tile !== undefined);
  if (found === undefined) return [];
  return [
    {
      path: ['tiles', indexOf.get(found)!],
      message: `Tile “${found.id}” leads back to itself without a wait. Put a delay or a waitFor tile of a second or more in the cycle.`,
    },
  ];
}
