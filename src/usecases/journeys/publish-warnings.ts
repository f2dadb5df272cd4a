import type { Database } from '../../db/connection/client';
import { namesWithoutEvents } from '../../db/events/events';
import { pathText } from '../../domain/errors';
import { quickRounds } from '../../domain/journeys/quick-rounds';
import type { Tile } from '../../domain/journeys/tiles/tile';

/** Something in a published journey that works, but may not be meant. */
export interface PublishWarning {
  field: string;
  message: string;
}

/** What its author may not have meant. */
export async function publishWarnings(db: Database, tiles: Tile[]): Promise<PublishWarning[]> {
  const awaited = tiles.flatMap((tile, index) =>
    tile.type === 'waitFor'
      ? tile.for.flatMap(({ event }, arm) =>
          event === undefined ? [] : [{ path: ['tiles', index, 'for', arm, 'event'], event }],
        )
      : [],
  );
  const unsent = await namesWithoutEvents(db, [...new Set(awaited.map(({ event }) => event))]);
  const warnings = [
    ...awaited
      .filter(({ event }) => unsent.has(event))
      .map(({ path, event }) => ({
        path,
        message: `None of the latest events is called “${event}”. Check how it is spelled.`,
      })),
    ...quickRounds(tiles),
  ];
  return warnings.map(({ path, message }) => ({ field: pathText(path), message }));
}
