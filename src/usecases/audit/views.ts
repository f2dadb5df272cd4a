import type { EventWebhookRow } from '../../db/event-webhooks/event-webhooks';
import type { JourneyRow } from '../../db/journeys/journeys';
import type { Person } from '../../db/people/people';
import type { WebhookRow } from '../../db/webhooks/webhooks';
import { withMarker } from '../../domain/webhooks/authentication';
import type { View } from './changes';
import { StoredSecret } from './shown';

/* What the audit log compares. Times and revisions change with every write, and are left out. */

export function webhookView({ name, definition, secretId }: WebhookRow): View {
  const authentication = withSecret(withMarker(definition.authentication), secretId);
  return { name, ...definition, authentication };
}

export function eventWebhookView(row: EventWebhookRow): View {
  const { name, targetUrl, eventTypes, enabled, sendSecretKey } = row;
  return { name, targetUrl, eventTypes, enabled, sendSecretKey };
}

export function personView({ name, email, role }: Person): View {
  return { name, email, role };
}

/** The draft, and which version takes entries. */
export function journeyView({ definition, secrets, status, publishedVersion }: JourneyRow): View {
  const tiles = definition.tiles.map((tile) => {
    const inline = tile.type === 'webhook' ? tile.webhook : undefined;
    if (inline === undefined) return tile;
    const authentication = withSecret(inline.authentication, secrets[tile.id] ?? null);
    return { ...tile, webhook: { ...inline, authentication } };
  });
  return { status, publishedVersion, ...definition, tiles };
}

/** An authentication as it is read, with its secret in place of the marker that stands for it. */
function withSecret(authentication: object, secretId: string | null): View {
  return Object.fromEntries(
    Object.entries(authentication).map(([field, value]: [string, unknown]) => [
      field,
      secretId !== null && typeof value === 'object' ? new StoredSecret(secretId) : value,
    ]),
  );
}
