import { type Faults } from '../../domain/errors';
import type { Database } from '../../db/connection/client';
import { shareLockWebhooks, type WebhookRow } from '../../db/webhooks/webhooks';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { Tile } from '../../domain/journeys/tiles/tile';
import { missingToken } from '../../domain/webhooks/inkit';
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
  const faults: Faults = {};
  for (const { index, tileType, webhookId } of uses) {
    const webhook = locked.get(webhookId);
    const misuse = misuseOf(tileType, webhook);
    const unsigned = webhook && unsignedCallback(tiles[index]!, webhook);
    if (misuse !== undefined) faults[`tiles[${index}].webhookId`] = `${misuse} (webhook ${webhookId})`;
    if (unsigned !== undefined) faults[`tiles[${index}].callback`] = unsigned;
  }
  return faults;
}

/** Who calls back is known by the webhook's signing secret. */
function unsignedCallback(tile: Tile, { id, definition }: WebhookRow): string | undefined {
  if (tile.type !== 'webhook' || tile.callback === undefined || definition.signing.enabled) return undefined;
  return `Webhook ${id} has no signing secret, so nobody could tell who calls back. Turn on its signing.`;
}

function misuseOf(type: Tile['type'], webhook: WebhookRow | undefined): string | undefined {
  if (webhook === undefined) return 'There is no such webhook. Create it, or choose another.';
  const { dataRetrieval, method } = webhook.definition;
  const withoutToken = missingToken(webhook.definition);
  if (withoutToken !== undefined) return withoutToken;
  if (type === 'liveData' && !dataRetrieval) {
    return 'A Live Data tile needs a webhook with Data Retrieval. Turn it on, or choose another.';
  }
  if (type === 'userProfile' && method !== 'GET') {
    return 'A User Profile tile needs a webhook whose method is GET. Choose another, or give a url.';
  }
  return undefined;
}
