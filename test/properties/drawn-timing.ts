import { type Draw, isOneIn, maybe, oneOf } from './draw';
import { type Fields, type Place, type Surroundings, way, written } from './place';

export const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York'];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A moment of the user, of all, or of each day. */
export function drawUntil(place: Place): Fields {
  const { draw, world } = place;
  const timeOfDay = () => ({
    timeOfDay: `${oneOf(draw, ['09', '23'])}:${world.minutes}`,
    ...maybe(draw, 2, () => ({ days: DAYS.slice(oneOf(draw, [0, 2, 5])) })),
    ...maybe(draw, 2, () => ({ timeZone: oneOf(draw, [...ZONES, 'user']) })),
  });
  if (isOneIn(draw, 2)) return { for: oneOf(draw, ['PT3H9M', 'PT30H3M']), ...timeOfDay() };
  return {
    until: {
      field: oneOf(draw, ['profile.trialEnd', 'trigger.due']),
      ...maybe(draw, 3, () => ({ offset: oneOf(draw, ['-1 day', '3 hours']) })),
      ...maybe(draw, 3, timeOfDay),
      ...written('onPast', way(place)),
      ...written('onMissing', way(place)),
    },
  };
}

export function drawWindow(draw: Draw, { minutes }: Surroundings): Fields {
  const [from, to] = oneOf(draw, [
    ['09', '17'],
    ['22', '04'],
  ]);
  return {
    days: DAYS.slice(oneOf(draw, [0, 2, 5])),
    ...{ from: `${from}:${minutes}`, to: `${to}:${minutes}` },
    timeZone: oneOf(draw, [...ZONES, 'user']),
    ...maybe(draw, 2, () => ({ onClosed: oneOf(draw, ['hold', 'skip']) })),
  };
}
