import type { Database } from '../db/connection/client';
import { findJourney } from '../db/journeys/journeys';
import type { Sealer } from '../db/secrets/seal';
import { findWebhook, updateWebhook } from '../db/webhooks/webhooks';
import { SYSTEM } from '../domain/audit';
import { JourneyDefinition } from '../domain/journeys/journey';
import { WebhookInput } from '../domain/webhooks/webhook';
import { readValue, writeValue } from '../db/key-value';
import { recorded } from '../usecases/audit/record';
import { webhookView } from '../usecases/audit/views';
import { publish } from '../usecases/journeys/publish';
import { createJourney } from '../usecases/journeys/save-journey';
import { createWebhook } from '../usecases/webhooks/save-webhook';

export const DEMO_JOURNEY_ID = 12345;

const DEMO_WEBHOOK = 'demo-webhook';

/**
 * A journey to try, created at the very first start: it sends its trigger data to the built-in inbox. Each start sets the
 * port in its webhook's endpoint, unless somebody has pointed it elsewhere.
 */
export async function installDemo(
  { db, sealer }: { db: Database; sealer: Sealer },
  port: number,
): Promise<void> {
  const own = { db, sealer, author: SYSTEM };
  const endpoint = `http://127.0.0.1:${port}/inbox/demo`;
  const known = await readValue(db, DEMO_WEBHOOK);
  if (known !== undefined) return setPort(db, Number(known), endpoint);
  if (await findJourney(db, DEMO_JOURNEY_ID)) return;
  const { row: webhook } = await createWebhook(own, WebhookInput.parse({ name: 'Demo inbox', endpoint }));
  const journey = JourneyDefinition.parse({
    name: 'Demo: send the trigger to the inbox',
    tiles: [{ id: 'send', type: 'webhook', webhookId: webhook.id }],
  });
  await createJourney(own, journey, DEMO_JOURNEY_ID);
  await publish({ ...own, rateLimits: () => Promise.resolve({ enforced: true }) }, DEMO_JOURNEY_ID);
  await writeValue(db, DEMO_WEBHOOK, String(webhook.id));
}

async function setPort(db: Database, id: number, endpoint: string): Promise<void> {
  const webhook = await findWebhook(db, id);
  if (!webhook || !/^http:\/\/127\.0\.0\.1:\d+\/inbox\/demo$/.test(webhook.definition.endpoint)) return;
  if (webhook.definition.endpoint === endpoint) return;
  const { name, definition, secretId } = webhook;
  const values = { name, definition: { ...definition, endpoint }, secretId };
  await recorded(
    { db, author: SYSTEM },
    (tx) => updateWebhook(tx, id, values),
    (row) => ({ action: 'webhook.update', id, name, before: webhookView(webhook), after: webhookView(row) }),
  );
}
