import { DEFAULT_RATE } from '../domain/journeys/rate-limit';
import type { Clock, Moment } from './clock';

interface Lane {
  /** When the next task may begin. */
  freeAt: number;
  waiting: (() => void)[];
  next: Moment | undefined;
}

/** The queue of tiles with a rate limit: tasks of one key begin one after another, at the key's rate. */
export class LimitedQueue {
  readonly #lanes = new Map<string, Lane>();

  constructor(private readonly clock: Clock) {}

  /** Begins a task in its turn. The result takes it out of the queue; a task that left takes up no turn. */
  enter({ key, weight }: { key: string; weight: number }, begin: () => void): () => void {
    const lane = this.#lanes.get(key) ?? { freeAt: this.clock.now, waiting: [], next: undefined };
    this.#lanes.set(key, lane);
    lane.waiting.push(begin);
    this.#serve(lane, 1_000 / (weight * DEFAULT_RATE));
    return () => {
      lane.waiting = lane.waiting.filter((other) => other !== begin);
    };
  }

  #serve(lane: Lane, intervalMs: number): void {
    lane.next ??= this.clock.at(lane.freeAt, () => {
      lane.next = undefined;
      const begin = lane.waiting.shift();
      if (begin === undefined) return;
      lane.freeAt = this.clock.now + intervalMs;
      begin();
      if (lane.waiting.length > 0) this.#serve(lane, intervalMs);
    });
  }
}
