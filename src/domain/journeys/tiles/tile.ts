import { z } from 'zod';
import { JourneyId } from '../ids';
import { AbSplitTile } from './ab-split';
import { DelayTile } from './delay';
import { TrackEventTile, UpdateListTile, UpdateProfileTile } from './effect-tiles';
import { COMMON, Next } from './fields';
import { LiveDataTile, UserProfileTile, WebhookTile } from './request-tiles';
import { AttributeSplitTile, YesNoSplitTile } from './split-tiles';
import { WaitForTile } from './wait-for';

/** Hands the user off to another journey; they also continue in this one. */
const SendToJourneyTile = z.strictObject({
  ...COMMON,
  type: z.literal('sendToJourney'),
  journeyId: JourneyId,
  next: Next,
});

/** Ends the journey. The reason, a word for reports, becomes the entry's detail. */
const ExitTile = z.strictObject({
  ...COMMON,
  type: z.literal('exit'),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u, 'A reason is one line of text.')
    .optional(),
});

const TILES = [
  WebhookTile,
  LiveDataTile,
  UserProfileTile,
  DelayTile,
  WaitForTile,
  YesNoSplitTile,
  AttributeSplitTile,
  AbSplitTile,
  UpdateProfileTile,
  UpdateListTile,
  TrackEventTile,
  SendToJourneyTile,
  ExitTile,
] as const;

export const Tile = z.discriminatedUnion('type', TILES, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `A tile type is one of: ${TILES.map(({ shape }) => shape.type.value).join(', ')}.`
      : undefined,
});
export type Tile = z.infer<typeof Tile>;
