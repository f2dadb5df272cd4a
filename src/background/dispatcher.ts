import type { Database } from '../db/connection/client';
import {
  type EntryItem,
  type OutboxItem,
  type OutboxKey,
  outboxKeyOf,
  removeDispatched,
  takeDue,
} from '../db/outbox';
import { readPlan } from '../db/journeys/versions';
import type { Plan } from '../domain/journeys/plan';
import type { Temporal } from '../temporal/client';
import { isOutage } from '../temporal/outage';
import { createBatcher } from './batcher';
import { createDispatchQueue } from './dispatch-queue';
import { type Log, tryTo, warnOfRetry } from './log';
import { repeat } from './repeat';

export interface DispatcherDeps {
  db: Database;
  temporal: Pick<Temporal, 'startJourney' | 'startEvent' | 'wake' | 'requestExit'>;
  log: Log;
}

export interface Dispatcher {
  /** Dispatches what was just accepted. Never throws, never waits: the item is in the outbox anyway. */
  enqueue: (item: OutboxItem) => void;
  /** Waits for the calls under way; the rest stays in the outbox. */
  stop: () => Promise<void>;
}

const CALLS_AT_ONCE = 50;
const SWEEP_MS = 5_000;
/** Long before another process may take an item, and long enough to remove many at once. */
const ACKNOWLEDGE_MS = 250;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands to Temporal what was accepted, at least once each: starts the workflows of entries and event deliveries, whose
 * workflow id makes it exactly once, and signals workflows whose wait has ended or whose entry was closed. While Temporal is down the items wait, however long. What this process accepts is enqueued at once and costs no
 * query; what another process left behind comes from the outbox, swept every few seconds.
 */
export function startDispatcher({ db, temporal, log }: DispatcherDeps): Dispatcher {
  const queue = createDispatchQueue();
  const handOver = createHandOver(db, temporal);
  const running = new Set<Promise<void>>();
  const backoff = createBackoff(dispatchQueued);
  const acknowledge = createAcknowledger(db, log, queue.release);
  let stopped = false;

  function enqueue(item: OutboxItem): void {
    if (stopped) return;
    queue.add(item);
    dispatchQueued();
  }

  function dispatchQueued(): void {
    while (!stopped && !backoff.isPausing() && running.size < CALLS_AT_ONCE) {
      const item = queue.next();
      if (item === undefined) return;
      const work: Promise<void> = dispatch(item).finally(() => {
        running.delete(work);
        dispatchQueued();
      });
      running.add(work);
    }
  }

  async function dispatch(item: OutboxItem): Promise<void> {
    const { kind, ref: id } = outboxKeyOf(item);
    try {
      await handOver(item);
      backoff.reset();
      acknowledge.add(outboxKeyOf(item));
    } catch (error) {
      warnOfRetry({ log, what: NAMES[kind], fields: { id } }, error);
      if (!isOutage(error)) return queue.release(outboxKeyOf(item));
      // An outage affects every call: all of them wait.
      queue.putBack(item);
      if (!stopped) backoff.pause();
    }
  }

  const sweeping = repeat({ everyMs: SWEEP_MS, log, what: 'read the outbox' }, async () => {
    (await takeDue(db, queue.room())).forEach(enqueue);
  });

  return {
    enqueue,
    async stop() {
      stopped = true;
      backoff.stop();
      await sweeping.stop();
      await Promise.all(running);
      await acknowledge.settled();
    },
  };
}

const NAMES: Record<OutboxKey['kind'], string> = {
  entry: 'start the workflow of an entry',
  event: 'start the workflow of an event delivery',
  wake: 'signal a workflow that its wait has ended',
  exit: 'signal a workflow to exit',
  job: 'do the next page of a job',
};

/** Hands an item to Temporal. Throws what the client throws. */
function createHandOver(db: Database, temporal: DispatcherDeps['temporal']) {
  const planOf = createPlanCache(db);
  return async (item: OutboxItem): Promise<void> => {
    if ('deliveryId' in item) return temporal.startEvent(item);
    if ('waitId' in item) return temporal.wake(item);
    if ('exitOf' in item) {
      const { workflowId, firstRunId, reason } = item;
      const known = reason === 'user_deleted' || reason === 'superseded';
      await temporal.requestExit(workflowId, firstRunId, known ? reason : 'operator');
      return;
    }
    return temporal.startJourney({ ...item, plan: await planOf(item) });
  };
}

const MOST_PLANS = 1_000;

/** Versions never change, so neither do their plans. */
function createPlanCache(db: Database): (item: EntryItem) => Promise<Plan> {
  const plans = new Map<string, Plan>();
  return async ({ journeyId, version }) => {
    const key = `${journeyId}/${version}`;
    const plan = plans.get(key) ?? (await readPlan(db, journeyId, version));
    if (!plan) throw new Error(`Journey ${journeyId} has no version ${version}.`);
    if (plans.size >= MOST_PLANS) plans.clear();
    plans.set(key, plan);
    return plan;
  };
}

/**
 * Removes dispatched items from the outbox, many with one statement, and releases them. An item that cannot be
 * removed is dispatched again later; Temporal has its workflow id then.
 */
function createAcknowledger(db: Database, log: Log, release: (key: OutboxKey) => void) {
  const what = 'remove dispatched items from the outbox';
  return createBatcher<OutboxKey>(ACKNOWLEDGE_MS, async (keys) => {
    await tryTo({ log, what, fields: { count: keys.length } }, () => removeDispatched(db, keys));
    keys.forEach(release);
  });
}

/** A pause that doubles each time until it is reset; `onEnd` is called at its end. */
function createBackoff(onEnd: () => void) {
  let pauseMs = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    isPausing: () => timer !== undefined,
    pause() {
      if (timer !== undefined) return;
      pauseMs = Math.min(Math.max(pauseMs * 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
      timer = setTimeout(() => {
        timer = undefined;
        onEnd();
      }, pauseMs);
    },
    reset: () => void (pauseMs = 0),
    stop: () => clearTimeout(timer),
  };
}
