const EVERY_MS = 5;

/**
 * Watches the event loop of this process. Returns a function that gives the longest pause since it was called last, in
 * ms. Of a pause in which the process waited for a processor, only the processor time counts: others may be busy.
 */
export function watchPauses(): () => number {
  let longest = 0;
  let [at, cpu] = [performance.now(), cpuMs()];
  const look = () => {
    const [now, used] = [performance.now(), cpuMs()];
    longest = Math.max(longest, Math.min(now - at, used - cpu) - EVERY_MS);
    [at, cpu] = [now, used];
  };
  setInterval(look, EVERY_MS).unref();
  return () => {
    look();
    const found = longest;
    longest = 0;
    return found;
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
