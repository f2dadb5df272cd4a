import { and, eq, isNull } from 'drizzle-orm';
import type { Webhook } from '../domain/webhook';
import type { Database } from './client';
import { webhooks } from './schema';

/** The webhook as it is called, or undefined when there is none or it was deleted. */
export async function findWebhook(db: Database, id: number): Promise<Webhook | undefined> {
  const [row] = await db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.id, id), isNull(webhooks.deletedAt)));
  return row && { ...row.definition, id: row.id, name: row.name, secretId: row.secretId };
}
