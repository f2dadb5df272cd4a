import { z } from 'zod';
import { parseDuration } from './duration';
import { RateLimit } from './limit';

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
  rateLimit: RateLimit.optional(),
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
