/** Something that is to happen at a virtual time. */
export interface Moment {
  cancel: () => void;
}

interface Due {
  time: number;
  act: () => void;
}

/**
 * Virtual time. It passes only while nothing is under way: the next thing that is due happens, and what follows from it
 * is done to its end before the one after. So a simulation takes the same course each time.
 */
export class Clock {
  /** In the order in which they happen: by time, then as they were planned. */
  readonly #due: Due[] = [];
  /** How many pieces of work are under way and not waiting for virtual time. */
  #working = 0;
  #failure: { error: unknown } | undefined;

  /** `now` is in ms since the epoch. */
  constructor(public now: number) {}

  /** Plans something for a time; what is planned for the same time happens in the order in which it was planned. */
  at(time: number, act: () => void): Moment {
    const due = { time: Math.max(time, this.now), act };
    const later = this.#due.findLastIndex((other) => other.time <= due.time) + 1;
    this.#due.splice(later, 0, due);
    return {
      cancel: () => {
        const index = this.#due.indexOf(due);
        if (index >= 0) this.#due.splice(index, 1);
      },
    };
  }

  /** Does work during which no time passes, unless it waits by `wait`. What it throws ends the simulation. */
  work(run: () => Promise<void>): void {
    this.#working += 1;
    run()
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.#working -= 1));
  }

  /** Ends the simulation with this error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Within work: waits in virtual time, or until the signal, whose reason it throws. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#working -= 1;
      const resume = (act: () => void) => {
        signal?.removeEventListener('abort', onAbort);
        this.#working += 1;
        act();
      };
      const moment = this.at(this.now + ms, () => resume(resolve));
      const onAbort = () => {
        moment.cancel();
        resume(() => reject(signal!.reason as Error));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Lets everything happen that is due until then. Throws what any work threw, and what `check` throws, which is called
   * before each moment.
   */
  async run(until: number, check: () => void): Promise<void> {
    for (;;) {
      await this.#settled();
      check();
      const [next] = this.#due;
      if (next === undefined || next.time > until) break;
      this.#due.shift();
      this.now = next.time;
      next.act();
    }
  }

  async #settled(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failure) throw this.#failure.error;
    } while (this.#working > 0);
  }
}
