import type { Database } from '../db/connection/client';
import { findJourney, freezeVersion, insertJourney } from '../db/journeys/journeys';
import { findWebhook, insertWebhook, updateWebhook } from '../db/webhooks/webhooks';
import { JourneyDefinition } from '../domain/journeys/journey';
import { planOf } from '../domain/journeys/plan';
import { WebhookInput } from '../domain/webhooks/webhook';
import { readValue, writeValue } from '../db/key-value';

export const DEMO_JOURNEY_ID = 12345;

const DEMO_WEBHOOK = 'demo-webhook';

/**
 * A journey to try, made at the very first start: it sends what triggered it to the built-in inbox. Its webhook
 * follows the port of this start, for as long as nobody has pointed it elsewhere.
 */
export async function installDemo(db: Database, port: number): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}/inbox/demo`;
  const known = await readValue(db, DEMO_WEBHOOK);
  if (known !== undefined) return followPort(db, Number(known), endpoint);
  if (await findJourney(db, DEMO_JOURNEY_ID)) return;
  const { name, authentication: _none, ...definition } = WebhookInput.parse({ name: 'Demo inbox', endpoint });
  const stored = { ...definition, authentication: { type: 'none' as const } };
  const webhook = await insertWebhook(db, { name, definition: stored, secretId: null });
  const journey = JourneyDefinition.parse({
    name: 'Demo: send the trigger to the inbox',
    tiles: [{ id: 'send', type: 'webhook', webhookId: webhook.id }],
  });
  const row = await insertJourney(db, { definition: journey, secrets: {} }, DEMO_JOURNEY_ID);
  await freezeVersion(db, row!, journey, planOf(DEMO_JOURNEY_ID, journey.tiles));
  await writeValue(db, DEMO_WEBHOOK, String(webhook.id));
}

async function followPort(db: Database, id: number, endpoint: string): Promise<void> {
  const webhook = await findWebhook(db, id);
  if (!webhook || !/^http:\/\/127\.0\.0\.1:\d+\/inbox\/demo$/.test(webhook.definition.endpoint)) return;
  if (webhook.definition.endpoint === endpoint) return;
  const { name, definition, secretId } = webhook;
  await updateWebhook(db, id, { name, definition: { ...definition, endpoint }, secretId });
}
