import type { Database } from '../../db/connection/client';
import type { Sealer } from '../../db/secrets/seal';
import { deleteSecret } from '../../db/secrets/secrets';
import { insertWebhook, lockWebhook, updateWebhook, type WebhookRow } from '../../db/webhooks/webhooks';
import type { Author } from '../../domain/audit';
import type { WebhookInput } from '../../domain/webhooks/webhook';
import { record } from '../audit/record';
import { webhookView } from '../audit/views';
import { requireTest } from './test-token';
import { definitionOf } from './definition';
import { refuseLocked } from './lock';
import { firstSigningSecret, storeSecret } from './secrets';

interface Deps {
  db: Database;
  sealer: Sealer;
  author: Author;
}

/** A saved webhook, and its signing secret if it was created now: it is shown only this once. */
export interface SavedWebhook {
  row: WebhookRow;
  signingSecret: string | undefined;
}

/** Throws `BadParams`, and `TestRequired` for Data Retrieval without a successful test (B109). */
export function createWebhook(
  { db, sealer, author }: Deps,
  input: WebhookInput,
  testToken?: string,
): Promise<SavedWebhook> {
  const values = definitionOf(input);
  return db.transaction(async (tx) => {
    await requireTest(tx, sealer, input, values.definition, { testToken });
    const secretId = await storeSecret(tx, sealer, input);
    const row = await insertWebhook(tx, { ...values, secretId });
    const { id, name } = row;
    await record(tx, author, { action: 'webhook.create', id, name, after: webhookView(row) });
    return { row, signingSecret: await firstSigningSecret(tx, sealer, row) };
  });
}

/** The same for a webhook that exists; undefined when there is none. Throws `Conflict` while it is locked (B127). */
export function replaceWebhook(
  { db, sealer, author }: Deps,
  id: number,
  input: WebhookInput,
  testToken?: string,
): Promise<SavedWebhook | undefined> {
  const values = definitionOf(input);
  return db.transaction(async (tx) => {
    const current = await lockWebhook(tx, id);
    if (current === undefined) return undefined;
    await refuseLocked(tx, id);
    await requireTest(tx, sealer, input, values.definition, { testToken, current });
    const secretId = await storeSecret(tx, sealer, input, current);
    const row = await updateWebhook(tx, id, { ...values, secretId });
    const [before, after] = [current, row].map(webhookView);
    await record(tx, author, { action: 'webhook.update', id, name: row.name, before, after });
    if (current.secretId !== null && secretId !== current.secretId) await deleteSecret(tx, current.secretId);
    return { row, signingSecret: await firstSigningSecret(tx, sealer, row) };
  });
}
