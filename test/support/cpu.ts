/**
 * Milliseconds of the processor that an operation takes, of all threads of this process: the least of several turns,
 * because garbage of what ran before may fall into one of them. What else runs on the machine hardly counts.
 */
export function leastCpu(operation: (turn: number) => void, turns = 5): number {
  const times = Array.from({ length: turns }, (_, turn) => {
    const start = process.cpuUsage();
    operation(turn);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

const DOCUMENT = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `item ${id}` })));

/** What a machine takes at most that bounds in ms of the processor are meant for. */
const DOCUMENT_MS = 8;

/** How many times slower than such a machine this one works just now; 1 when it is not. */
export function slowness(): number {
  return Math.max(1, leastCpu(() => void JSON.parse(DOCUMENT)) / DOCUMENT_MS);
}
