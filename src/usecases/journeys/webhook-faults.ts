import { type Faults } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { shareLockWebhooks, type WebhookRow } from '../../db/webhooks/webhooks';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { Tile } from '../../domain/journeys/tiles';
import { webhookUsesOf } from '../../domain/webhooks/uses';
import { MAX_INT } from '../../db/connection/ids';

/**
 * The tiles whose webhook cannot do what the tile is for. The webhooks stay unchanged until the
 * transaction ends (C8).
 */
export async function webhookFaults(tx: Database, { tiles }: JourneyDefinition): Promise<Faults> {
  const uses = webhookUsesOf(tiles);
  const locked = await shareLockWebhooks(
    tx,
    uses.map(({ webhookId }) => webhookId).filter((id) => id <= MAX_INT),
  );
  return Object.fromEntries(
    uses.flatMap(({ index, tileType, webhookId }) => {
      const fault = misuseOf(tileType, locked.get(webhookId));
      return fault === undefined
        ? []
        : [[`tiles[${index}].webhookId`, `${fault} (webhook ${webhookId})`] as const];
    }),
  );
}

function misuseOf(type: Tile['type'], webhook: WebhookRow | undefined): string | undefined {
  if (webhook === undefined) return 'There is no such webhook. Create it, or choose another.';
  const { dataRetrieval, method } = webhook.definition;
  if (type === 'liveData' && !dataRetrieval) {
    return 'A Live Data tile needs a webhook with Data Retrieval. Turn it on, or choose another.';
  }
  if (type === 'userProfile' && method !== 'GET') {
    return 'A User Profile tile needs a webhook whose method is GET. Choose another, or give a url.';
  }
  return undefined;
}
