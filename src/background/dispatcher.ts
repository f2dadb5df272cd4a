import type { Database } from '../db/connection/client';
import { refOf, removeDispatched, takeDue, type OutboxItem, type EntryItem } from '../db/outbox';
import { readPlan } from '../db/journeys/versions';
import type { Plan } from '../domain/journeys/plan';
import type { Temporal } from '../temporal/client';
import { isOutage } from '../temporal/outage';
import { innermost, type Log } from './log';
import { repeat } from './repeat';

export interface DispatcherDeps {
  db: Database;
  temporal: Pick<Temporal, 'startJourney' | 'startEvent'>;
  log: Log;
}

export interface Dispatcher {
  /** Takes what was just accepted. Never throws, never waits: the outbox has it anyway. */
  enqueue: (item: OutboxItem) => void;
  /** Finishes what is being handed over now; the rest stays in the outbox. */
  stop: () => Promise<void>;
}

const STARTS_AT_ONCE = 50;

/** Entries and events held in memory; those above it lie in the outbox until a sweep finds them. */
const MOST_IN_HAND = 5_000;

/** Of these, what jobs made: there is always room for what is asked for singly. */
const MOST_OF_JOBS = 2_500;

const SWEEP_MS = 5_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands accepted entries, and deliveries of events, to Temporal, at least once each: the workflow id makes it one
 * start. While Temporal is away it holds them, however long. Those of this process are offered as they are accepted
 * and cost no reading; what another process left behind comes from the outbox, swept every few seconds.
 */
export function startDispatcher({ db, temporal, log }: DispatcherDeps): Dispatcher {
  const queue: OutboxItem[] = [];
  /** What jobs made, which goes when nothing else is there. */
  const queueOfJobs: OutboxItem[] = [];
  const inHand = new Set<string>();
  const plans = new Map<string, Plan>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let pauseMs = 0;
  let pausing: NodeJS.Timeout | undefined;

  function enqueue(item: OutboxItem): void {
    const ref = refOf(item);
    if (stopped || inHand.size >= MOST_IN_HAND || inHand.has(ref)) return;
    if (item.ofJob && queueOfJobs.length >= MOST_OF_JOBS) return;
    inHand.add(ref);
    queueFor(item).push(item);
    pump();
  }

  function queueFor({ ofJob }: OutboxItem): OutboxItem[] {
    return ofJob ? queueOfJobs : queue;
  }

  function next(): OutboxItem | undefined {
    return queue.shift() ?? queueOfJobs.shift();
  }

  function pump(): void {
    while (!stopped && pausing === undefined && running.size < STARTS_AT_ONCE) {
      const item = next();
      if (item === undefined) return;
      const work: Promise<void> = handOver(item).finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
  }

  async function handOver(item: OutboxItem): Promise<void> {
    const ref = refOf(item);
    try {
      await start(item);
      pauseMs = 0;
      forget.add(ref);
    } catch (error) {
      log.warn({ id: ref, error: innermost(error) }, `${nameOf(item)} could not be handed to Temporal yet`);
      if (!isOutage(error)) return void inHand.delete(ref);
      queueFor(item).unshift(item);
      holdBack();
    }
  }

  async function start(item: OutboxItem): Promise<void> {
    if ('deliveryId' in item) return temporal.startEvent(item);
    return temporal.startJourney({ ...item, plan: await planOf(item) });
  }

  /** An outage shows in every start: all of them wait, longer each time. */
  function holdBack(): void {
    if (pausing !== undefined || stopped) return;
    pauseMs = Math.min(Math.max(pauseMs * 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    pausing = setTimeout(() => {
      pausing = undefined;
      pump();
    }, pauseMs);
  }

  async function planOf({ journeyId, version }: EntryItem): Promise<Plan> {
    const key = `${journeyId}/${version}`;
    const plan = plans.get(key) ?? (await readPlan(db, journeyId, version));
    if (!plan) throw new Error(`Journey ${journeyId} has no version ${version}.`);
    if (plans.size >= 1_000) plans.clear();
    plans.set(key, plan);
    return plan;
  }

  /** Rows that cannot be removed now are offered again, and Temporal knows them. */
  const forget = createBatcher(async (refs) => {
    try {
      await removeDispatched(db, refs);
    } catch (error) {
      log.warn(
        { count: refs.length, error: innermost(error) },
        'what was handed over stays in the outbox for now',
      );
    }
    for (const ref of refs) inHand.delete(ref);
  });

  async function sweep(): Promise<void> {
    try {
      for (const item of await takeDue(db, MOST_IN_HAND - inHand.size)) enqueue(item);
    } catch (error) {
      log.warn({ error: innermost(error) }, 'the outbox could not be read; it is tried again');
    }
  }
  const sweeping = repeat(SWEEP_MS, sweep);

  return {
    enqueue,
    async stop() {
      stopped = true;
      clearTimeout(pausing);
      await sweeping.stop();
      await Promise.all(running);
      await forget.settled();
    },
  };
}

function nameOf(item: OutboxItem): string {
  return 'entryId' in item ? 'an entry' : 'an event';
}

/** Collects what is added while a batch is under way, and runs the next with all of it. */
function createBatcher(run: (items: string[]) => Promise<void>) {
  let items: string[] = [];
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    while (items.length > 0) {
      const batch = items;
      items = [];
      await run(batch);
    }
    working = undefined;
  };
  return {
    add(item: string): void {
      items.push(item);
      working ??= Promise.resolve().then(work);
    },
    settled: (): Promise<void> => working ?? Promise.resolve(),
  };
}
