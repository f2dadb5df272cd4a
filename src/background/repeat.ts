export interface Repeating {
  /** Does not wait for the next time: runs the task now, or again as soon as it has ended. */
  nudge: () => void;
  stop: () => Promise<void>;
}

/**
 * Runs a task at once and then again, `everyMs` after each end, or sooner when the task answers with a shorter pause.
 * The task reports its own failures. A long one looks at its signal, which a stop aborts, to end early.
 */
export function repeat(everyMs: number, task: (stopping: AbortSignal) => Promise<number | void>): Repeating {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let nudged = false;
  const run = async (): Promise<void> => {
    timer = undefined;
    let pauseMs: number;
    do {
      nudged = false;
      pauseMs = Math.min(everyMs, (await task(stopping.signal)) ?? everyMs);
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
