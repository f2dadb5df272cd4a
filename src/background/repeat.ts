import { type Retried, tryTo } from './log';

export interface Repeating {
  /** Runs the task now instead of at the next time, or once more as soon as the current run has ended. */
  nudge: () => void;
  /** Waits for the current run. */
  stop: () => Promise<void>;
}

export interface RepeatOptions extends Retried {
  /** From the end of a run to the start of the next. */
  everyMs: number;
}

/**
 * Runs a task at once and then again, `everyMs` after each end, or sooner if the task returns a shorter pause in ms. A
 * run that throws is logged, and the task goes on. `stop` aborts the signal, for long runs to end early.
 */
export function repeat(
  { everyMs, ...retried }: RepeatOptions,
  task: (stopping: AbortSignal) => Promise<number | void>,
): Repeating {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let nudged = false;
  const run = async (): Promise<void> => {
    timer = undefined;
    let pauseMs: number;
    do {
      nudged = false;
      pauseMs = everyMs;
      await tryTo(retried, async () => {
        pauseMs = Math.min(everyMs, (await task(stopping.signal)) ?? everyMs);
      });
    } while (nudged && !stopping.signal.aborted);
    if (!stopping.signal.aborted) timer = setTimeout(() => void (current = run()), pauseMs);
  };
  let current = run();
  return {
    nudge() {
      nudged = true;
      if (timer === undefined || stopping.signal.aborted) return;
      clearTimeout(timer);
      current = run();
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await current;
    },
  };
}
