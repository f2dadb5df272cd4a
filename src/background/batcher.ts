/** Collects what is added while a batch is under way, and runs the next with all of it. */
export function createBatcher(run: (items: string[]) => Promise<void>) {
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
