import fc from 'fast-check';
import { parseDuration } from '../../src/domain/time/duration';
import { createApi } from '../support/api-world';
import type { Reply } from '../support/receiver';
import { createTestSimulator } from '../support/simulator';
import { createWorld, type World } from '../support/world';
import { type Draw, settings } from './draw';
import { STOP } from './drawn-conditions';
import { drawJourney, type DrawnJourney } from './drawn-journey';
import { type DrawnStory, drawStory } from './drawn-story';
import {
  call,
  callBack,
  dispatched,
  enter,
  prepareEndpoints,
  prepareUser,
  publish,
  type Scene,
  setScene,
  setStage,
  type Stage,
  surroundingsOf,
  track,
} from './stage';
import { virtualTimeOf } from './virtual-time';

const simulator = createTestSimulator();
let world: World;
let stage: Stage;
beforeAll(async () => {
  world = await createWorld({ skipTime: false });
  stage = await setStage(world, await createApi(world, { enqueue: world.enqueue, simulator }));
});
afterAll(async () => {
  await stage.api.close();
  await world.close();
  await simulator.close();
});

/*
 * A real run takes some seconds more than a simulation: requests and workflow tasks take their time, and users who wait
 * for one moment are spread. So that nothing comes once before and once after something else, everything has its place
 * in a round of three minutes, which all pauses of a journey are multiples of: what follows from the start, what follows
 * from a time of day, and what the user does.
 */
const ROUND_S = 180;
const MINUTE_S = 60;
const SPREAD_S = 20;

interface Places {
  /** The minutes of each time of day. */
  minutes: string;
  /** How long after the start the places are for what the user does, in ms. */
  doneMs: number[];
}

function placesOf(startAt: number): Places {
  const start = (startAt / 1_000) % ROUND_S;
  const away = (place: number) => (place - start + ROUND_S) % ROUND_S;
  const distance = (place: number) => Math.min(away(place), ROUND_S - away(place));
  const [ofDay] = [0, MINUTE_S, 2 * MINUTE_S].sort((one, other) => distance(other) - distance(one));
  // Between the start and the times of day, and between these, with those who are spread after them, and the start.
  const [first, second] = [away(ofDay!), ROUND_S - away(ofDay!) - SPREAD_S];
  const after = away(ofDay!) + SPREAD_S;
  const done =
    first > second
      ? [first / 3, (2 * first) / 3, after + second / 2]
      : [first / 2, after + second / 3, after + (2 * second) / 3];
  return { minutes: String(21 + ofDay! / MINUTE_S), doneMs: done.map((place) => Math.round(place * 1_000)) };
}

interface Case {
  startAt: number;
  scene: Scene;
  journey: DrawnJourney;
  story: DrawnStory;
}

const HOUR_MS = 3_600_000;
/** When users leave who come round. */
const STOPPED_AFTER_MS = 40 * HOUR_MS;

function drawCase(draw: Draw): Case {
  const startAt = Date.now();
  const { minutes, doneMs } = placesOf(startAt);
  const scene = setScene(stage);
  const journey = drawJourney(draw, surroundingsOf(stage, scene, { minutes, withRounds: false }));
  const moment = (hours: number) => {
    const hour = new Date(startAt + hours * HOUR_MS).toISOString().slice(0, 14);
    return `${hour}${minutes}:00Z`;
  };
  const drawn = drawStory(draw, journey.tiles, moment);
  const stop = { eventName: STOP, dataFields: {}, afterMs: STOPPED_AFTER_MS };
  const events = [...drawn.events, ...(journey.isCyclic ? [stop] : [])].map((event, index) => ({
    ...event,
    afterMs: event.afterMs + doneMs[index]!,
  }));
  return { startAt, scene, journey, story: { ...drawn, events } };
}

interface SimulatedRequest {
  tileId: string;
  attempt: number;
  at: string;
  method: string;
  url: string;
  body?: string;
  status: number | null;
}

async function simulate({ startAt, scene: { email }, journey, story }: Case, journeyId: number) {
  const { dataFields, events, callbacks, answers } = story;
  const scripted = events.map(({ afterMs, ...event }) => ({ at: iso(startAt + afterMs), ...event }));
  const tracked = Object.entries(answers).filter(([tileId]) => journey.tiles.some(({ id }) => id === tileId));
  const { body } = await call(stage.api, 'POST', `/api/journeys/${journeyId}/simulate`, {
    users: [{ email, dataFields, events: scripted, callbacks }],
    startAt: iso(startAt),
    version: 1,
    responses: Object.fromEntries(tracked),
  });
  return body.users[0];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** What is done from outside at a virtual time. */
interface Action {
  at: number;
  act: () => Promise<unknown>;
}

function actionsOf({ startAt, scene, story }: Case, requests: SimulatedRequest[]): Action[] {
  const events = story.events.map((event) => ({
    at: startAt + event.afterMs,
    act: () => track(stage.api, scene.email, event),
  }));
  const visits = new Map<string, number>();
  const calls = requests.flatMap(({ tileId, at }) => {
    const index = visits.get(tileId) ?? 0;
    visits.set(tileId, index + 1);
    // A tile may be called “constructor”.
    const callback = Object.hasOwn(story.callbacks, tileId) ? story.callbacks[tileId] : undefined;
    if (callback === undefined) return [];
    const act = async () => {
      const request = scene.requestsOf(tileId)[index];
      if (request) await callBack(stage, request, callback);
    };
    return [{ at: Date.parse(at) + parseDuration(callback.after)!, act }];
  });
  return [...events, ...calls].sort((one, other) => one.at - other.at);
}

async function run(one: Case, journeyId: number, simulated: { requests: SimulatedRequest[] }) {
  const entryId = await enter(stage, journeyId, one.scene, one.story);
  await dispatched(stage, entryId);
  const { forwardTo, forwardToTheEnd } = virtualTimeOf(world.client, entryId);
  for (const { at, act } of actionsOf(one, simulated.requests)) {
    if (!(await forwardTo(at))) break;
    await act();
    await dispatched(stage, entryId);
  }
  await forwardToTheEnd();
  await world.ended(entryId);
  return (await call(stage.api, 'GET', `/api/entries/${entryId}`)).body;
}

interface PathStep {
  tileId: string;
  way: string;
  why: string | null;
}

/** Where the path says what became of a user in another journey, which a simulation does not have. */
const SENT_ON = /^(.*sent to journey .*|journey \d+ is not simulated)$/;

/** Without times. */
function stepsOf(path: PathStep[]) {
  return path.map(({ tileId, way, why }) => [tileId, way, why?.replace(SENT_ON, 'sent on') ?? null]);
}

interface Attempt {
  tileId: string;
  number: number;
  status: number | null;
  startedAt: string;
}

async function attemptsOf(deliveryIds: string[]): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const id of deliveryIds) {
    const { tileId, attempts: made } = (await call(stage.api, 'GET', `/api/deliveries/${id}`)).body;
    for (const { number, status, startedAt } of made) attempts.push({ tileId, number, status, startedAt });
  }
  attempts.sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt));
  return attempts;
}

async function expectSame(one: Case, journeyId: number) {
  const simulated = await simulate(one, journeyId);
  const real = await run(one, journeyId, simulated);
  const { origin } = new URL(one.scene.urlOf(''));
  const attempts = await attemptsOf(real.deliveries);
  fc.pre(!isTooLate(simulated.requests, attempts));
  const found = {
    end: [real.status, real.reason, real.detail],
    path: stepsOf(real.path),
    attempts: attempts.map(({ tileId, number, status }) => [tileId, number, status]),
    requests: one.scene.requests().map(({ method, url, text }) => [method, url, text]),
  };
  expect(found).toEqual({
    end: [simulated.outcome, simulated.reason ?? null, simulated.detail ?? null],
    path: stepsOf(simulated.path),
    attempts: simulated.requests.map(({ tileId, attempt, status }: SimulatedRequest) => [
      tileId,
      attempt,
      status,
    ]),
    requests: simulated.requests.map(({ method, url, body = '' }: SimulatedRequest) => [
      ...[method, url.replace(origin, ''), body],
    ]),
  });
  return simulated.outcome as string;
}

/** What a real run may be late by, besides the spread. */
const MOST_LATE_MS = 15_000;

/** Whether the machine was so slow that the order of things was not the same. */
function isTooLate(simulated: SimulatedRequest[], real: Attempt[]): boolean {
  const until = simulated.findIndex(({ tileId, attempt }, index) => {
    const made = real[index];
    return made === undefined || made.tileId !== tileId || made.number !== attempt;
  });
  const same = simulated.slice(0, until < 0 ? undefined : until);
  return same.some(
    ({ at }, index) => Date.parse(real[index]!.startedAt) - Date.parse(at) > SPREAD_S * 1_000 + MOST_LATE_MS,
  );
}

it('a simulation and a real run take the same path and make the same requests', async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const one = drawCase(draw);
      const { journey, story, scene } = one;
      try {
        await prepareUser(stage, scene, story);
        const journeyId = await publish(stage, scene, journey);
        prepareEndpoints(stage, scene, story.answers as Record<string, Reply[]>);
        ends.add(await expectSame(one, journeyId));
      } catch (cause) {
        if (fc.PreconditionFailure.isFailure(cause)) throw cause;
        const told = JSON.stringify({ journey, story }, null, 1);
        throw new Error(`${(cause as Error).message}\nThe case, from ${iso(one.startAt)}: ${told}`, {
          cause,
        });
      }
    }),
    settings(30),
  );
  expect(ends).toContain('completed');
});
