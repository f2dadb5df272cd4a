export interface Repeating {
  /** Does not wait for the next time: runs the task now, or again as soon as it has ended. */
  nudge: () => void;
  stop: () => Promise<void>;
}

/**
 * Runs a task at once and then again, `everyMs` after each end, or sooner when the task answers with a shorter pause.
 * The task reports its own failures.
 */
export function repeat(everyMs: number, task: () => Promise<number | void>): Repeating {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let nudged = false;
  const run = async (): Promise<void> => {
    timer = undefined;
    let pauseMs: number;
    do {
      nudged = false;
      pauseMs = Math.min(everyMs, (await task()) ?? everyMs);
    } while (nudged && !stopped);
    if (!stopped) timer = setTimeout(() => void (current = run()), pauseMs);
  };
  let current = run();
  return {
    nudge() {
      nudged = true;
      if (timer === undefined || stopped) return;
      clearTimeout(timer);
      current = run();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
