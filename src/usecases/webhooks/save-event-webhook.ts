import type { Database } from '../../db/connection/client';
import {
  type EventWebhookRow,
  insertEventWebhook,
  lockEventWebhook,
  markEventWebhookDeleted,
  updateEventWebhook,
} from '../../db/event-webhooks/event-webhooks';
import type { Sealer } from '../../db/secrets/seal';
import { deleteSigningSecrets, insertSigningSecret } from '../../db/secrets/signing-secrets';
import type { Author } from '../../domain/audit';
import type { EventWebhookInput } from '../../domain/webhooks/event-webhook';
import { originOf } from '../../domain/webhooks/origin';
import { newSigningSecret } from '../../webhook/sign';
import { record } from '../audit/record';
import { eventWebhookView } from '../audit/views';

interface Deps {
  db: Database;
  author: Author;
}

/** Creates an event webhook and its Secret Key, which is shown only this once. */
export function createEventWebhook(
  { db, sealer, author }: Deps & { sealer: Sealer },
  values: EventWebhookInput,
): Promise<{ row: EventWebhookRow; secretKey: string }> {
  const secretKey = newSigningSecret();
  return db.transaction(async (tx) => {
    const row = await insertEventWebhook(tx, values);
    const { id, name } = row;
    await insertSigningSecret(tx, sealer, { eventWebhookId: id }, secretKey);
    await record(tx, author, { action: 'eventWebhook.create', id, name, after: eventWebhookView(row) });
    return { row, secretKey };
  });
}

/**
 * Replaces an event webhook; undefined when there is none. If it calls another host now, it gets a new Secret Key, which
 * is shown only this once, in place of all others: the former host may go on knowing those.
 */
export function replaceEventWebhook(
  { db, sealer, author }: Deps & { sealer: Sealer },
  id: number,
  values: EventWebhookInput,
): Promise<{ row: EventWebhookRow; secretKey?: string } | undefined> {
  return db.transaction(async (tx) => {
    const current = await lockEventWebhook(tx, id);
    const row = current && (await updateEventWebhook(tx, id, values));
    if (row === undefined) return undefined;
    const [before, after] = [current!, row].map(eventWebhookView);
    await record(tx, author, { action: 'eventWebhook.update', id, name: row.name, before, after });
    if (originOf(current!.targetUrl) === originOf(row.targetUrl)) return { row };
    const secretKey = newSigningSecret();
    await deleteSigningSecrets(tx, { eventWebhookId: id });
    await insertSigningSecret(tx, sealer, { eventWebhookId: id }, secretKey);
    return { row, secretKey };
  });
}

/** False when there is none. */
export function deleteEventWebhook({ db, author }: Deps, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const row = await lockEventWebhook(tx, id);
    if (row === undefined) return false;
    await markEventWebhookDeleted(tx, id);
    const before = eventWebhookView(row);
    await record(tx, author, { action: 'eventWebhook.delete', id, name: row.name, before });
    return true;
  });
}
