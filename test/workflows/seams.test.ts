import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { takeCallback } from '../../src/db/deliveries/callbacks';
import { enqueuing } from '../../src/db/enqueue';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { DAYS } from '../../src/domain/time/days';
import { trackEvent } from '../../src/usecases/events/track';
import { newSigningSecret } from '../../src/webhook/sign';
import { exitSignal, wakeSignal } from '../../src/workflows/messages';
import type { Reply } from '../support/receiver';
import { type SplitWorker, startSplitWorker } from '../support/split-worker';
import { until } from '../support/until';
import { createWorld, type World } from '../support/world';

/*
 * Requests to leave that come in the same workflow task as what the user waited for, and at continue-as-new. Workflows
 * run on a worker of their own, which is away meanwhile; so the next task has everything at once.
 */

let world: World;
let workers: SplitWorker;
beforeAll(async () => {
  world = await createWorld({ skipTime: false, withWorker: false });
  workers = await startSplitWorker(world);
});
afterAll(async () => {
  await workers.close();
  await world.close();
});

/** What may come from outside. Of these, the first two take the user out. */
const COMES = {
  'the signal exit': (handle: WorkflowHandle) => handle.signal(exitSignal, { reason: 'operator' }),
  'a cancellation': (handle: WorkflowHandle) => handle.cancel(),
  'an unknown signal': (handle: WorkflowHandle) => handle.signal('wave', 'hello'),
  'a wake of no wait': (handle: WorkflowHandle) => handle.signal(wakeSignal, { waitId: 'none', arm: 1 }),
};
type Coming = keyof typeof COMES;
const LEAVING: Coming[] = ['the signal exit', 'a cancellation'];

/** A place at which a user is held until the test lets go. */
interface Held {
  /** Tiles whose first holds the user; `after` is the id of the tile to go on at. */
  tiles: (path: string, after: string) => Promise<object[]>;
  isHeld: (path: string, entryId: string) => Promise<boolean>;
  letGo: (path: string, entryId: string) => Promise<unknown>;
  /** Set where it cannot complete once something has come: no time is skipped while a task waits. */
  completesFirst?: true;
  /** Set where the user is held before the tile's request, which must not be sent then. */
  sendsNothing?: true;
}

/** Answers that are held back, by path. */
const answers = new Map<string, () => void>();
const holding = (status: number, body = ''): Reply => {
  return (request, response) => void answers.set(request.url, () => response.writeHead(status).end(body));
};
const isAsked = async (path: string) => answers.has(path);
const answer = async (path: string, entryId: string) => {
  answers.get(path)!();
  await until(async () => ((await described(entryId)).pendingActivities ?? []).length === 0);
};

async function calling(path: string, reply: Reply, more: object, webhook: object = {}): Promise<object> {
  world.receiver.respondAt(path, reply);
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path, ...webhook });
  return { id: 'held', type: 'webhook', webhookId, ...more };
}

/** Completions that the server has for a workflow while no worker runs it. */
const REMOTE: Record<string, Held> = {
  'an answer': {
    tiles: async (path, next) => [await calling(path, holding(200), { next })],
    isHeld: isAsked,
    letGo: answer,
  },
  'a refusal': {
    tiles: async (path, onFailure) => [await calling(path, holding(400), { onFailure })],
    isHeld: isAsked,
    letGo: answer,
  },
  'a fresh token': {
    async tiles(path, next) {
      const tokens: Reply[] = [{ body: { access_token: 'old' } }, holding(200, '{"access_token": "new"}')];
      world.receiver.respondAt(`${path}/token`, ...tokens);
      const tokenUrl = `${world.receiver.url}${path}/token`;
      const authentication = { type: 'oauth2', clientId: 'a', clientSecret: 'b', tokenUrl };
      return [await calling(path, 401, { next }, { authentication })];
    },
    isHeld: (path) => isAsked(`${path}/token`),
    letGo: (path, entryId) => answer(`${path}/token`, entryId),
  },
  'the end of a delay': {
    tiles: async (_path, next) => [{ id: 'held', type: 'delay', for: '1 day', next }],
    isHeld: isWaiting,
    letGo: skipTime,
    completesFirst: true,
  },
  'an event that ends a wait': {
    tiles: async (path, next) => [waitTile(path, next)],
    isHeld: isWaiting,
    async letGo(path, entryId) {
      const event = { kind: 'customEvent', name: path, dataFields: {}, createdAt: Date.now() } as const;
      await trackEvent(world, userAt(path), event);
      await until(async () => (await kindsOf(entryId)).includes('WORKFLOW_EXECUTION_SIGNALED'));
    },
    completesFirst: true,
  },
  'a call back': {
    tiles: async (path, next) => [await awaiting(path, next)],
    isHeld: isWaiting,
    letGo: (_path, entryId) => callBack(entryId),
    completesFirst: true,
  },
  'no call back in time': {
    tiles: async (path, next) => [await awaiting(path, next)],
    isHeld: isWaiting,
    letGo: skipTime,
    completesFirst: true,
  },
  'the opening of a send window': {
    tiles: async (path, next) => [await calling(path, 200, { next, sendWindow: closedNow() })],
    isHeld: isWaiting,
    letGo: skipTime,
    completesFirst: true,
    sendsNothing: true,
  },
  'the timeout of a wait': {
    tiles: async (path, next) => [waitTile(path, next)],
    isHeld: isWaiting,
    letGo: skipTime,
    completesFirst: true,
  },
};

/** A request whose endpoint will call back, and perhaps does. */
async function awaiting(path: string, next: string): Promise<object> {
  const callback = { timeout: '1 day', onSuccess: next, onTimeout: next };
  const signing = { enabled: true };
  const tile = await calling(path, 202, { callback }, { signing });
  const { webhookId } = tile as { webhookId: number };
  await insertSigningSecret(world.db, world.sealer, { webhookId }, newSigningSecret());
  return tile;
}

async function callBack(entryId: string): Promise<void> {
  const { deliveries } = await world.passage(entryId);
  await enqueuing(world, (db) => takeCallback(db, deliveries[0]!.id, { status: 'success' }, Date.now()));
  await until(async () => (await kindsOf(entryId)).includes('WORKFLOW_EXECUTION_SIGNALED'));
}

/** A send window that opens in some hours. */
function closedNow(): object {
  const hourIn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { days: DAYS, from: hourIn(10), to: hourIn(20), timeZone: 'UTC' };
}

function waitTile(event: string, next: string): object {
  return { id: 'held', type: 'waitFor', for: [{ event, next }], timeout: '1 day', onTimeout: next };
}
/** Each case has a path and a user of its own. */
const userAt = (path: string) => ({ userId: path.slice(1, 40) });
async function isWaiting(_path: string, entryId: string): Promise<boolean> {
  return (await kindsOf(entryId)).includes('TIMER_STARTED');
}

/** Lets a timer fire whose workflow has no task. */
async function skipTime(_path: string, entryId: string): Promise<void> {
  await world.client.workflowService.updateWorkflowExecutionOptions({
    namespace: 'default',
    workflowExecution: { workflowId: entryId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
    updateMask: { paths: ['time_skipping_config'] },
  });
  await until(async () => (await kindsOf(entryId)).includes('TIMER_FIRED'));
}

/** Local activities, which are part of a workflow task: what comes meanwhile waits for the next. */
const LOCAL: Record<string, (after: string) => Promise<object[]>> = {
  'an arrival at a delay': async (next) => [{ id: 'held', type: 'delay', for: '1 day', next }],
  'a hand-off': async (next) => [
    { id: 'held', type: 'sendToJourney', journeyId: await world.journey([]), next },
  ],
};

async function described(entryId: string) {
  return (await world.client.workflow.getHandle(entryId).describe()).raw;
}

/** The types of the events of the latest run. */
async function kindsOf(entryId: string): Promise<string[]> {
  const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
  return events!.map(({ eventType }) =>
    temporal.api.enums.v1.EventType[eventType!]!.replace('EVENT_TYPE_', ''),
  );
}

/** So many events make the suite’s server suggest to continue as new: signals that nobody knows. */
const LONG_HISTORY = 500;

async function fillHistory(handle: WorkflowHandle): Promise<void> {
  for (let signals = 0; signals < LONG_HISTORY; signals += 50) {
    await Promise.all(Array.from({ length: 50 }, () => COMES['an unknown signal'](handle)));
  }
}

type Seam = 'the next tile' | 'continue-as-new' | 'the end';

interface Case {
  held: string;
  seam: Seam;
  comes: Coming[];
  /** Whether it comes before the completion, or after it. */
  before: boolean;
}

const coming = fc
  .array(fc.constantFrom(...(Object.keys(COMES) as Coming[])), { minLength: 1, maxLength: 3 })
  .filter((all) => all.some((one) => LEAVING.includes(one)));
const remote: fc.Arbitrary<Case> = fc.record({
  held: fc.constantFrom(...Object.keys(REMOTE)),
  seam: fc.constantFrom<Seam>('the next tile', 'the next tile', 'continue-as-new', 'the end'),
  comes: coming,
  before: fc.boolean(),
});
const local: fc.Arbitrary<Case> = fc.record({
  held: fc.constantFrom(...Object.keys(LOCAL)),
  seam: fc.constant<Seam>('the next tile'),
  comes: coming,
  before: fc.boolean(),
});

interface Passing extends Case {
  path: string;
  entryId: string;
  handle: WorkflowHandle;
}

async function enter(one: Case): Promise<Passing> {
  const path = `/${randomUUID()}`;
  const after = one.seam === 'the end' ? 'exit' : 'after';
  const tiles = await (REMOTE[one.held]?.tiles(path, after) ?? LOCAL[one.held]!(after));
  const call = { type: 'webhook', webhook: { url: `${world.receiver.url}${path}/after` } };
  // Behind a local activity the same task goes on: a request would be out before anybody hears of the exit.
  const rest =
    one.held in LOCAL
      ? [
          { id: 'after', type: 'delay', for: '1 day' },
          { id: 'last', ...call },
        ]
      : [{ id: 'after', ...call }];
  const journeyId = await world.journey(after === 'exit' ? tiles : [...tiles, ...rest]);
  const entryId = await world.enter(journeyId, { identity: userAt(path) });
  const handle = world.client.workflow.getHandle(entryId);
  await until(() => handle.describe().catch(() => undefined));
  return { ...one, path, entryId, handle };
}

async function come({ comes, handle }: Passing): Promise<void> {
  for (const one of comes) await COMES[one](handle);
}

async function completeWithoutWorkflows(passing: Passing): Promise<void> {
  const { seam, path, entryId, handle } = passing;
  const held = REMOTE[passing.held]!;
  const before = passing.before && !held.completesFirst;
  if (before) await come(passing);
  await held.letGo(path, entryId);
  if (seam === 'continue-as-new') await fillHistory(handle);
  if (!before) await come(passing);
}

/** Lets workflows run while no local activity can end, until each of these has a task under way. */
async function whileLocalActivitiesRun(passing: Passing[], run: () => Promise<unknown>): Promise<void> {
  const ids = sql.param(passing.map(({ entryId }) => entryId));
  await world.db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from entries where id = any(${ids}::text[]) for update`);
    await workers.startWorkflows();
    for (const { entryId } of passing) {
      await until(async () => (await kindsOf(entryId)).at(-1) === 'WORKFLOW_TASK_STARTED');
    }
    await run();
  });
}

const requestsAt = (path: string) => world.receiver.requests.filter(({ url }) => url === path).length;

async function expectLeft({ entryId, handle, path, held, seam, comes, before }: Passing): Promise<void> {
  const { entry } = await world.ended(entryId);
  const what = `${held}, ${seam}, ${comes.join(' and ')} ${before ? 'before' : 'after'}`;
  const { status } = await handle.describe();
  const result = await handle.result().catch(() => undefined);
  const found = {
    what,
    entry: entry.status,
    after: requestsAt(`${path}/after`) + (REMOTE[held]?.sendsNothing ? requestsAt(path) : 0),
    workflow: status.name === 'CANCELLED' ? 'CANCELLED' : result,
  };
  // At the end of the journey the user may have arrived: the entry and its workflow say the same.
  const ends = seam === 'the end' && entry.status === 'completed' ? 'completed' : 'cancelled';
  const left = { what, entry: ends, after: 0, workflow: { status: ends } };
  const cancelled = comes.includes('a cancellation') ? [{ ...left, workflow: 'CANCELLED' }] : [];
  expect([left, ...cancelled]).toContainEqual(found);
}

it('nobody who is to leave goes on, whatever completes in the same workflow task', async () => {
  const batch = fc.tuple(
    fc.array(remote, { minLength: 20, maxLength: 20 }),
    fc.array(local, { minLength: 8, maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(batch, async ([remotes, locals]) => {
      await workers.startWorkflows();
      const held = await Promise.all(remotes.map(enter));
      await Promise.all(held.map((one) => until(() => REMOTE[one.held]!.isHeld(one.path, one.entryId))));
      await workers.stopWorkflows();
      await Promise.all(held.map(completeWithoutWorkflows));
      const starting = await Promise.all(locals.map(enter));
      const early = starting.filter(({ before }) => before);
      const late = starting.filter(({ before }) => !before);
      await Promise.all(early.map(come));
      await whileLocalActivitiesRun(late, () => Promise.all(late.map(come)));
      await Promise.all([...held, ...starting].map(expectLeft));
      await workers.stopWorkflows();
    }),
    { numRuns: 2, endOnFailure: true },
  );
});
