import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something; fails after `withinMs`, which only ends what hangs: no test claims
 * that something happens soon.
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
      throw new Error(`Nothing came of it within ${withinMs} ms: ${ask.toString()}`);
    await pause(20);
  }
}
