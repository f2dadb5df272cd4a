/** How long one piece of work may hold the event loop before others get a turn. */
const LONGEST_MS = 20;

let began = 0;

/**
 * Lets timers, requests and answers go first, if work like the caller's has held the event loop for a while. For loops
 * that may run long: a promise that is already fulfilled, such as one of the embedded database, gives nobody a turn.
 */
export async function giveWay(): Promise<void> {
  if (performance.now() - began < LONGEST_MS) return;
  await new Promise((resolve) => setImmediate(resolve));
  began = performance.now();
}
