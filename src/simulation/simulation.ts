import { randomBytes } from 'node:crypto';
import { noopMetricMeter } from '@temporalio/common';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Dispatcher } from 'undici';
import { createActivities } from '../activities';
import type { Database } from '../db/connection/client';
import { takeCallback, userOfDelivery } from '../db/deliveries/callbacks';
import { type EnqueueDeps, enqueuing } from '../db/enqueue';
import { newEntryId } from '../db/entries/insert';
import type { OutboxItem } from '../db/outbox';
import { createSealer } from '../db/secrets/seal';
import { type Plan, planOf } from '../domain/journeys/plan';
import { CALLBACK_PATH } from '../domain/webhooks/callback';
import { recordCommerce } from '../usecases/events/record-commerce';
import { trackEvent } from '../usecases/events/track';
import { triggerUser } from '../usecases/journeys/trigger';
import { exitSignal, type JourneyStart, wakeSignal, WORKFLOW_TYPE } from '../workflows/messages';
import type { ActivityParts } from './activity-task';
import { Admissions } from './admissions';
import { Clock } from './clock';
import type { DoneEvent, Entered, SimulatedUser, SimulatedWorld, SimulationResult } from './contract';
import { createEndpoint } from './endpoint';
import { createEngine, type Engine } from './engine';
import { LimitedQueue } from './limited-queue';
import { Limits } from './limits';
import { empty, fill } from './private-database';
import { reportOf } from './report';
import { restoreTime, simulateMachine } from './virtual-machine';

export interface SimulationParts {
  db: Database;
  workflows: ReusableVMWorkflowCreator;
  /** See `AdmittedEntry.maxRequests`. */
  maxRequests: number;
  /** See `ThreadSettings`. */
  longestMs?: number;
}

/** How the database is filled before anybody enters: what lies back does not seem to happen at the entry. */
const BEFORE_MS = 1_000;

/** Runs the real interpreter and the real activities on a private database, in virtual time. Sends nothing. */
export async function simulate(parts: SimulationParts, world: SimulatedWorld): Promise<SimulationResult> {
  const clock = new Clock(world.startAt - BEFORE_MS);
  simulateMachine(clock);
  try {
    return await run(parts, world, clock);
  } finally {
    restoreTime();
  }
}

async function run(parts: SimulationParts, world: SimulatedWorld, clock: Clock): Promise<SimulationResult> {
  const { db, workflows } = parts;
  // The secrets are placeholders, so any key seals them.
  const sealer = { ...createSealer([randomBytes(32)]), hmacKey: world.hmacKey };
  const plan = planOf(world.journeyId, world.definition.tiles, world.definition.exitRules);
  await empty(db);
  const userIds = await fill(db, sealer, world, plan);
  const admissions = new Admissions({ db, clock, journeyId: world.journeyId });
  const enqueue = (item: OutboxItem) => {
    if ('entryId' in item) admissions.entered(item.entryId);
    dispatch(engine, item, { ...parts, plan });
  };
  const deps: EnqueueDeps = { db, enqueue };
  const limits = new Limits(clock, parts.longestMs);
  const agent = createEndpoint({ clock, limits }, world, (url, tileId) => {
    const deliveryId = url.slice(url.lastIndexOf('/') + 1);
    clock.work(() => planCall(deps, world, clock, { deliveryId, tileId }));
  }) as Dispatcher;
  const reached = new Set<string>();
  const activities = noticing(
    { reached, admissions },
    createActivities({
      ...{ ...deps, sealer, agent, meter: noopMetricMeter, cacheMs: 0, maxRequests: parts.maxRequests },
      // Not by chance: the same simulation gives the same answer.
      callbackUrl: (deliveryId) => `http://localhost${CALLBACK_PATH}${deliveryId}`,
    }) as unknown as ActivityParts['activities'],
  );
  const engine = createEngine({ clock, workflows, limited: new LimitedQueue(clock), activities });
  const entered: Entered[] = [];
  world.users.forEach((user, index) => {
    const enterNow = async () => void (entered[index] = await enter(deps, world.journeyId, user));
    clock.at(world.startAt, () => clock.work(enterNow));
    const actNow = (event: DoneEvent) =>
      admissions.during(index, namesOf(user), () => act(deps, user, event));
    for (const event of user.events) clock.at(event.at, () => clock.work(() => actNow(event)));
  });
  await clock.run(world.until, () => limits.check());
  return reportOf({ db, sealer }, world, { userIds, entered, admissions: admissions.all, reached });
}

/** The same activities, which notice the tiles that they are for, and who is not let in again. */
function noticing(
  { reached, admissions }: { reached: Set<string>; admissions: Admissions },
  activities: ActivityParts['activities'],
): ActivityParts['activities'] {
  return Object.fromEntries(
    Object.entries(activities).map(([name, run]) => [
      name,
      async (input: unknown, ...more: unknown[]) => {
        const { tileId } = input as { tileId?: string };
        if (tileId !== undefined) reached.add(tileId);
        const answer = await run(input, ...more);
        if (name === 'send') admissions.sent(input, answer);
        return answer;
      },
    ]),
  );
}

/** As the dispatcher does. Events for event webhooks go nowhere: the simulation has none. */
function dispatch(
  engine: Engine,
  item: OutboxItem,
  { plan, maxRequests }: SimulationParts & { plan: Plan },
): void {
  if ('waitId' in item) {
    const { waitId, workflowId, arm } = item;
    return engine.signal(workflowId, wakeSignal.name, { waitId, arm });
  }
  if ('exitOf' in item) {
    return engine.signal(item.workflowId, exitSignal.name, { reason: item.reason });
  }
  if (!('entryId' in item)) return;
  const { entryId: id, journeyId, version } = item;
  const start: JourneyStart = { journeyId, version, entry: { id, plan, maxRequests } };
  engine.start(WORKFLOW_TYPE, id, start);
}

async function enter(deps: EnqueueDeps, journeyId: number, user: SimulatedUser): Promise<Entered> {
  const entry = {
    ...{ entryId: newEntryId(), journeyId, identity: namesOf(user) },
    triggerData: user.dataFields,
  };
  return (await triggerUser(deps, entry))!;
}

async function act(
  deps: EnqueueDeps,
  user: SimulatedUser,
  { at: createdAt, kind, ...event }: DoneEvent,
): Promise<void> {
  const names = namesOf(user);
  if (kind === 'customEvent') {
    await trackEvent(deps, names, { ...event, kind, createdAt });
    return;
  }
  const update = { ...names, dataFields: {}, mergeNestedObjects: false, createNewFields: true };
  const { shoppingCartItems: items, ...dataFields } = event.dataFields;
  await recordCommerce(deps, update, {
    kind,
    items: Array.isArray(items) ? items : [],
    dataFields,
    createdAt,
  });
}

/** Has the endpoint call back, if that is scripted for the user of the delivery. A second call of a delivery does nothing. */
async function planCall(
  deps: EnqueueDeps,
  world: SimulatedWorld,
  clock: Clock,
  { deliveryId, tileId }: { deliveryId: string; tileId: string },
): Promise<void> {
  const names = await userOfDelivery(deps.db, deliveryId);
  const user = world.users.find(({ email, userId }) => email === names?.email && userId === names?.userId);
  const call = user && Object.hasOwn(user.callbacks, tileId) ? user.callbacks[tileId] : undefined;
  if (call === undefined) return;
  const { afterMs, ...callback } = call;
  clock.at(clock.now + afterMs, () =>
    clock.work(async () => {
      await enqueuing(deps, (db) => takeCallback(db, deliveryId, callback, clock.now));
    }),
  );
}

function namesOf({ email, userId }: SimulatedUser) {
  return { ...(email !== undefined && { email }), ...(userId !== undefined && { userId }) };
}
