import { type Faults, refuse, pathText } from '../../domain/errors';
import type { InlineWebhook } from '../../domain/webhooks/inline-webhook';
import type { Tile } from '../../domain/journeys/tiles';
import { splitSecret } from '../../domain/webhooks/authentication';
import { webhookOfInline } from '../../webhook/inline';
import { checkParameters, checkWebhook, type FieldFault } from '../../webhook/render';

/** Throws `BadParams` naming each template in the tiles of a journey that can never work. */
export function refuseBrokenTemplates(tiles: Tile[]): void {
  refuse(templateFaults(tiles));
}

/** What is wrong with the templates in the tiles of a journey, by path. */
export function templateFaults(tiles: Tile[]): Faults {
  return Object.fromEntries(
    tiles.flatMap((tile, index) =>
      faultsOf(tile).map(({ path, message }) => [pathText(['tiles', index, ...path]), message] as const),
    ),
  );
}

function faultsOf(tile: Tile): FieldFault[] {
  switch (tile.type) {
    case 'webhook':
      return [
        ...under('parameters', checkParameters(tile.parameters ?? {})),
        ...(tile.webhook ? under('webhook', inlineFaults(tile.webhook)) : []),
      ];
    case 'liveData':
      return under('parameters', checkParameters(tile.parameters ?? {}));
    case 'userProfile':
      return tile.url === undefined
        ? []
        : renamed(checkWebhook({ endpoint: tile.url, headers: [], bodyType: 'json' }));
    case 'delay':
    case 'sendToJourney':
    case 'exit':
      return [];
  }
}

/** Texts of the payload are looked at one by one: only then do line and column stand in what the author wrote. */
function inlineFaults(inline: InlineWebhook): FieldFault[] {
  const { eventTitle, payload } = inline;
  const texts = textsIn({ ...(eventTitle !== undefined && { eventTitle }), payload });
  const inTexts = texts.flatMap(({ path, text }) =>
    checkParameters({ text }).map(({ message }) => ({ path, message })),
  );
  if (inTexts.length > 0) return inTexts;
  return renamed(checkWebhook(webhookOfInline(inline, splitSecret(inline.authentication).stored)));
}

/** A webhook's fields as they are called in a tile. */
function renamed(faults: FieldFault[]): FieldFault[] {
  const names: Record<string, string> = { endpoint: 'url', body: 'payload' };
  return faults.map(({ path: [first, ...rest], message }) => ({
    path: [names[first!] ?? first!, ...rest],
    message,
  }));
}

function under(field: string, faults: FieldFault[]): FieldFault[] {
  return faults.map(({ path, message }) => ({ path: [field, ...path], message }));
}

interface Text {
  path: (string | number)[];
  text: string;
}

function textsIn(value: unknown, path: (string | number)[] = []): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, [...path, name]));
}
