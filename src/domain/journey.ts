import { z } from 'zod';
import { parseDuration } from './duration';

export const JourneyStatus = z.enum(['draft', 'published', 'paused', 'archived']);
export type JourneyStatus = z.infer<typeof JourneyStatus>;

/** A tile's name within its journey; it appears in ids and in Temporal, so it is plain ASCII. */
const TileId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'A tile id has 1 to 64 letters, digits, - or _.')
  .refine((id) => id !== 'exit', '“exit” is the way out of a journey. Give the tile another id.');

/** The id of a tile of the same journey, or `"exit"`; left out, the tile that follows. */
const Next = z.string().min(1).max(64).optional();

const Duration = z
  .string()
  .refine(
    (text) => parseDuration(text) !== undefined,
    'A duration is text such as "90 seconds", "3 minutes", "1 day" or "PT3M", up to ten years.',
  );

const WebhookTile = z.strictObject({
  id: TileId,
  type: z.literal('webhook'),
  webhookId: z.int().positive(),
  onFailure: Next,
  next: Next,
});
const DelayTile = z.strictObject({ id: TileId, type: z.literal('delay'), for: Duration, next: Next });
const ExitTile = z.strictObject({ id: TileId, type: z.literal('exit') });

export const Tile = z.discriminatedUnion('type', [WebhookTile, DelayTile, ExitTile], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'Tile types that can be used: webhook, delay, exit.' : undefined,
});
export type Tile = z.infer<typeof Tile>;
export type WebhookTile = z.infer<typeof WebhookTile>;

/** A journey as a caller writes it (api.md, Journeys). */
export const JourneyDefinition = z
  .strictObject({
    name: z.string().trim().min(1, 'A journey needs a name.').max(200),
    description: z.string().max(2_000).default(''),
    entry: z
      .strictObject({ source: z.literal('api', 'The entry source that can be used: api.') })
      .default({ source: 'api' }),
    tiles: z.array(Tile).max(500),
  })
  .superRefine((journey, context) => {
    for (const fault of findFaults(journey.tiles)) {
      context.addIssue({ code: 'custom', path: fault.path, message: fault.message });
    }
  });
export type JourneyDefinition = z.infer<typeof JourneyDefinition>;

/** Where a tile's output leads: a tile's id, or null for the end of the journey. */
export type Way = string | null;

/** A limit that the server enforces on a tile's activities, by its fairness key (design.md, section 6). */
export interface TileLimit {
  /** The task queue whose fairness keys are limited; tiles without a limit use another. */
  queue: string;
  key: string;
  /** The tile's rate as a share of the queue's default rate, 0.001 to 1000. */
  weight: number;
}

/**
 * What the workflow walks: ids, kinds, ways, waits and limits of one frozen version. It stands in Temporal's
 * history, so it holds no template, no secret and no personal data. New kinds only add to it.
 */
export interface Plan {
  start: Way;
  tiles: Record<string, PlannedTile>;
}
export type PlannedTile =
  | { kind: 'webhook'; webhookId: number; next: Way; onFailure?: Way; limit?: TileLimit }
  | { kind: 'delay'; ms: number; next: Way }
  | { kind: 'exit' };

/** Compiles valid tiles to the plan of their version. */
export function planOf(tiles: Tile[]): Plan {
  const planned = tiles.map((tile, index) => [tile.id, planTile(tile, following(tiles, index))] as const);
  return { start: tiles[0]?.id ?? null, tiles: Object.fromEntries(planned) };
}

function planTile(tile: Tile, following: Way): PlannedTile {
  const way = (next: string | undefined): Way =>
    next === undefined ? following : next === 'exit' ? null : next;
  switch (tile.type) {
    case 'webhook': {
      const onFailure = tile.onFailure === undefined ? {} : { onFailure: way(tile.onFailure) };
      return { kind: 'webhook', webhookId: tile.webhookId, next: way(tile.next), ...onFailure };
    }
    case 'delay':
      return { kind: 'delay', ms: parseDuration(tile.for)!, next: way(tile.next) };
    case 'exit':
      return { kind: 'exit' };
  }
}

function following(tiles: Tile[], index: number): Way {
  return tiles[index + 1]?.id ?? null;
}

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
  const plan = planOf(tiles);
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

function waysOf(tile: PlannedTile): Way[] {
  if (tile.kind === 'exit') return [];
  return tile.kind === 'webhook' && tile.onFailure !== undefined ? [tile.next, tile.onFailure] : [tile.next];
}
