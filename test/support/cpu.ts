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
