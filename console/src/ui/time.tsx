import { useSyncExternalStore } from 'react';
import { exactTime, relativeTime } from '../words/time';

/* One clock for all times of the page, so that a thousand rows need one timer. */

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A time, relative to now; the exact one on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  const moment = useSyncExternalStore(subscribe, () => now);
  if (at === null || at === undefined) return <span className="none">–</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, moment)}
    </time>
  );
}
