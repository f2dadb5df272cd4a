import { type Draw, isOneIn, maybe, oneOf, several } from './draw';
import { EVENTS } from './drawn-conditions';
import type { DrawnTile } from './place';

/* What befalls a user in a journey. */

const HOUR_MS = 3_600_000;

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface DoneEvent {
  eventName: string;
  dataFields: Record<string, unknown>;
}

export interface Callback {
  after: string;
  status: string;
  data: Record<string, unknown>;
}

export interface DrawnStory {
  profile: Record<string, unknown>;
  /** Whether the user is on the list at first. */
  isOnList: boolean;
  /** What they did before. */
  past: DoneEvent[];
  /** The trigger data. */
  dataFields: Record<string, unknown>;
  /** By tile: what its endpoint answers, in turn, the last again and again. */
  answers: Record<string, Answer[]>;
  /** By tile: how its endpoint calls back. */
  callbacks: Record<string, Callback>;
  /** What they do meanwhile: after so many ms. */
  events: (DoneEvent & { afterMs: number })[];
}

/** `moment`: a date so many hours from the start, as it is written. */
export function drawStory(draw: Draw, tiles: DrawnTile[], moment: (hours: number) => string): DrawnStory {
  const date = () => oneOf(draw, [moment(50), moment(-50), moment(3)]);
  return {
    profile: {
      rounds: 0,
      plan: oneOf(draw, ['free', 'pro']),
      ...maybe(draw, 2, () => ({ trialEnd: date() })),
      ...maybe(draw, 3, () => ({ timeZone: oneOf(draw, ['America/New_York', 'Asia/Kolkata', 'Mars']) })),
    },
    isOnList: isOneIn(draw, 3),
    past: several(draw, 0, 2, () => drawEvent(draw)),
    dataFields: {
      ...maybe(draw, 2, () => ({ cartId: oneOf(draw, ['c1', 7]) })),
      ...maybe(draw, 2, () => ({ due: oneOf(draw, [date(), 'soon']), plan: 'pro' })),
    },
    answers: Object.fromEntries(
      tiles.filter(calls).map((tile) => [tile.id, several(draw, 1, 4, () => drawAnswer(draw, tile))]),
    ),
    callbacks: Object.fromEntries(
      tiles.flatMap(({ id, callback }) => (callback && isOneIn(draw, 2) ? [[id, drawCallback(draw)]] : [])),
    ),
    events: several(draw, 0, 2, () => ({
      ...drawEvent(draw),
      afterMs: oneOf(draw, [1, 5, 25, 73, 160]) * HOUR_MS,
    })),
  };
}

function calls({ type, saved }: DrawnTile): boolean {
  return saved !== undefined || type === 'webhook' || type === 'userProfile';
}

function drawEvent(draw: Draw): DoneEvent {
  const eventName = oneOf(draw, EVENTS);
  return { eventName, dataFields: maybe(draw, 2, () => ({ cartId: oneOf(draw, ['c1', 7, null]) })) };
}

const RETRIED = [
  { status: 503 },
  { status: 429, headers: { 'retry-after': '3600' } },
  { status: 502 },
  { status: 504, headers: { 'retry-after': '1800' } },
];
const FINAL = [{ status: 404 }, { status: 500 }, { status: 301, headers: { location: '/elsewhere' } }];

function drawAnswer(draw: Draw, { type, callback, saved }: DrawnTile): Answer {
  // To another token, the next answer.
  if (saved?.authentication && isOneIn(draw, 3)) return { status: 401 };
  if (isOneIn(draw, 3)) return oneOf(draw, RETRIED);
  if (isOneIn(draw, 6)) return oneOf(draw, FINAL);
  if (type === 'liveData')
    return { status: 200, body: oneOf(draw, [{ value: 9 }, { value: 'x' }, 'no JSON']) };
  if (type === 'userProfile')
    return { status: 200, body: oneOf(draw, [{ plan: 'pro' }, { rounds: 3 }, { rounds: 'x' }, []]) };
  return { status: callback && isOneIn(draw, 2) ? 202 : oneOf(draw, [200, 204]) };
}

function drawCallback(draw: Draw): Callback {
  return {
    after: oneOf(draw, ['PT3M', 'PT90M', 'P3D']),
    status: oneOf(draw, ['success', 'failure']),
    data: maybe(draw, 2, () => ({ said: 'yes' })),
  };
}
