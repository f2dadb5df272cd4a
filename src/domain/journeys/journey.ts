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
    /** Entries that one user may have in all, and at once (B087). Left out, any number. */
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

/** Kinds that hold a user for a while; a cycle must pass through one. */
const WAITS = new Set<PlannedTile['kind']>(['delay']);

interface Fault {
  path: (string | number)[];
  message: string;
}

/** Every fault of the graph, each with the path of the field that has to change. */
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

/** Without a tile that waits, a cycle would spin as fast as the endpoint answers. */
function cycleWithoutWait(tiles: Tile[]): Fault[] {
  // Only its ways are looked at: whose journey it is makes no difference.
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
