import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until the answer is truthy, and returns it. Throws after `withinMs`, which only ends a test that hangs: no test
 * claims that something happens soon.
 */
export async function until<T>(
  ask: () => Promise<T | undefined | false | null>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline)
      throw new Error(`Still waiting after ${withinMs} ms for: ${ask.toString()}`);
    await pause(20);
  }
}
