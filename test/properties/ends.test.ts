import fc from 'fast-check';
import { temporal } from '@temporalio/proto';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/db/connection/client';
import { exitSignal, wakeSignal } from '../../src/workflows/messages';
import { createApi } from '../support/api-world';
import type { Recorded, Reply } from '../support/receiver';
import { until } from '../support/until';
import { createWorld, hasClosed, type Passage, type World } from '../support/world';
import { type Draw, isOneIn, oneOf, settings, several } from './draw';
import { EVENTS, STOP } from './drawn-conditions';
import { drawJourney, type DrawnJourney } from './drawn-journey';
import { type DrawnStory, drawStory } from './drawn-story';
import { type Away, cuttable, OUTAGES, refusing } from './outages';
import {
  call,
  callBack,
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

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND } =
  temporal.api.enums.v1.WorkflowTaskFailedCause;

let world: World;
let stage: Stage;
let wayToTemporal: Awaited<ReturnType<typeof cuttable>>;
/** What the test asks Temporal goes another way than what the world does. */
let connection: Connection;
let client: Client;
beforeAll(async () => {
  const address = process.env.TEMPORAL_ADDRESS!;
  wayToTemporal = await cuttable(address);
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace: 'default' });
  world = await createWorld({ skipTime: false, address: wayToTemporal.address });
  world.receiver.respondAt(TOKEN_PATH, issueToken);
  const api = await createApi(world, { enqueue: world.enqueue });
  stage = await setStage(world, api);
});
afterAll(async () => {
  await stage.api.close();
  await world.close();
  await connection.close();
  await wayToTemporal.begin();
});

const TOKEN_PATH = '/token';
let tokens = 0;
const issueToken: Reply = (_request, response) => {
  const body = { access_token: `token-${(tokens += 1)}`, token_type: 'Bearer', expires_in: 3_600 };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** An entry under way. */
interface Passing {
  scene: Scene;
  entryId: string;
  handle: WorkflowHandle;
  /** Draws what is not known before. */
  choice: number;
}

/** What may come from outside, at any moment: most of it may find that the entry has ended. */
const COMES = {
  'an event': ({ scene, choice }: Passing) =>
    track(stage.api, scene.email, {
      eventName: EVENTS[choice % EVENTS.length]!,
      dataFields: { cartId: choice % 3 === 0 ? 7 : 'c1' },
    }),
  'a profile update': ({ scene, choice }: Passing) =>
    call(stage.api, 'POST', '/api/users/update', {
      email: scene.email,
      dataFields: choice % 2 === 0 ? { rounds: choice % 4 } : { plan: 'pro', timeZone: 'Asia/Kolkata' },
    }),
  'a change of the list': ({ scene: { email }, choice }: Passing) =>
    call(stage.api, 'POST', `/api/lists/${choice % 2 === 0 ? 'subscribe' : 'unsubscribe'}`, {
      ...{ listId: stage.listId, subscribers: [{ email }] },
    }),
  'a call back': async ({ scene, choice }: Passing) => {
    const asked = scene.requests().filter(({ headers }) => headers['wayhook-callback-url']);
    const status = choice % 2 === 0 ? 'success' : 'failure';
    const request = asked[choice % (asked.length || 1)];
    if (request) await callBack(stage, request, { after: '', status, data: {} });
  },
  'an exit by the API': ({ entryId }: Passing) => stage.api.call('POST', `/api/entries/${entryId}/exit`, {}),
  'the signal exit': ({ handle }: Passing) =>
    unlessGone(() => handle.signal(exitSignal, { reason: 'operator' })),
  'a cancellation': ({ handle }: Passing) => unlessGone(() => handle.cancel()),
  'a wake of no wait': ({ handle, entryId }: Passing) =>
    unlessGone(() => handle.signal(wakeSignal, { waitId: `${entryId}/a/9`, arm: 1 })),
  nothing: async () => undefined,
};
type Coming = keyof typeof COMES;
const LEAVING: Coming[] = ['an exit by the API', 'the signal exit', 'a cancellation'];
const OTHERS = (Object.keys(COMES) as Coming[]).filter((coming) => !LEAVING.includes(coming));

async function unlessGone(act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: unknown) => {
    if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
  });
}

interface Step {
  /** The time that passes before it, in ms. */
  afterMs: number;
  coming: Coming;
  choice: number;
}

interface Case {
  scene: Scene;
  journey: DrawnJourney;
  story: DrawnStory;
  steps: Step[];
}

const STEPS = 5;
const MINUTE_MS = 60_000;

function drawCase(draw: Draw): Case {
  const scene = setScene(stage);
  const leftOut = { tokenUrl: world.receiver.url + TOKEN_PATH };
  const rest = { minutes: '21', withRounds: true, leftOut };
  const journey = drawJourney(draw, surroundingsOf(stage, scene, rest));
  const inHours = (hours: number) => new Date(Date.now() + hours * 60 * MINUTE_MS).toISOString();
  const story = drawStory(draw, journey.tiles, inHours);
  const steps = several(draw, STEPS, STEPS, () => ({
    afterMs: oneOf(draw, [0, 2, 60, 600, 3_000]) * MINUTE_MS,
    coming: isOneIn(draw, 8) ? oneOf(draw, LEAVING) : oneOf(draw, OTHERS),
    choice: draw(fc.nat, { max: 11 }),
  }));
  return { scene, journey, story, steps };
}

/** Requests whose connection broke. One on a connection that was used before is sent again at once, unseen. */
const broken = new Set<Recorded>();
const breaks: Reply = (request, response) => {
  broken.add(request);
  response.socket?.resetAndDestroy();
};

/** What endpoints answer: as drawn, but that some connections break. */
function repliesOf({ answers }: DrawnStory): Record<string, Reply[]> {
  const withBreaks = (replies: Reply[]): Reply[] => (replies.length > 2 ? [breaks, ...replies] : replies);
  return Object.fromEntries(
    Object.entries(answers).map(([tileId, replies]) => [tileId, withBreaks(replies as Reply[])]),
  );
}

async function begin(one: Case): Promise<Omit<Passing, 'choice'>> {
  const { scene, journey, story } = one;
  await prepareUser(stage, scene, story);
  const journeyId = await publish(stage, scene, journey);
  prepareEndpoints(stage, scene, repliesOf(story));
  const entryId = await enter(stage, journeyId, scene, story);
  const handle = client.workflow.getHandle(entryId);
  await until(() => handle.describe().catch(() => undefined));
  return { scene, entryId, handle };
}

/** How long the database is away while time passes: an entry then tries again and again. */
const LONGEST_OUTAGE_MS = 120 * MINUTE_MS;

/**
 * Plays a part of all stories at the same time, each in its own virtual time. Without a worker and without Temporal no
 * time passes; without the database nothing comes.
 */
async function play(cases: Case[], passing: Omit<Passing, 'choice'>[], aways: Away[]): Promise<void> {
  const database = refusing(world.db);
  for (const [index, away] of aways.entries()) {
    const stepOf = (at: number) => cases[at]!.steps[index]!;
    const all = (act: (entry: Omit<Passing, 'choice'>, step: Step) => Promise<unknown>) =>
      Promise.all(passing.map((entry, at) => act(entry, stepOf(at))));
    const pass = (mostMs = Infinity) =>
      all(async ({ entryId }, { afterMs }) => {
        const { forwardTo, now } = virtualTimeOf(client, entryId);
        if (afterMs > 0) await forwardTo((await now()) + Math.min(afterMs, mostMs));
      });
    const come = () => all((entry, { coming, choice }) => COMES[coming]({ ...entry, choice }));
    if (away === 'database') {
      database.begin();
      await pass(LONGEST_OUTAGE_MS);
      database.end();
    }
    if (away === 'temporal') await wayToTemporal.begin();
    if (away === null) await pass();
    await (away === 'worker' ? world.withoutWorker(come) : come());
    if (away === 'temporal') await wayToTemporal.end();
  }
  await Promise.all(
    passing.map(async ({ entryId, scene }, at) => {
      await virtualTimeOf(client, entryId).forwardToTheEnd();
      if (cases[at]!.journey.isCyclic)
        await track(stage.api, scene.email, { eventName: STOP, dataFields: {} });
    }),
  );
}

/** How the workflow ended: its result, or the type of its failure. */
async function endOfWorkflow(handle: WorkflowHandle): Promise<string> {
  try {
    return ((await handle.result()) as { status: string }).status;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    return cause?.name === 'CancelledFailure' ? 'CANCELLED' : (cause as { type?: string }).type!;
  }
}

/** How the workflow of an entry may have ended that ended so. */
function endsFor({ status, reason }: Passage['entry'], wasCancelled: boolean): string[] {
  const failed = status === 'exited' && !['exit_rule', 'consent'].includes(reason!);
  return [failed ? reason! : status, ...(wasCancelled ? ['CANCELLED'] : [])];
}

async function expectEnded(
  { steps }: Case,
  { entryId, handle, scene }: Omit<Passing, 'choice'>,
  aways: Away[],
): Promise<void> {
  await until(() => hasClosed(handle), 240_000);
  // A request that was out when the user left is finished and recorded. While the database was away it was not: its row
  // stays open where the entry has ended before the database came back.
  const mayBeOpen = aways.includes('database');
  const { entry, deliveries } = await until(async () => {
    const passage = await world.passage(entryId);
    const isOver = passage.deliveries.every(({ attempts }) =>
      attempts.every(({ outcome }) => outcome !== null),
    );
    return (mayBeOpen || isOver) && passage;
  });
  expect(['completed', 'exited', 'cancelled']).toContain(entry.status);
  expect(entry.endedAt).not.toBeNull();
  const wasCancelled = steps.some(({ coming }) => coming === 'a cancellation');
  expect(endsFor(entry, wasCancelled)).toContain(await endOfWorkflow(handle));
  expectSentOnce(scene, deliveries, mayBeOpen);
  const { events } = await handle.fetchHistory();
  const faults = events!.map((event) => event.workflowTaskFailedEventAttributes).filter(Boolean);
  expect(faults.filter((fault) => fault!.cause !== UNHANDLED_COMMAND)).toEqual([]);
}

/** Each request has the id of its delivery, and only one that is to be retried is made again. */
function expectSentOnce(scene: Scene, deliveries: Passage['deliveries'], mayBeOpen: boolean): void {
  const answered = scene.requests().filter((request) => !broken.has(request));
  const logged = deliveries.flatMap(({ id, attempts }) =>
    attempts
      .filter(({ status, outcome }) => status !== null || (mayBeOpen && outcome === null))
      .map(() => id),
  );
  expect(answered.map(({ headers }) => headers['webhook-id']).sort()).toEqual(logged.sort());
  for (const { status, attempts } of deliveries) {
    expect(status).not.toBe('pending');
    const repeated = attempts.slice(0, -1).filter(({ outcome }) => outcome !== 'unauthorized');
    expect(repeated.filter(({ outcome }) => outcome !== 'retry')).toEqual([]);
    expect(repeated.length).toBeLessThan(4);
    // For each a fresh token was requested.
    expect(attempts.length - repeated.length).toBeLessThanOrEqual(1 + 3);
  }
}

/** What watched for changes of a user is gone, once somebody looks. */
async function expectNothingLeft({ scene: { email } }: Omit<Passing, 'choice'>): Promise<void> {
  const ofUser = sql`from users join entries on entries.user_id = users.id and ended_at is null where email = ${email}`;
  // Those that its tiles sent the user to.
  await until(async () => (await rowsOf(world.db, sql`select 1 ${ofUser}`)).length === 0);
  for (const eventName of [...EVENTS, STOP]) await track(stage.api, email, { eventName, dataFields: {} });
  await call(stage.api, 'POST', '/api/users/update', { email, dataFields: { looked: true } });
  for (const change of ['subscribe', 'unsubscribe']) {
    await call(stage.api, 'POST', `/api/lists/${change}`, { listId: stage.listId, subscribers: [{ email }] });
  }
  const left = await rowsOf(
    world.db,
    sql`
    select watched, (select count(*) from waits where user_id = users.id) as waits from users where email = ${email}`,
  );
  expect(left).toEqual([{ watched: [], waits: 0 }]);
}

async function outboxEmpties(): Promise<void> {
  await until(async () => (await rowsOf(world.db, sql`select kind, ref from outbox`)).length === 0);
}

/** Entries that are under way at the same time. */
const AT_ONCE = 6;

it('every entry ends once, whatever comes and whenever, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const cases = several(draw, AT_ONCE, AT_ONCE, () => drawCase(draw));
      const aways = several(draw, STEPS, STEPS, () => (isOneIn(draw, 2) ? oneOf(draw, OUTAGES) : null));
      const passing: Omit<Passing, 'choice'>[] = [];
      for (const one of cases) passing.push(await begin(one));
      await play(cases, passing, aways);
      for (const [index, entry] of passing.entries()) {
        const { journey, story, steps } = cases[index]!;
        try {
          await expectEnded(cases[index]!, entry, aways);
          await expectNothingLeft(entry);
        } catch (cause) {
          const told = JSON.stringify({ journey, story, steps, aways }, null, 1);
          throw new Error(`${(cause as Error).message}\nEntry ${entry.entryId}: ${told}`, { cause });
        }
      }
      await outboxEmpties();
    }),
    settings(8),
  );
});
