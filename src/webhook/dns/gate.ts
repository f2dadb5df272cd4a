import { setTimeout as pause } from 'node:timers/promises';

/**
 * Lets `most` works begin at once; each that ends, or has run for `freshMs`, lets another begin. So a burst is spread,
 * and whoever is slow keeps nobody waiting.
 */
export function createGate(most: number, freshMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let fresh = 0;
  const passOn = () => {
    const next = waiting.shift();
    if (next) next();
    else fresh -= 1;
  };
  return async (work) => {
    if (fresh < most) fresh += 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    const running = work();
    const aged = pause(freshMs, undefined, { ref: false });
    void Promise.race([running.catch(() => {}), aged]).then(passOn);
    return running;
  };
}
