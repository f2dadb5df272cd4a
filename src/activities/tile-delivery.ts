import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import { readCallback } from '../db/deliveries/callbacks';
import { beginDelivery, deliveryIdOf } from '../db/deliveries/deliveries';
import { wasSkipped } from '../db/entries/steps/steps';
import { closedOutcome } from '../db/entries/close';
import type { CountAttempt } from './attempt-log';
import { claimantOf, type TileInput } from './claimant';
import type { CallbackAnswer, DeliverInput, FinalAnswer, SendAnswer } from './contract';
import { tileGaveUp } from './decide';
import { runDelivery } from './delivery-machine';
import { activityTime } from './failures';
import type { NothingToSend, LoadedDelivery } from './loaded-delivery';
import { type PrepareTileDeps, prepareTile } from './prepare-tile';
import type { ExitAtTile } from './tiles/exit-at-tile';
import { closeFailedTile, saveTileResult } from './save-tile-result';

export interface TileDeliveryDeps extends PrepareTileDeps {
  /** The guarded agent: every outgoing request goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
  exitAtTile: ExitAtTile;
}

/** The activity of a tile that calls an endpoint. */
export function createTileDelivery(deps: TileDeliveryDeps) {
  return {
    /** Sends at most one request of a tile's delivery. */
    deliver: (input: DeliverInput): Promise<SendAnswer> =>
      runDelivery(deps, input, () => load(deps, claimantOf(input))),
  };
}

async function load(
  deps: TileDeliveryDeps,
  input: TileInput,
): Promise<LoadedDelivery<SendAnswer> | NothingToSend<SendAnswer>> {
  const { db } = deps;
  // What an outage left unsaved comes first.
  const left = input.unrecorded === undefined ? await deps.exitAtTile(input) : undefined;
  if (left) return { kind: 'nothingToSend', answer: { kind: 'ended', end: left } };
  const context = await beginDelivery(db, input, activityTime());
  if (!context) return { kind: 'nothingToSend', answer: await closedOutcome(db, input) };
  if (context.delivery?.status === 'failed' && (await wasSkipped(db, input))) {
    return { kind: 'nothingToSend', answer: { kind: 'skipped' } };
  }
  return {
    kind: 'delivery',
    id: deliveryIdOf(input),
    progress: context.delivery,
    rules: input,
    prepare: () => prepareTile(deps, input, context),
    notBefore: async (dueAt) => {
      const closed = await deps.windowOf(input, context, dueAt);
      // Whoever would skip the tile does so when the retry is due.
      return closed?.kind === 'hold' ? closed.opensAt : dueAt;
    },
    closeAttempt: (attempt, result, at) => saveTileResult(deps, input, context, attempt, result, at),
    closeFailed: (reason, detail) => closeFailedTile(deps, input, context, reason, detail),
    delivered: input.callback && (() => answerOfCallback(db, deliveryIdOf(input))),
    superseded: () => closedOutcome(db, input),
    gaveUp: tileGaveUp,
  };
}

/** Whether the endpoint, which has succeeded, has called back yet, or will. */
async function answerOfCallback(db: Database, deliveryId: string): Promise<FinalAnswer | CallbackAnswer> {
  const { awaited, status } = await readCallback(db, deliveryId);
  if (!awaited) return { kind: 'delivered' };
  return status === null ? { kind: 'awaiting' } : { kind: 'calledBack', status };
}
