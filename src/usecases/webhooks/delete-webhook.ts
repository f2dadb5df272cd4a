import type { Database } from '../../db/connection/client';
import { deleteSecret } from '../../db/secrets/secrets';
import { lockingTiles } from '../../db/webhooks/uses';
import { lockWebhook, lockWebhooks, markWebhookDeleted, type WebhookRow } from '../../db/webhooks/webhooks';
import type { Author } from '../../domain/audit';
import { record } from '../audit/record';
import { webhookView } from '../audit/views';
import { refuseLocked, whyLocked } from './lock';

interface Deps {
  db: Database;
  author: Author;
}

/** Deletes a webhook and its secrets; false when there is none. Throws `Conflict` while it is locked (B127). */
export function deleteWebhook({ db, author }: Deps, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const row = await lockWebhook(tx, id);
    if (row === undefined) return false;
    await refuseLocked(tx, id);
    await deleteLocked(tx, author, [row]);
    return true;
  });
}

/** The webhooks that were deleted, and why the others were not. */
export interface DeletedWebhooks {
  deleted: number[];
  refused: { id: number; reason: string }[];
}

/** Deletes those of these webhooks that can be deleted (C9). */
export function deleteWebhooks({ db, author }: Deps, ids: number[]): Promise<DeletedWebhooks> {
  return db.transaction(async (tx) => {
    const rows = await lockWebhooks(tx, ids);
    const locking = await lockingTiles(tx, [...rows.keys()]);
    const free: WebhookRow[] = [];
    const refused: DeletedWebhooks['refused'] = [];
    for (const id of ids) {
      const row = rows.get(id);
      const tiles = locking.filter(({ webhookId }) => webhookId === id);
      if (row === undefined) refused.push({ id, reason: `There is no journey webhook ${id}.` });
      else if (tiles.length > 0) refused.push({ id, reason: whyLocked(tiles) });
      else free.push(row);
    }
    await deleteLocked(tx, author, free);
    return { deleted: free.map(({ id }) => id), refused };
  });
}

async function deleteLocked(tx: Database, author: Author, rows: WebhookRow[]): Promise<void> {
  for (const { id, secretId } of rows) {
    await markWebhookDeleted(tx, id);
    if (secretId !== null) await deleteSecret(tx, secretId);
  }
  const deleted = rows.map((row) => {
    const { id, name } = row;
    return { action: 'webhook.delete' as const, id, name, before: webhookView(row) };
  });
  await record(tx, author, ...deleted);
}
