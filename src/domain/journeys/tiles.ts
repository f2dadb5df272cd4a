import { z } from 'zod';
import { parseDuration } from '../time/duration';
import { JourneyId } from './entry-source';
import { InlineWebhook } from '../webhooks/inline-webhook';
import { RateLimit } from './rate-limit';
import { Url } from '../webhooks/request-parts';
import { DynamicParameters } from '../webhooks/webhook';

/** A tile's id within its journey. It is part of other ids and shows in Temporal, so it is plain ASCII. */
const TileId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'A tile id has 1 to 64 letters, digits, - or _.')
  .refine((id) => id !== 'exit', '“exit” means the end of a journey. Give the tile another id.');

/** The name under which templates read the values of a Live Data tile: `{{liveData.<name>.…}}`. */
const LiveDataName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    'A name has 1 to 64 letters, digits or _, and does not start with a digit.',
  );

/** The id of a tile of the same journey, or `"exit"`. Defaults to the tile that follows. */
const Next = z.string().min(1).max(64).optional();

const Duration = z
  .string()
  .refine(
    (text) => parseDuration(text) !== undefined,
    'A duration is text such as "90 seconds", "3 minutes", "1 day" or "PT3M", up to ten years.',
  );

/** Calls a saved or an inline webhook (C13) and discards the answer (B004, B008). */
const WebhookTile = z
  .strictObject({
    id: TileId,
    type: z.literal('webhook'),
    webhookId: z.int().positive().optional(),
    webhook: InlineWebhook.optional(),
    parameters: DynamicParameters.optional(),
    rateLimit: RateLimit.optional(),
    onFailure: Next,
    next: Next,
  })
  .refine(({ webhookId, webhook }) => (webhookId === undefined) !== (webhook === undefined), {
    path: ['webhookId'],
    message: 'A webhook tile has either a webhookId or an inline webhook.',
  });

/** Calls a webhook with Data Retrieval and stores the chosen fields of the answer with the entry (B005, B112). */
const LiveDataTile = z.strictObject({
  id: TileId,
  type: z.literal('liveData'),
  webhookId: z.int().positive(),
  name: LiveDataName,
  parameters: DynamicParameters.optional(),
  rateLimit: RateLimit.optional(),
  onFailure: Next,
  next: Next,
});

/** Fetches a JSON object, from a URL or with a saved GET webhook, and merges it into the user's profile (B101, B102). */
const UserProfileTile = z
  .strictObject({
    id: TileId,
    type: z.literal('userProfile'),
    url: Url.optional(),
    webhookId: z.int().positive().optional(),
    onFailure: Next,
    next: Next,
  })
  .refine(({ url, webhookId }) => (url === undefined) !== (webhookId === undefined), {
    path: ['url'],
    message: 'A userProfile tile has either a url or a webhookId.',
  });
const DelayTile = z.strictObject({ id: TileId, type: z.literal('delay'), for: Duration, next: Next });
/** Hands the user off to another journey; they also continue in this one. */
const SendToJourneyTile = z.strictObject({
  id: TileId,
  type: z.literal('sendToJourney'),
  journeyId: JourneyId,
  next: Next,
});
const ExitTile = z.strictObject({ id: TileId, type: z.literal('exit') });

const TILES = [WebhookTile, LiveDataTile, UserProfileTile, DelayTile, SendToJourneyTile, ExitTile] as const;

export const Tile = z.discriminatedUnion('type', TILES, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `A tile type is one of: ${TILES.map(({ shape }) => shape.type.value).join(', ')}.`
      : undefined,
});
export type Tile = z.infer<typeof Tile>;
export type WebhookTile = z.infer<typeof WebhookTile>;
