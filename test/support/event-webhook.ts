import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { insertEventWebhook } from '../../src/db/event-webhooks/event-webhooks';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { EventWebhookInput } from '../../src/domain/webhooks/event-webhook';
import { newSigningSecret } from '../../src/webhook/sign';
import type { Recorded, Reply } from './receiver';
import { until } from './until';
import type { World } from './world';

/** An event webhook, and the requests its endpoint received. */
export interface Listener {
  id: number;
  secretKey: string;
  requests: () => Recorded[];
  /** The first request, once it is there. */
  received: () => Promise<Recorded>;
}

/** Saves an event webhook whose target is a path of its own at the receiver, unless `input` says otherwise. */
export async function listen(
  { db, sealer, receiver }: World,
  eventTypes: string[],
  { replies = [200], ...input }: { replies?: Reply[] } & Record<string, unknown> = {},
): Promise<Listener> {
  const path = `/${randomUUID()}`;
  receiver.respondAt(path, ...replies);
  const values = { name: 'Test', targetUrl: receiver.url + path, eventTypes, ...input };
  const { id } = await insertEventWebhook(db, EventWebhookInput.parse(values));
  const secretKey = newSigningSecret();
  await insertSigningSecret(db, sealer, { eventWebhookId: id }, secretKey);
  const requests = () => receiver.requests.filter(({ url }) => url === path);
  return { id, secretKey, requests, received: () => until(async () => requests()[0]) };
}

/** Disables every event webhook, so that what later tests do is not sent to them. */
export async function silence({ db }: Pick<World, 'db'>): Promise<void> {
  await db.execute(sql`update event_webhooks set enabled = false`);
}
