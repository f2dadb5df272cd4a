import type { Database } from '../../db/connection/client';
import { deleteSecret } from '../../db/secrets/secrets';
import { lockingTiles } from '../../db/webhooks/uses';
import { lockWebhook, lockWebhooks, markWebhookDeleted, type WebhookRow } from '../../db/webhooks/webhooks';
import { refuseLocked, whyLocked } from './lock';

/** Deletes a webhook and its secrets; false when there is none. Throws `Conflict` while it is locked (B127). */
export function deleteWebhook(db: Database, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const row = await lockWebhook(tx, id);
    if (row === undefined) return false;
    await refuseLocked(tx, id);
    await deleteLocked(tx, row);
    return true;
  });
}

/** The webhooks that were deleted, and why the others were not. */
export interface DeletedWebhooks {
  deleted: number[];
  refused: { id: number; reason: string }[];
}

/** Deletes those of these webhooks that can be deleted (C9). */
export function deleteWebhooks(db: Database, ids: number[]): Promise<DeletedWebhooks> {
  return db.transaction(async (tx) => {
    const rows = await lockWebhooks(tx, ids);
    const locking = await lockingTiles(tx, [...rows.keys()]);
    const result: DeletedWebhooks = { deleted: [], refused: [] };
    for (const id of ids) {
      const row = rows.get(id);
      const tiles = locking.filter(({ webhookId }) => webhookId === id);
      if (row === undefined) result.refused.push({ id, reason: `There is no journey webhook ${id}.` });
      else if (tiles.length > 0) result.refused.push({ id, reason: whyLocked(tiles) });
      else {
        await deleteLocked(tx, row);
        result.deleted.push(id);
      }
    }
    return result;
  });
}

async function deleteLocked(tx: Database, { id, secretId }: WebhookRow): Promise<void> {
  await markWebhookDeleted(tx, id);
  if (secretId !== null) await deleteSecret(tx, secretId);
}
