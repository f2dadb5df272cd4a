import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import { beginDelivery, deliveryIdOf } from '../db/deliveries/deliveries';
import { endOfEntry } from '../db/entries/close';
import type { CountAttempt } from './attempt-log';
import type { DeliverInput, FinalAnswer } from './contract';
import { tileGaveUp } from './decide';
import { runDelivery } from './delivery-machine';
import { activityTime } from './failures';
import type { NothingToSend, LoadedDelivery } from './loaded-delivery';
import { type PrepareTileDeps, prepareTile } from './prepare-tile';
import { closeFailedTile, saveTileResult } from './save-tile-result';

export interface TileDeliveryDeps extends PrepareTileDeps {
  /** The guarded agent: every outgoing request goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
}

/** The activity of a tile that calls an endpoint. */
export function createTileDelivery(deps: TileDeliveryDeps) {
  return {
    /** Sends at most one request of a tile's delivery. */
    deliver: (input: DeliverInput): Promise<FinalAnswer> => runDelivery(deps, input, () => load(deps, input)),
  };
}

async function load(
  deps: TileDeliveryDeps,
  input: DeliverInput,
): Promise<LoadedDelivery<FinalAnswer> | NothingToSend<FinalAnswer>> {
  const { db } = deps;
  const context = await beginDelivery(db, input, activityTime());
  if (!context) return { kind: 'nothingToSend', answer: await supersededAnswer(db, input) };
  return {
    kind: 'delivery',
    id: deliveryIdOf(input),
    progress: context.delivery,
    rules: input,
    prepare: () => prepareTile(deps, input, context),
    closeAttempt: (attempt, result, at) => saveTileResult(deps, input, context, attempt, result, at),
    closeFailed: (reason, detail) => closeFailedTile(deps, input, context, reason, detail),
    superseded: () => supersededAnswer(db, input),
    gaveUp: tileGaveUp,
  };
}

/** Why there is nothing to do: an earlier execution ended the entry, or it belongs to another run. */
export async function supersededAnswer(db: Database, input: DeliverInput): Promise<FinalAnswer> {
  const end = await endOfEntry(db, input);
  return end ? { kind: 'ended', end } : { kind: 'superseded' };
}
