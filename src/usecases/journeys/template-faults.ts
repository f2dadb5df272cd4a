import { type Faults, refuse, pathText } from '../../domain/errors';
import { giveWay } from '../../domain/turns';
import { isJsonContainer } from '../../domain/lossless-json';
import type { InlineWebhook } from '../../domain/webhooks/inline-webhook';
import type { Tile } from '../../domain/journeys/tiles/tile';
import { splitSecret } from '../../domain/webhooks/authentication';
import { webhookOfInline } from '../../webhook/inline';
import { checkParameters, checkWebhook, type FieldFault } from '../../webhook/render';

/** Throws `BadParams` naming each template in the tiles of a journey that can never work. */
export async function refuseBrokenTemplates(tiles: Tile[]): Promise<void> {
  refuse(await templateFaults(tiles));
}

/** What is wrong with the templates in the tiles of a journey, by path. */
export async function templateFaults(tiles: Tile[]): Promise<Faults> {
  const faults: Faults = {};
  for (const [index, tile] of tiles.entries()) {
    await giveWay();
    for (const { path, message } of await faultsOf(tile)) {
      faults[pathText(['tiles', index, ...path])] = message;
    }
  }
  return faults;
}

async function faultsOf(tile: Tile): Promise<FieldFault[]> {
  switch (tile.type) {
    case 'webhook':
      return [
        ...under('parameters', checkParameters(tile.parameters ?? {})),
        ...(tile.webhook ? under('webhook', await inlineFaults(tile.webhook)) : []),
      ];
    case 'liveData':
      return under('parameters', checkParameters(tile.parameters ?? {}));
    case 'userProfile':
      return tile.url === undefined
        ? []
        : renamed(checkWebhook({ endpoint: tile.url, headers: [], bodyType: 'json' }));
    case 'updateProfile':
      return under('fields', await textFaults(tile.fields));
    case 'trackEvent':
      return under('dataFields', await textFaults(tile.dataFields ?? {}));
    case 'delay':
    case 'waitFor':
    case 'yesNoSplit':
    case 'attributeSplit':
    case 'abSplit':
    case 'updateList':
    case 'sendToJourney':
    case 'exit':
      return [];
  }
}

/** Texts of the payload are looked at one by one: only then do line and column stand in what the author wrote. */
async function inlineFaults(inline: InlineWebhook): Promise<FieldFault[]> {
  const { eventTitle, payload } = inline;
  const inTexts = await textFaults({ ...(eventTitle !== undefined && { eventTitle }), payload });
  if (inTexts.length > 0) return inTexts;
  return renamed(checkWebhook(webhookOfInline(inline, splitSecret(inline.authentication).stored)));
}

/** The faults in the strings of a value, wherever they stand. */
async function textFaults(value: unknown): Promise<FieldFault[]> {
  const faults: FieldFault[] = [];
  for (const { path, text } of textsIn(value)) {
    await giveWay();
    faults.push(...checkParameters({ text }).map(({ message }) => ({ path, message })));
  }
  return faults;
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
  if (!isJsonContainer(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => textsIn(item, [...path, name]));
}
