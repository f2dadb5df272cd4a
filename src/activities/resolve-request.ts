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
import type { CallableWebhook, SecretCache, WebhookCache } from './webhook-cache';

/** What a tile calls, with which dynamic parameters, and what it keeps of the answer. */
export interface Call {
  callable: CallableWebhook;
  parameters: DynamicParameters;
  keeps: Keeps;
  /** Where the webhook stands in the tile itself: its body is made another way, and consent may keep it back. */
  inline?: { webhook: InlineWebhook; journeyName: string };
}

/** A webhook tile discards the answer (B004), a Live Data tile keeps chosen fields, a User Profile tile all. */
export type Keeps =
  { kind: 'nothing' } | { kind: 'liveData'; name: string; fields: LiveDataField[] } | { kind: 'profile' };

/** Resolves a tile of an entry to its call; undefined when its webhook was deleted. */
export type Calls = (context: DeliveryContext, tileId: string) => Promise<Call | undefined>;

type CallingTile = Extract<Tile, { type: 'webhook' | 'liveData' | 'userProfile' }>;

/** Looks up the details of tiles, which history does not carry. Versions never change, so they are kept. */
export function createCalls(db: Database, webhooks: WebhookCache, secrets: SecretCache): Calls {
  const versions = new LRUCache<string, FrozenVersion>({ max: 200 });

  async function versionOf({ journeyId, version }: DeliveryContext): Promise<FrozenVersion> {
    const key = `${journeyId}/${version}`;
    const frozen = versions.get(key) ?? (await readVersion(db, journeyId, version));
    versions.set(key, frozen);
    return frozen;
  }

  async function inlineCall(frozen: FrozenVersion, tile: CallingTile, inline: InlineWebhook): Promise<Call> {
    const { id, value } = (await secrets(frozen.secrets[tile.id])) ?? { id: null, value: null };
    const { stored } = splitSecret(inline.authentication);
    const webhook = { ...webhookOfInline(inline, stored), id: null, name: tile.id, secretId: id };
    return {
      callable: { webhook, secret: value, signing: [] },
      parameters: parametersOf(tile),
      keeps: { kind: 'nothing' },
      inline: { webhook: inline, journeyName: frozen.definition.name },
    };
  }

  return async (context, tileId) => {
    const frozen = await versionOf(context);
    const tile = frozen.definition.tiles.find(({ id }) => id === tileId) as CallingTile | undefined;
    if (tile === undefined) throw new Error(`Version ${context.version} has no tile ${tileId}.`);
    if (tile.type === 'webhook' && tile.webhook) return inlineCall(frozen, tile, tile.webhook);
    if (tile.type === 'userProfile' && tile.url !== undefined) return profileCall(callOfUrl(tile.url));
    const callable = await webhooks(tile.webhookId!);
    if (callable === undefined) return undefined;
    if (tile.type === 'userProfile') return profileCall(callable);
    const parameters = parametersOf(tile);
    if (tile.type === 'webhook') return { callable, parameters, keeps: { kind: 'nothing' } };
    const fields = callable.webhook.liveDataFields;
    return { callable, parameters, keeps: { kind: 'liveData', name: tile.name, fields } };
  };
}

function parametersOf(tile: CallingTile): DynamicParameters {
  return ('parameters' in tile && tile.parameters) || {};
}

/** Always a GET (B101), even if the webhook has been given another method since it was published. */
function profileCall(callable: CallableWebhook): Call {
  return {
    callable: { ...callable, webhook: { ...callable.webhook, method: 'GET' } },
    parameters: {},
    keeps: { kind: 'profile' },
  };
}

function callOfUrl(endpoint: string): CallableWebhook {
  return {
    webhook: { ...BARE_WEBHOOK, method: 'GET', endpoint, id: null, name: endpoint, secretId: null },
    secret: null,
    signing: [],
  };
}

/** The request of a call for one user. Throws RenderFault. */
export function renderCall(
  { callable, parameters, keeps, inline }: Call,
  visited: DeliveryContext,
  hmacKey: string,
): RenderedRequest {
  const { email, userId, profileId, journeyId: workflowId } = visited;
  const liveData = visited.liveData ?? undefined;
  const context = { ...visited, liveData, workflowId, now: activityTime(), hmacKey };
  if (inline) {
    const { webhook, journeyName } = inline;
    const payload = inlinePayload(webhook, { ...context, profileId, journeyName });
    return renderWebhook(callable.webhook, context, parameters, payload);
  }
  const request = renderWebhook(callable.webhook, context, parameters);
  if (keeps.kind !== 'profile') return request;
  return { ...request, url: withIdentity(request.url, { email, userId }) };
}
