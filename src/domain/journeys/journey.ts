import { z } from 'zod';
import { EntrySource, ListId } from './entry-source';
import { type PlannedTile, planOf, type Way, waysOf } from './plan';
import { Tile } from './tiles';

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
    /** Users on these lists do not enter. */
    suppressionListIds: z.array(ListId).max(100).default([]),
    tiles: z.array(Tile).max(500),
  })
  .superRefine((journey, context) => {
    for (const fault of findFaults(journey.tiles)) {
      context.addIssue({ code: 'custom', path: fault.path, message: fault.message });
    }
  });
export type JourneyDefinition = z.infer<typeof JourneyDefinition>;

/** Kinds of tiles that wait; every cycle must contain one. */
const WAITS = new Set<PlannedTile['kind']>(['delay']);

interface Fault {
  path: (string | number)[];
  message: string;
}

/** Every fault in the graph, each with the path of the field to change. */
function findFaults(tiles: Tile[]): Fault[] {
  return [...repeatedIds(tiles), ...danglingWays(tiles), ...cycleWithoutWait(tiles)];
}

function repeatedIds(tiles: Tile[]): Fault[] {
  return tiles.flatMap((tile, index) =>
    tiles.findIndex((other) => other.id === tile.id) < index
      ? [{ path: ['tiles', index, 'id'], message: `Another tile has the id “${tile.id}”.` }]
      : [],
  );
}

function danglingWays(tiles: Tile[]): Fault[] {
  const known = new Set([...tiles.map((tile) => tile.id), 'exit']);
  return tiles.flatMap((tile, index) =>
    (['next', 'onFailure'] as const).flatMap((field) => {
      const target = (tile as Record<string, unknown>)[field];
      if (typeof target !== 'string' || known.has(target)) return [];
      return [{ path: ['tiles', index, field], message: `There is no tile “${target}” in this journey.` }];
    }),
  );
}

/** A cycle without a tile that waits would loop as fast as the endpoint answers. */
function cycleWithoutWait(tiles: Tile[]): Fault[] {
  // Only the connections matter here, so any journey id will do.
  const plan = planOf(0, tiles);
  const state = new Map<string, 'open' | 'done'>();
  const cyclic = (id: Way): string | undefined => {
    const tile = id !== null && Object.hasOwn(plan.tiles, id) ? plan.tiles[id] : undefined;
    if (id === null || tile === undefined || WAITS.has(tile.kind) || state.get(id) === 'done')
      return undefined;
    if (state.get(id) === 'open') return id;
    state.set(id, 'open');
    const found = waysOf(tile)
      .map(cyclic)
      .find((other) => other !== undefined);
    state.set(id, 'done');
    return found;
  };
  const found = tiles.map((tile) => cyclic(tile.id)).find((id) => id !== undefined);
  if (found === undefined) return [];
  const index = tiles.findIndex((tile) => tile.id === found);
  return [
    {
      path: ['tiles', index],
      message: `Tile “${found}” leads back to itself without a wait. Put a delay in the cycle.`,
    },
  ];
}
