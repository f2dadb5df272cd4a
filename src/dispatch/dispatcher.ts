import type { Database } from '../db/client';
import { removeHandedOver, takeDue, type Waiting } from '../db/outbox';
import { readPlan } from '../db/versions';
import type { Plan } from '../domain/plan';
import { isOutage, type Temporal } from '../temporal';
import { innermost, type Log } from './log';
import { repeat } from './repeat';

export interface DispatcherDeps {
  db: Database;
  temporal: Pick<Temporal, 'startJourney'>;
  log: Log;
}

export interface Dispatcher {
  /** Takes an entry that was just accepted. Never throws, never waits: the outbox has the entry anyway. */
  offer: (waiting: Waiting) => void;
  /** Finishes what is being handed over now; the rest stays in the outbox. */
  stop: () => Promise<void>;
}

const STARTS_AT_ONCE = 50;

/** Entries held in memory; those above it lie in the outbox until a sweep finds them. */
const MOST_IN_HAND = 5_000;

const SWEEP_MS = 5_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands accepted entries to Temporal, at least once each: the workflow id makes it one start. While Temporal
 * is away it holds them, however long. Entries of this process are offered as they are accepted and cost no
 * reading; what another process left behind comes from the outbox, swept every few seconds.
 */
export function startDispatcher({ db, temporal, log }: DispatcherDeps): Dispatcher {
  const queue: Waiting[] = [];
  const inHand = new Set<string>();
  const plans = new Map<string, Plan>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let pauseMs = 0;
  let pausing: NodeJS.Timeout | undefined;

  function offer(waiting: Waiting): void {
    if (stopped || inHand.size >= MOST_IN_HAND || inHand.has(waiting.entryId)) return;
    inHand.add(waiting.entryId);
    queue.push(waiting);
    pump();
  }

  function pump(): void {
    while (!stopped && pausing === undefined && running.size < STARTS_AT_ONCE && queue.length > 0) {
      const work: Promise<void> = handOver(queue.shift()!).finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
  }

  async function handOver(waiting: Waiting): Promise<void> {
    try {
      await temporal.startJourney({ ...waiting, plan: await planOf(waiting) });
      pauseMs = 0;
      forget.add(waiting.entryId);
    } catch (error) {
      log.warn(
        { entryId: waiting.entryId, error: innermost(error) },
        'an entry could not be handed to Temporal yet',
      );
      if (!isOutage(error)) return void inHand.delete(waiting.entryId);
      queue.unshift(waiting);
      holdBack();
    }
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

  async function planOf({ journeyId, version }: Waiting): Promise<Plan> {
    const key = `${journeyId}/${version}`;
    const plan = plans.get(key) ?? (await readPlan(db, journeyId, version));
    if (!plan) throw new Error(`Journey ${journeyId} has no version ${version}.`);
    if (plans.size >= 1_000) plans.clear();
    plans.set(key, plan);
    return plan;
  }

  /** Rows that cannot be removed now are offered again, and Temporal knows them. */
  const forget = createBatcher(async (entryIds) => {
    try {
      await removeHandedOver(db, entryIds);
    } catch (error) {
      log.warn(
        { entries: entryIds.length, error: innermost(error) },
        'entries handed over stay in the outbox for now',
      );
    }
    for (const entryId of entryIds) inHand.delete(entryId);
  });

  async function sweep(): Promise<void> {
    try {
      for (const waiting of await takeDue(db, MOST_IN_HAND - inHand.size)) offer(waiting);
    } catch (error) {
      log.warn({ error: innermost(error) }, 'the outbox could not be read; it is tried again');
    }
  }
  const sweeping = repeat(SWEEP_MS, sweep);

  return {
    offer,
    async stop() {
      stopped = true;
      clearTimeout(pausing);
      await sweeping.stop();
      await Promise.all(running);
      await forget.settled();
    },
  };
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
