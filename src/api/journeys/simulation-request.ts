import { z } from 'zod';
import { MAX_INT } from '../../db/connection/ids';
import { boundedList } from '../../domain/bounded-list';
import { ApiError, type Faults, pathText, refuse } from '../../domain/errors';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import { type AbSplitTile, splitKeyOf } from '../../domain/journeys/tiles/ab-split';
import { Duration } from '../../domain/journeys/tiles/fields';
import { durationFault, parseDuration } from '../../domain/time/duration';
import { profileFault } from '../../domain/users/profile';
import { Callback } from '../../domain/webhooks/callback';
import type { DoneEvent, ScriptedAnswer } from '../../simulation/contract';
import type { GivenSimulation, GivenUser } from '../../usecases/journeys/simulate';
import { Instant } from '../http/schemas';
import { requiredNamesOf } from '../users/identity';

/* What a simulation is asked for (docs/simulation.md). */

const MOST_USERS = 100;
const MOST_EVENTS = 1_000;
const MOST_ANSWERS = 100;

const At = z.string().superRefine((text, context) => {
  if (parseDuration(text) !== undefined || Instant.safeParse(text).success) return;
  const message = `A time is a duration from the start, or ISO-8601, such as 2025-01-31T09:30:00Z. ${durationFault(text)}`;
  context.addIssue({ code: 'custom', message });
});

const Event = z.strictObject({
  at: At.describe('From the start, such as "2 days", or a moment.'),
  eventName: z.string().trim().min(1).max(255),
  dataFields: z.record(z.string(), z.unknown()).default({}),
});

const Call = z.strictObject({ after: Duration, ...Callback.shape });

const User = z.strictObject({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  profile: z
    .record(z.string(), z.unknown())
    .superRefine((profile, context) => {
      const fault = profileFault(profile);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `The profile ${fault}` });
    })
    .optional()
    .describe('Left out, a copy of the real user, if there is one: with lists, tags and latest events.'),
  dataFields: z.record(z.string(), z.unknown()).default({}).describe('The trigger data.'),
  events: boundedList(Event, MOST_EVENTS).default([]),
  callbacks: z
    .record(z.string(), Call)
    .default({})
    .describe(
      'By tile with a callback: when its endpoint calls back, counted from its answer, and what it says.',
    ),
});

const Response = z.strictObject({
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional().describe('Text, or JSON.'),
  after: Duration.optional().describe('How long the endpoint takes.'),
});

const NO_CALLS =
  'A simulation calls no endpoint. Leave callEndpoints out, and script the responses. For real requests, test a ' +
  'webhook (POST /api/journeyWebhooks/test), or send one user through the draft (POST /api/journeys/{id}/test).';

export const Scenario = z.strictObject({
  users: boundedList(
    User,
    MOST_USERS,
    1,
    `A simulation has at most ${MOST_USERS} users: it shows what happens, it is no load test. Send fewer.`,
  ).describe(`Up to ${MOST_USERS}: a simulation shows what happens, it is no load test.`),
  startAt: Instant.optional().describe('When all enter. Left out, tomorrow at 9:00 UTC.'),
  until: At.optional().describe(
    'When the simulation ends. Left out, and at most, two years after the start.',
  ),
  responses: z
    .record(z.string(), boundedList(Response, MOST_ANSWERS, 1))
    .default({})
    .describe(
      'By tile: what its endpoint answers to a user, in turn, the last again and again. Else 200 and {}.',
    ),
  branches: z
    .record(z.string(), z.string())
    .default({})
    .describe('By A/B split: the branch that all users take.'),
  callEndpoints: z.literal(false, NO_CALLS).optional(),
});
export type Scenario = z.infer<typeof Scenario>;

export const Version = z
  .union(
    [z.literal('draft'), z.int().positive().max(MAX_INT)],
    'Send "draft", or the number of a published version.',
  )
  .default('draft')
  .describe('A published version, or the draft.');

const DAY_MS = 86_400_000;
const LONGEST_MS = 731 * DAY_MS;

/** Throws `BadParams` with everything that does not fit the journey or the time. */
export function simulationOf(
  scenario: Scenario,
  { journeyId, definition }: { journeyId: number; definition: JourneyDefinition },
): GivenSimulation {
  const startAt = scenario.startAt === undefined ? tomorrowMorning() : Date.parse(scenario.startAt);
  const until = scenario.until === undefined ? startAt + LONGEST_MS : timeOf(scenario.until, startAt);
  refuse({
    ...unknownTiles(definition, { responses: scenario.responses, branches: scenario.branches }),
    ...unknownBranches(definition, scenario),
    ...contraryBranches(journeyId, definition, scenario),
    ...unknownCallbacks(definition, scenario),
    ...(until < startAt && {
      until: 'The simulation would end before its start. Name a later time, or a duration such as "30 days".',
    }),
    ...(until > startAt + LONGEST_MS && {
      until: 'A simulation ends within two years. Name an earlier time.',
    }),
    ...earlyEvents(scenario, startAt),
    ...repeatedUsers(scenario),
  });
  const users = scenario.users.map((user) => userOf(user, startAt));
  const { branches } = scenario;
  return { journeyId, definition, users, startAt, until, branches, responses: responsesOf(scenario) };
}

/** The same for all of a day, so that a request that is sent again gets the same answer. */
function tomorrowMorning(): number {
  return (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS + 9 * 3_600_000;
}

function timeOf(at: string, startAt: number): number {
  const duration = parseDuration(at);
  return duration === undefined ? Date.parse(at) : startAt + duration;
}

function userOf(
  { profile, dataFields, events, callbacks, ...named }: Scenario['users'][number],
  startAt: number,
): GivenUser {
  return {
    ...requiredNamesOf(named),
    ...(profile && { profile }),
    dataFields,
    events: events.map(({ at, eventName, dataFields }) => ({
      ...{ at: timeOf(at, startAt), kind: kindOf(eventName), name: eventName, dataFields },
    })),
    callbacks: Object.fromEntries(
      Object.entries(callbacks).map(([tileId, { after, ...call }]) => [
        tileId,
        { ...call, afterMs: parseDuration(after)! },
      ]),
    ),
  };
}

/** Purchases and carts have events of their own. */
function kindOf(eventName: string): DoneEvent['kind'] {
  return eventName === 'purchase' || eventName === 'cartUpdate' ? eventName : 'customEvent';
}

function responsesOf({ responses }: Scenario): Record<string, ScriptedAnswer[]> {
  const answers = Object.entries(responses).map(
    ([tileId, list]) =>
      [
        tileId,
        list.map(({ after, ...answer }) => ({
          ...answer,
          ...(after !== undefined && { afterMs: parseDuration(after)! }),
        })),
      ] as const,
  );
  return Object.fromEntries(answers);
}

function unknownTiles({ tiles }: JourneyDefinition, byTile: Record<string, object>): Faults {
  const known = new Set(tiles.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(byTile).flatMap(([field, named]) =>
      Object.keys(named)
        .filter((tileId) => !known.has(tileId))
        .map((tileId) => [
          pathText([field, tileId]),
          `There is no tile “${tileId}” in this journey. Name one of its tiles.`,
        ]),
    ),
  );
}

function unknownBranches({ tiles }: JourneyDefinition, { branches }: Scenario): Faults {
  const splits = tiles.flatMap((tile) => (tile.type === 'abSplit' ? [tile] : []));
  return Object.fromEntries(
    Object.entries(branches).flatMap(([tileId, name]) => {
      const split = splits.find(({ id }) => id === tileId);
      if (split?.branches.some((branch) => branch.name === name)) return [];
      const message = split
        ? `This split has no branch “${name}”. Name one of its branches.`
        : 'Only A/B splits have branches. Name an abSplit tile, or leave this out.';
      return tiles.some(({ id }) => id === tileId) ? [[pathText(['branches', tileId]), message]] : [];
    }),
  );
}

/** A user has one branch in all splits with the same key. */
function contraryBranches(journeyId: number, { tiles }: JourneyDefinition, { branches }: Scenario): Faults {
  const first = new Map<string, AbSplitTile>();
  return Object.fromEntries(
    tiles.flatMap((tile) => {
      if (tile.type !== 'abSplit' || !Object.hasOwn(branches, tile.id)) return [];
      const key = splitKeyOf(tile, journeyId);
      const other = first.get(key) ?? tile;
      first.set(key, other);
      if (branches[other.id] === branches[tile.id]) return [];
      const message = `This split shares its key with “${other.id}”. Choose the same branch for both.`;
      return [[pathText(['branches', tile.id]), message]];
    }),
  );
}

function unknownCallbacks({ tiles }: JourneyDefinition, { users }: Scenario): Faults {
  const calling = new Set(
    tiles.flatMap((tile) => (tile.type === 'webhook' && tile.callback ? [tile.id] : [])),
  );
  return Object.fromEntries(
    users.flatMap(({ callbacks }, user) =>
      Object.keys(callbacks)
        .filter((tileId) => !calling.has(tileId))
        .map((tileId) => [
          pathText(['users', user, 'callbacks', tileId]),
          `There is no webhook tile “${tileId}” with a callback in this journey. Name one that has a callback, or leave this out.`,
        ]),
    ),
  );
}

function earlyEvents({ users }: Scenario, startAt: number): Faults {
  return Object.fromEntries(
    users.flatMap(({ events }, user) =>
      events.flatMap(({ at }, event) =>
        timeOf(at, startAt) < startAt
          ? [
              [
                `users[${user}].events[${event}].at`,
                'This is before the start of the simulation. Name a later time, or an earlier startAt.',
              ] as const,
            ]
          : [],
      ),
    ),
  );
}

function repeatedUsers({ users }: Scenario): Faults {
  const seen = new Map<string, number>();
  const faults: Faults = {};
  users.forEach((user, index) => {
    for (const name of Object.values(namesOf(user, index))) {
      const key = name.toLowerCase();
      const before = seen.get(key) ?? index;
      seen.set(key, before);
      if (before !== index)
        faults[`users[${index}]`] = `This is the same user as users[${before}]. Name each user once.`;
    }
  });
  return faults;
}

/** Names which user it is that cannot be named so. */
function namesOf(user: Scenario['users'][number], index: number): { email?: string; userId?: string } {
  try {
    return requiredNamesOf(user);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError('BadParams', `users[${index}]: ${error.message}`, {
      [`users[${index}]`]: error.message,
    });
  }
}
