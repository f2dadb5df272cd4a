import { type LiveDataField } from '../../webhooks/live-data';
import { readPath } from '../../webhooks/response-path';
import { type Conditional, conditionsOf, fieldsOf, type ReadField } from '../condition-places';
import { rootOf, stepsOf } from '../roots';
import type { Tile } from '../tiles/tile';
import { targetOf, waysOf } from '../ways';

/* What tiles capture, and whether a condition or a delay finds it where it stands. */

/** The fields that a webhook retrieves; undefined for one that is unknown. */
export type RetrievedBy = (webhookId: number) => LiveDataField[] | undefined;

/** The fields of conditions, matches and delays that no tile before them captures. */
export function captureFaults(
  journey: Conditional,
  retrievedBy: RetrievedBy,
): { path: (string | number)[]; message: string }[] {
  const before = tilesBefore(journey.tiles);
  return fieldsRead(journey).flatMap(({ path, field, tile }) => {
    const message = faultOf(field, tile === undefined ? journey.tiles : before(tile), retrievedBy);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Whether conditions or delays of the journey read live data. */
export function readsLiveData(journey: Conditional): boolean {
  return fieldsRead(journey).some(({ field }) => rootOf(field) === 'liveData');
}

/** With the position of the tile that reads it, if one does. */
function fieldsRead(journey: Conditional): (ReadField & { tile?: number })[] {
  const ofConditions = conditionsOf(journey).flatMap((placed) =>
    fieldsOf(placed).map((read) => ({ ...read, tile: placed.tile })),
  );
  const ofDelays = journey.tiles.flatMap((tile, index) =>
    tile.type === 'delay' && tile.until?.field !== undefined
      ? [{ path: ['tiles', index, 'until', 'field'], field: tile.until.field, tile: index }]
      : [],
  );
  return [...ofConditions, ...ofDelays];
}

/** The tiles from which a user can come to a tile, that tile among them if it lies in a cycle. */
function tilesBefore(tiles: Tile[]): (index: number) => Tile[] {
  const indexOf = new Map(tiles.map((tile, index) => [tile, index]));
  const comesFrom = tiles.map((): number[] => []);
  tiles.forEach((tile, index) => {
    for (const way of waysOf(tile)) {
      const target = targetOf(way, index, tiles);
      if (target !== undefined) comesFrom[indexOf.get(target)!]!.push(index);
    }
  });
  const reached = (index: number): Tile[] => {
    const found = new Set<number>();
    const next = [...comesFrom[index]!];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (found.has(one)) continue;
      found.add(one);
      next.push(...comesFrom[one]!);
    }
    return tiles.filter((_tile, position) => found.has(position));
  };
  const known = new Map<number, Tile[]>();
  return (index) => {
    const before = known.get(index) ?? reached(index);
    known.set(index, before);
    return before;
  };
}

function faultOf(field: string, before: Tile[], retrievedBy: RetrievedBy): string | undefined {
  const root = rootOf(field);
  if (root === 'liveData') return liveDataFault(field, before, retrievedBy);
  if (root === 'callbacks') return callbackFault(field, before);
  return root === 'events' ? eventFault(field, before) : undefined;
}

/** What an endpoint sent when it called back is read by the id of its tile. */
function callbackFault(field: string, before: Tile[]): string | undefined {
  const [tileId] = stepsOf(field);
  const calls = before.some((tile) => tile.id === tileId && tile.type === 'webhook' && tile.callback);
  if (calls) return undefined;
  return `No webhook tile “${shortened(tileId!)}” with a callback comes before it. Name such a tile.`;
}

/** What ended a wait is read by the name of its tile. */
function eventFault(field: string, before: Tile[]): string | undefined {
  const names = before.flatMap((tile) => (tile.type === 'waitFor' ? (tile.name ?? tile.id) : []));
  if (names.includes(stepsOf(field)[0]!)) return undefined;
  const known = names.length === 0 ? '' : ` Those before it are called ${names.slice(0, 10).join(', ')}.`;
  return `No waitFor tile before it is called “${shortened(stepsOf(field)[0]!)}”.${known}`;
}

function liveDataFault(field: string, before: Tile[], retrievedBy: RetrievedBy): string | undefined {
  const capturing = before.filter((tile) => tile.type === 'liveData');
  if (capturing.length === 0) {
    return `No tile before it captures “${shortened(field)}”. Put a liveData tile before it.`;
  }
  const [first, ...rest] = stepsOf(field) as [string, ...string[]];
  const named = capturing.filter(({ name }) => name === first);
  const [steps, tiles] = named.length > 0 ? [rest, named] : [[first, ...rest], capturing];
  const retrieved = tiles.map(({ webhookId }) => retrievedBy(webhookId));
  if (steps.length === 0 || retrieved.some((fields) => isAmong(steps, fields))) return undefined;
  const names = tiles.map(({ name }) => `“${name}”`).join(', ');
  const known = retrieved.flatMap((fields = []) => fields.map(({ path }) => path)).slice(0, 10);
  return (
    `No tile before it captures “${shortened(field)}”. ` +
    `${names} ${tiles.length === 1 ? 'captures' : 'capture'} ${known.join(', ') || 'nothing'}.`
  );
}

function isAmong(steps: string[], fields: LiveDataField[] | undefined): boolean {
  return (
    fields === undefined ||
    fields.some(({ path }) => {
      const { steps: captured = [] } = readPath(path) as { steps?: (string | number)[] };
      return captured.every((step, index) => index >= steps.length || String(step) === steps[index]);
    })
  );
}

function shortened(field: string): string {
  return field.slice(0, 100);
}
