/** Runs a task at once and then again, `everyMs` after each end. The task reports its own failures. */
export function repeat(everyMs: number, task: () => Promise<void>): { stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const run = async (): Promise<void> => {
    await task();
    if (!stopped) timer = setTimeout(() => void (current = run()), everyMs);
  };
  let current = run();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
