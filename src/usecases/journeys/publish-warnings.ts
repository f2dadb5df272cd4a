import type { Database } from '../../db/connection/client';
import { namesWithoutEvents } from '../../db/events/events';
import { pathText } from '../../domain/errors';
import { leavesOfJourney } from '../../domain/journeys/condition-places';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { quickRounds } from '../../domain/journeys/quick-rounds';
import type { Reentry } from '../../domain/journeys/reentry';
import { ROOTS } from '../../domain/journeys/roots';
import type { Tile } from '../../domain/journeys/tiles/tile';
import { momentOfDelay } from '../../domain/journeys/timing/delay-moment';

/** Something in a published journey that works, but may not be meant. */
export interface PublishWarning {
  field: string;
  message: string;
}

interface Placed {
  path: (string | number)[];
  message: string;
}

/** What its author may not have meant. */
export async function publishWarnings(
  db: Database,
  journey: JourneyDefinition,
  now: number,
): Promise<PublishWarning[]> {
  const { tiles, reentry } = journey;
  const warnings = [
    ...(await unsentEvents(db, journey)),
    ...quickRounds(tiles),
    ...passedTimes(tiles, now),
    ...(reentry ? keyOfRoot(reentry) : []),
  ];
  return warnings.map(({ path, message }) => ({ field: pathText(path), message }));
}

/** What the commerce calls report: no name that somebody chose. */
const COMMERCE = ['purchase', 'cartUpdate'];

/**
 * Events that waits, exit rules and conditions ask for, and that nobody has sent: if a name is misspelled, nothing else
 * shows it. That of the entry source is not among them: nobody enters then.
 */
async function unsentEvents(db: Database, journey: JourneyDefinition): Promise<Placed[]> {
  const asked = [...eventsOfRules(journey), ...eventsOfWaits(journey), ...eventsOfConditions(journey)].filter(
    ({ event }) => !COMMERCE.includes(event),
  );
  const unsent = await namesWithoutEvents(db, [...new Set(asked.map(({ event }) => event))]);
  return asked
    .filter(({ event }) => unsent.has(event))
    .map(({ path, event }) => ({
      path,
      message: `None of the latest events is called “${event}”. Check how it is spelled.`,
    }));
}

interface AskedEvent {
  path: (string | number)[];
  event: string;
}

function eventsOfRules({ exitRules = [] }: JourneyDefinition): AskedEvent[] {
  return exitRules.flatMap(({ event }, index) =>
    event === undefined ? [] : [{ path: ['exitRules', index, 'event'], event }],
  );
}

function eventsOfWaits({ tiles }: JourneyDefinition): AskedEvent[] {
  return tiles.flatMap((tile, index) =>
    tile.type === 'waitFor'
      ? tile.for.flatMap(({ event }, arm) =>
          event === undefined ? [] : [{ path: ['tiles', index, 'for', arm, 'event'], event }],
        )
      : [],
  );
}

function eventsOfConditions(journey: JourneyDefinition): AskedEvent[] {
  return leavesOfJourney(journey).flatMap(({ leaf, path }) =>
    'event' in leaf ? [{ path: [...path, 'event'], event: leaf.event }] : [],
  );
}

/** Where midnight comes last. */
const LAST_ZONE = 'Etc/GMT+12';

/** Delays until a time that has passed in every time zone that may count. */
function passedTimes(tiles: Tile[], now: number): Placed[] {
  const arrival = { now, roots: { profile: {}, trigger: {} }, zoneOfJourney: LAST_ZONE };
  return tiles.flatMap((tile, index) => {
    if (tile.type !== 'delay' || tile.until?.at === undefined) return [];
    if (momentOfDelay(tile, arrival).way !== 'past') return [];
    const message = 'This time has passed, so nobody waits here. Choose a later one, or remove the delay.';
    return [{ path: ['tiles', index, 'until', 'at'], message }];
  });
}

/** Conditions begin fields with where they are read; a key is read within the trigger data. */
function keyOfRoot({ key }: Reentry): Placed[] {
  const [first, ...rest] = key?.split('.') ?? [];
  if (rest.length === 0 || !ROOTS.some((root) => root === first)) return [];
  const message = `This reads the field “${first}” of the trigger data. For its field “${rest.join('.')}”, leave out “${first}.”.`;
  return [{ path: ['reentry', 'key'], message }];
}
