import { badParams } from '../../domain/errors';
import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../db/connection/client';
import { type JourneyRow, secretsWithoutVersion } from '../../db/journeys/journeys';
import { secretOfTile } from '../../db/journeys/versions';
import type { TileSecrets } from '../../db/schema';
import type { Sealer } from '../../db/secrets/seal';
import { copySecret, deleteSecret, insertSecret, replaceSecret } from '../../db/secrets/secrets';
import type { InlineWebhook } from '../../domain/webhooks/inline-webhook';
import type { Tile } from '../../domain/journeys/tiles/tile';
import {
  goesToSameHosts,
  type SecretUse,
  splitSecret,
  withMarker,
} from '../../domain/webhooks/authentication';

/**
 * Moves the secrets of inline webhooks out of the tiles, so that the tiles can be stored in a definition. The marker
 * `{"set": true}` keeps the stored secret of the tile. A new value for the same authentication of the same hosts
 * replaces the stored one at once, also for open entries; any other change leaves versions as they are, also one that
 * keeps the secret: it gets an id of its own, because the OAuth token that was fetched with it is stored under its id.
 */
export async function storeTileSecrets(
  db: Database,
  sealer: Sealer,
  tiles: Tile[],
  current?: Pick<JourneyRow, 'definition' | 'secrets'>,
): Promise<{ tiles: Tile[]; secrets: TileSecrets }> {
  const withoutSecrets: Tile[] = [];
  const secrets: TileSecrets = {};
  for (const [index, tile] of tiles.entries()) {
    const webhook = inlineOf(tile);
    if (webhook === undefined) {
      withoutSecrets.push(tile);
      continue;
    }
    const { stored, secret } = splitSecret(webhook.authentication);
    withoutSecrets.push({ ...tile, webhook: { ...webhook, authentication: withMarker(stored) } } as Tile);
    if (secret === undefined) continue;
    const before = storedFor(tile.id, { url: webhook.url, stored }, current);
    if (typeof secret === 'string') {
      secrets[tile.id] = await insertSecret(db, sealer, secret);
      if (before?.isSame) await replaceSecret(db, before.secretId, secrets[tile.id]!);
    } else if (before === undefined) {
      throw badParams({
        [`tiles[${index}].webhook.authentication`]:
          'There is no stored secret to keep for this tile, its kind of authentication and its host. Send the value.',
      });
    } else {
      const { secretId, isSame } = before;
      secrets[tile.id] = isSame ? secretId : await copySecret(db, sealer, secretId);
    }
  }
  return { tiles: withoutSecrets, secrets };
}

/** The tiles as they are read: markers stand for the secrets of inline webhooks. */
export function withoutInlineSecrets(tiles: Tile[]): Tile[] {
  return tiles.map((tile) => {
    const webhook = inlineOf(tile);
    if (webhook === undefined) return tile;
    const authentication = withMarker(splitSecret(webhook.authentication).stored);
    return { ...tile, webhook: { ...webhook, authentication } } as Tile;
  });
}

function inlineOf(tile: Tile | undefined): InlineWebhook | undefined {
  return tile?.type === 'webhook' ? tile.webhook : undefined;
}

/**
 * The stored secret of the tile, if it was given for the same kind of authentication and the same hosts; and whether
 * the authentication is the same in all the rest.
 */
function storedFor(
  tileId: string,
  use: SecretUse,
  current?: Pick<JourneyRow, 'definition' | 'secrets'>,
): { secretId: string; isSame: boolean } | undefined {
  const before = inlineOf(current?.definition.tiles.find(({ id }) => id === tileId));
  const secretId = current && secretOfTile(current.secrets, tileId);
  if (before === undefined || secretId === undefined) return undefined;
  const { stored: earlier } = splitSecret(before.authentication);
  if (earlier.type !== use.stored.type) return undefined;
  if (!goesToSameHosts({ url: before.url, stored: earlier }, use)) return undefined;
  return { secretId, isSame: isDeepStrictEqual(earlier, use.stored) };
}

/** Deletes the secrets of the earlier draft that neither the draft nor a version uses now. */
export async function dropUnusedSecrets(db: Database, before: JourneyRow, now: TileSecrets): Promise<void> {
  const left = Object.values(before.secrets).filter((id) => !Object.values(now).includes(id));
  for (const id of await secretsWithoutVersion(db, before.id, left)) await deleteSecret(db, id);
}
