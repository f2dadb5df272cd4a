/**
 * CPU time in ms that an operation takes, over all threads of this process: the least of several turns, because garbage
 * collection may fall into one of them. Other processes hardly affect it.
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

/** The CPU time for parsing DOCUMENT on a machine for which the tests' bounds are meant. */
const DOCUMENT_MS = 8;

/** How many times slower than such a machine this one is now, at least 1. */
export function slowness(): number {
  return Math.max(1, leastCpu(() => void JSON.parse(DOCUMENT)) / DOCUMENT_MS);
}
