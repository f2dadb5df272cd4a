import type { paths } from '../../../../types/schema';

/** A journey, as reading it answers. */
export type Journey = paths['/api/journeys/{id}']['get']['responses'][200]['content']['application/json'];

export type JourneyBody = NonNullable<
  paths['/api/journeys/{id}']['put']['requestBody']
>['content']['application/json'];

/** What only the server writes. */
type ReadOnly = 'id' | 'status' | 'publishedVersion' | 'revision' | 'createdAt' | 'updatedAt' | 'warnings';
type Written = JourneyBody['tiles'][number];

/** What a tile that was just added does not have yet: the server says that it is missing. */
type Unfinished<T> = T extends unknown
  ? Omit<T, 'webhookId' | 'listId' | 'journeyId'> & {
      [Key in Extract<keyof T, 'webhookId' | 'listId' | 'journeyId'>]?: T[Key];
    }
  : never;

export type Tile = Unfinished<Written>;
export type TileType = Tile['type'];
export type TileOf<Type extends TileType> = Extract<Tile, { type: Type }>;

/** What is edited. It may have faults: the server judges it when it is checked, saved and published. */
export type Draft = Omit<JourneyBody, ReadOnly | 'tiles'> & { tiles: readonly Tile[] };

/** By their paths in the API: `exitRules[0].event`, or within a tile `branches[1].when.field`. */
export type Faults = Record<string, string>;

/** What every part of the editor is given. `faults` are those of the whole, `path` is where the value stands in it. */
export interface PartProps<Value> {
  value: Value;
  onChange: (value: Value) => void;
  faults: Faults;
  path: string;
}

export function draftOf(journey: Journey): Draft {
  const { id: _id, status: _status, publishedVersion: _version, revision: _revision, ...rest } = journey;
  const { createdAt: _created, updatedAt: _updated, ...draft } = rest;
  return draft as Draft;
}

/** As the API takes it. What is missing is for the server to say. */
export function bodyOf(draft: Draft): JourneyBody {
  return draft as JourneyBody;
}

/** The faults below this path, by the rest of their paths; of the value itself by the empty text. */
export function faultsBelow(faults: Faults, path: string): Faults {
  const below = Object.entries(faults).flatMap(([at, message]) => {
    if (at === path) return [['', message]];
    if (!at.startsWith(path)) return [];
    const rest = at.slice(path.length);
    if (rest.startsWith('.')) return [[rest.slice(1), message]];
    return rest.startsWith('[') ? [[rest, message]] : [];
  });
  return Object.fromEntries(below) as Faults;
}
