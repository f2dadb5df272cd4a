/** Collects what is added for a while, and runs one batch with all of it. Batches run one after another. */
export function createBatcher<Item>(collectMs: number, run: (items: Item[]) => Promise<void>) {
  let items: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const flush = (): void => {
    timer = undefined;
    const batch = items;
    items = [];
    working = working.then(() => run(batch));
  };
  return {
    add(item: Item): void {
      items.push(item);
      timer ??= setTimeout(flush, collectMs);
    },
    /** Runs what was collected, and waits for it. */
    settled(): Promise<void> {
      if (timer !== undefined) {
        clearTimeout(timer);
        flush();
      }
      return working;
    },
  };
}
