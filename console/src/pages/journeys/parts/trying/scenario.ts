import type { paths } from '../../../../../types/schema';
import type { Draft, Faults, TileOf } from '../../draft/draft';
import { jsonIn, objectIn } from '../../../../words/exact-json';

/* What is simulated, as it is typed, and as the API takes it. */

type Operation = paths['/api/journeys/{id}/simulate']['post'];
export type SimulationRequest = NonNullable<Operation['requestBody']>['content']['application/json'];
export type SimulationResult = Operation['responses'][200]['content']['application/json'];

export interface TypedEvent {
  at: string | undefined;
  eventName: string;
  dataFields: string;
}

export interface TypedCallback {
  after: string | undefined;
  status: 'success' | 'failure';
  data: string;
}

export interface TypedUser {
  /** An email, or a userId. */
  name: string;
  /** JSON; undefined for a copy of the real user. */
  profile: string | undefined;
  dataFields: string;
  events: TypedEvent[];
  callbacks: Record<string, TypedCallback>;
}

export interface TypedAnswer {
  status: string;
  /** JSON, or else text. */
  body: string;
  after: string | undefined;
}

export interface TypedScenario {
  users: TypedUser[];
  /** In UTC, to the minute. */
  startAt: string;
  until: string | undefined;
  version: string;
  /** By tile; what is not there is answered with 200 and {}. */
  responses: Record<string, TypedAnswer[]>;
  /** By A/B split; what is not there is left to chance. */
  branches: Record<string, string>;
}

const DAY_MS = 86_400_000;

export function blankUser(number: number): TypedUser {
  return {
    ...{ name: `user${number}@example.com`, profile: '{}', dataFields: '{}', events: [], callbacks: {} },
  };
}

/** Tomorrow at nine. */
export function blankScenario(now = Date.now()): TypedScenario {
  const startAt = new Date((Math.floor(now / DAY_MS) + 1) * DAY_MS + 9 * 3_600_000).toISOString();
  return {
    ...{ users: [blankUser(1)], startAt: startAt.slice(0, 16), until: undefined, version: 'draft' },
    ...{ responses: {}, branches: {} },
  };
}

type CallingTile = TileOf<'webhook'> | TileOf<'liveData'> | TileOf<'userProfile'>;

/** The tiles whose answers can be scripted. */
export function callingTiles({ tiles }: Draft): CallingTile[] {
  return tiles.filter(
    (tile): tile is CallingTile =>
      tile.type === 'webhook' || tile.type === 'liveData' || tile.type === 'userProfile',
  );
}

export function abSplits({ tiles }: Draft): TileOf<'abSplit'>[] {
  return tiles.filter((tile): tile is TileOf<'abSplit'> => tile.type === 'abSplit');
}

/** The tiles whose endpoints call back. */
export function awaitingTiles({ tiles }: Draft): TileOf<'webhook'>[] {
  return tiles.filter(
    (tile): tile is TileOf<'webhook'> => tile.type === 'webhook' && tile.callback !== undefined,
  );
}

export const NO_OBJECT = 'This is no JSON object. Write one such as {"plan": "pro"}.';

/** What of the typed JSON is none: it cannot be sent. By the paths of the API's faults. */
export function jsonFaults({ users }: TypedScenario): Faults {
  const texts = users.flatMap(({ profile, dataFields, events, callbacks }, user): [string, string][] => [
    [`users[${user}].profile`, profile ?? ''],
    [`users[${user}].dataFields`, dataFields],
    ...events.map(({ dataFields: data }, event): [string, string] => [
      `users[${user}].events[${event}].dataFields`,
      data,
    ]),
    ...Object.entries(callbacks).map(([tileId, { data }]): [string, string] => [
      `users[${user}].callbacks.${tileId}.data`,
      data,
    ]),
  ]);
  return Object.fromEntries(
    texts.flatMap(([path, text]) => (objectIn(text) === undefined ? [[path, NO_OBJECT]] : [])),
  );
}

/** As the API takes it; only for one without faults in its JSON. What names no tile any more is left out. */
export function requestOf(scenario: TypedScenario, draft: Draft): SimulationRequest {
  const { users, startAt, until, version, responses, branches } = scenario;
  const calling = new Set(callingTiles(draft).map(({ id }) => id));
  const splits = new Map(abSplits(draft).map((split) => [split.id, split]));
  return {
    users: users.map((user) => userOf(user, draft)),
    startAt: `${startAt}:00Z`,
    ...(until !== undefined && { until }),
    version: version === 'draft' ? version : Number(version),
    responses: Object.fromEntries(
      Object.entries(responses).flatMap(([tileId, answers]) =>
        calling.has(tileId) && answers.length > 0 ? [[tileId, answers.map(answerOf)]] : [],
      ),
    ),
    branches: Object.fromEntries(
      Object.entries(branches).filter(([tileId, name]) =>
        splits.get(tileId)?.branches.some((branch) => branch.name === name),
      ),
    ),
  } as SimulationRequest;
}

function userOf({ name, profile, dataFields, events, callbacks }: TypedUser, draft: Draft) {
  const awaiting = new Set(awaitingTiles(draft).map(({ id }) => id));
  return {
    ...(name.includes('@') ? { email: name.trim() } : { userId: name.trim() }),
    ...(profile !== undefined && { profile: objectIn(profile)! }),
    dataFields: objectIn(dataFields)!,
    events: events.map(({ at, eventName, dataFields: data }) => ({
      ...{ at: at ?? '', eventName, dataFields: objectIn(data)! },
    })),
    callbacks: Object.fromEntries(
      Object.entries(callbacks)
        .filter(([tileId]) => awaiting.has(tileId))
        .map(([tileId, { after, status, data }]) => [
          tileId,
          { after: after ?? '', status, ...(data.trim() !== '' && { data: objectIn(data)! }) },
        ]),
    ),
  };
}

function answerOf({ status, body, after }: TypedAnswer) {
  return {
    status: Number(status),
    ...(body.trim() !== '' && { body: jsonIn(body) ?? body }),
    ...(after !== undefined && { after }),
  };
}
