import { closedOutcome } from '../db/entries/close';
import { beginDelivery, type DeliveryContext } from '../db/deliveries/deliveries';
import { claimantOf, type TileInput } from './claimant';
import type { DeliverInput, RefreshAnswer, TokenRef } from './contract';
import { tileGaveUp } from './decide';
import { activityTime, withState } from './failures';
import { type Unsendable, unsendable } from './loaded-delivery';
import { type PrepareTileDeps, WEBHOOK_DELETED } from './prepare-tile';
import { closeFailedTile } from './save-tile-result';
import { issueToken } from './tokens';

type TokenRefreshDeps = Omit<PrepareTileDeps, 'sealer' | 'windowOf' | 'callbackUrl'>;

/** The activity between two requests of a tile, after a 401 that a fresh token may fix. */
export function createTokenRefresh({ db, resolveRequest, tokens, enqueue }: TokenRefreshDeps) {
  async function refresh(input: TileInput, refused: TokenRef): Promise<RefreshAnswer> {
    const context = await beginDelivery(db, input, activityTime());
    if (!context) return closedOutcome(db, input);
    return withState({ attemptsUsed: context.delivery?.attemptsUsed ?? 0 }, async () => {
      const failure = await replaceToken(input, context, refused);
      if (!failure) return { kind: 'refreshed' };
      const { reason, detail } = failure;
      if (!(await closeFailedTile({ db, enqueue }, input, context, reason, detail))) {
        return closedOutcome(db, input);
      }
      throw tileGaveUp(reason, detail);
    });
  }

  /** Stores a fresh token, or returns why the delivery fails without one. */
  async function replaceToken(
    input: TileInput,
    context: DeliveryContext,
    refused: TokenRef,
  ): Promise<Unsendable | undefined> {
    const tileRequest = await resolveRequest(context, input.tileId);
    if (!tileRequest) return WEBHOOK_DELETED;
    const { opened } = tileRequest;
    // The webhook may have other credentials by now: their token was not refused.
    const rejected = opened.webhook.secretId === refused.secretId ? refused.version : 0;
    const token = await issueToken(tokens, opened, rejected, activityTime());
    return token && !token.ok ? unsendable('token', token.detail) : undefined;
  }

  return {
    /** Gets a fresh token for a delivery whose token was refused; without one the delivery fails (B029). */
    refreshToken: (input: DeliverInput, refused: TokenRef): Promise<RefreshAnswer> =>
      withState({ attemptsUsed: input.counted }, () => refresh(claimantOf(input), refused)),
  };
}
