import type { DeliveryContext } from '../db/deliveries/deliveries';
import { type FrozenVersion, secretOfTile } from '../db/journeys/versions';
import type { InlineWebhook } from '../domain/webhooks/inline-webhook';
import type { Tile } from '../domain/journeys/tiles/tile';
import { splitSecret } from '../domain/webhooks/authentication';
import type { DynamicParameters } from '../domain/webhooks/webhook';
import { BARE_WEBHOOK, webhookOfInline } from '../webhook/inline';
import type { CaptureRule } from './capture';
import type { VersionCache } from './tiles/version-cache';
import type { OpenedWebhook, SecretCache, WebhookCache } from './webhook-cache';

/** What a tile calls, with which dynamic parameters, and what it captures from the answer. */
export interface TileRequest {
  opened: OpenedWebhook;
  parameters: DynamicParameters;
  captureRule: CaptureRule;
  /** Present where the webhook is defined in the tile itself: its payload is made differently, and it may need consent. */
  inline?: { webhook: InlineWebhook; journeyName: string };
}

/** Resolves a tile of an entry to its request; undefined when its webhook was deleted. */
export type ResolveRequest = (context: DeliveryContext, tileId: string) => Promise<TileRequest | undefined>;

/** A tile that calls an endpoint. */
export type RequestTile = Extract<Tile, { type: 'webhook' | 'liveData' | 'userProfile' }>;

/** Looks up the details of tiles, which history does not carry. */
export function createRequestResolver(
  versions: VersionCache,
  webhooks: WebhookCache,
  secrets: SecretCache,
): ResolveRequest {
  async function inlineRequest(
    frozen: FrozenVersion,
    tile: RequestTile,
    inline: InlineWebhook,
  ): Promise<TileRequest> {
    const { id, value } = (await secrets(secretOfTile(frozen.secrets, tile.id))) ?? { id: null, value: null };
    const { stored } = splitSecret(inline.authentication);
    const webhook = { ...webhookOfInline(inline, stored), id: null, name: tile.id, secretId: id };
    return {
      opened: { webhook, secret: value, signing: [] },
      parameters: parametersOf(tile),
      captureRule: { kind: 'nothing' },
      inline: { webhook: inline, journeyName: frozen.definition.name },
    };
  }

  return async (context, tileId) => {
    const frozen = await versions(context);
    const tile = frozen.definition.tiles.find(({ id }) => id === tileId) as RequestTile | undefined;
    if (tile === undefined) throw new Error(`Version ${context.version} has no tile ${tileId}.`);
    if (tile.type === 'webhook' && tile.webhook) return inlineRequest(frozen, tile, tile.webhook);
    if (tile.type === 'userProfile' && tile.url !== undefined) return profileRequest(webhookOfUrl(tile.url));
    const opened = await webhooks(tile.webhookId!);
    if (opened === undefined) return undefined;
    if (tile.type === 'userProfile') return profileRequest(opened);
    const parameters = parametersOf(tile);
    if (tile.type === 'webhook') return { opened, parameters, captureRule: { kind: 'nothing' } };
    const fields = opened.webhook.liveDataFields;
    return { opened, parameters, captureRule: { kind: 'liveData', name: tile.name, fields } };
  };
}

function parametersOf(tile: RequestTile): DynamicParameters {
  return ('parameters' in tile && tile.parameters) || {};
}

/** Always a GET (B101), even if the method of the webhook was changed after publishing. */
function profileRequest(opened: OpenedWebhook): TileRequest {
  return {
    opened: { ...opened, webhook: { ...opened.webhook, method: 'GET' } },
    parameters: {},
    captureRule: { kind: 'profile' },
  };
}

function webhookOfUrl(endpoint: string): OpenedWebhook {
  return {
    webhook: { ...BARE_WEBHOOK, method: 'GET', endpoint, id: null, name: endpoint, secretId: null },
    secret: null,
    signing: [],
  };
}
