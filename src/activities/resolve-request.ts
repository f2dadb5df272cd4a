import { LRUCache } from 'lru-cache';
import type { Database } from '../db/connection/client';
import type { DeliveryContext } from '../db/deliveries/deliveries';
import { type FrozenVersion, readVersion } from '../db/journeys/versions';
import type { RenderedRequest } from '../domain/webhooks/delivery';
import type { InlineWebhook } from '../domain/webhooks/inline-webhook';
import type { LiveDataField } from '../domain/webhooks/live-data';
import type { Tile } from '../domain/journeys/tiles';
import { splitSecret } from '../domain/webhooks/authentication';
import type { DynamicParameters } from '../domain/webhooks/webhook';
import { BARE_WEBHOOK, inlinePayload, webhookOfInline } from '../webhook/inline';
import { withIdentity } from '../webhook/query';
import { renderWebhook } from '../webhook/render';
import { activityTime } from './failures';
import type { OpenedWebhook, SecretCache, WebhookCache } from './webhook-cache';

/** What a tile calls, with which dynamic parameters, and what it keeps of the answer. */
export interface TileRequest {
  opened: OpenedWebhook;
  parameters: DynamicParameters;
  captures: CaptureRule;
  /** Where the webhook stands in the tile itself: its body is made another way, and consent may keep it back. */
  inline?: { webhook: InlineWebhook; journeyName: string };
}

/** A webhook tile discards the answer (B004), a Live Data tile keeps chosen fields, a User Profile tile all. */
export type CaptureRule =
  { kind: 'nothing' } | { kind: 'liveData'; name: string; fields: LiveDataField[] } | { kind: 'profile' };

/** Resolves a tile of an entry to its call; undefined when its webhook was deleted. */
export type ResolveRequest = (context: DeliveryContext, tileId: string) => Promise<TileRequest | undefined>;

type RequestTile = Extract<Tile, { type: 'webhook' | 'liveData' | 'userProfile' }>;

/** Looks up the details of tiles, which history does not carry. Versions never change, so they are kept. */
export function createRequestResolver(
  db: Database,
  webhooks: WebhookCache,
  secrets: SecretCache,
): ResolveRequest {
  const versions = new LRUCache<string, FrozenVersion>({ max: 200 });

  async function versionOf({ journeyId, version }: DeliveryContext): Promise<FrozenVersion> {
    const key = `${journeyId}/${version}`;
    const frozen = versions.get(key) ?? (await readVersion(db, journeyId, version));
    versions.set(key, frozen);
    return frozen;
  }

  async function inlineRequest(
    frozen: FrozenVersion,
    tile: RequestTile,
    inline: InlineWebhook,
  ): Promise<TileRequest> {
    const { id, value } = (await secrets(frozen.secrets[tile.id])) ?? { id: null, value: null };
    const { stored } = splitSecret(inline.authentication);
    const webhook = { ...webhookOfInline(inline, stored), id: null, name: tile.id, secretId: id };
    return {
      opened: { webhook, secret: value, signing: [] },
      parameters: parametersOf(tile),
      captures: { kind: 'nothing' },
      inline: { webhook: inline, journeyName: frozen.definition.name },
    };
  }

  return async (context, tileId) => {
    const frozen = await versionOf(context);
    const tile = frozen.definition.tiles.find(({ id }) => id === tileId) as RequestTile | undefined;
    if (tile === undefined) throw new Error(`Version ${context.version} has no tile ${tileId}.`);
    if (tile.type === 'webhook' && tile.webhook) return inlineRequest(frozen, tile, tile.webhook);
    if (tile.type === 'userProfile' && tile.url !== undefined) return profileRequest(webhookOfUrl(tile.url));
    const opened = await webhooks(tile.webhookId!);
    if (opened === undefined) return undefined;
    if (tile.type === 'userProfile') return profileRequest(opened);
    const parameters = parametersOf(tile);
    if (tile.type === 'webhook') return { opened, parameters, captures: { kind: 'nothing' } };
    const fields = opened.webhook.liveDataFields;
    return { opened, parameters, captures: { kind: 'liveData', name: tile.name, fields } };
  };
}

function parametersOf(tile: RequestTile): DynamicParameters {
  return ('parameters' in tile && tile.parameters) || {};
}

/** Always a GET (B101), even if the webhook has been given another method since it was published. */
function profileRequest(opened: OpenedWebhook): TileRequest {
  return {
    opened: { ...opened, webhook: { ...opened.webhook, method: 'GET' } },
    parameters: {},
    captures: { kind: 'profile' },
  };
}

function webhookOfUrl(endpoint: string): OpenedWebhook {
  return {
    webhook: { ...BARE_WEBHOOK, method: 'GET', endpoint, id: null, name: endpoint, secretId: null },
    secret: null,
    signing: [],
  };
}

/** The request of a call for one user. Throws RenderFault. */
export function renderTileRequest(
  { opened, parameters, captures, inline }: TileRequest,
  visited: DeliveryContext,
  hmacKey: string,
): RenderedRequest {
  const { email, userId, profileId, journeyId: workflowId } = visited;
  const liveData = visited.liveData ?? undefined;
  const context = { ...visited, liveData, workflowId, now: activityTime(), hmacKey };
  if (inline) {
    const { webhook, journeyName } = inline;
    const payload = inlinePayload(webhook, { ...context, profileId, journeyName });
    return renderWebhook(opened.webhook, context, parameters, payload);
  }
  const request = renderWebhook(opened.webhook, context, parameters);
  if (captures.kind !== 'profile') return request;
  return { ...request, url: withIdentity(request.url, { email, userId }) };
}
