const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LENGTHS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS];

/** A graph has at most so many steps. */
const MOST = 60;

/** Equal steps of time, in ms since the epoch. */
export interface Steps {
  /** Within the first step. */
  begin: number;
  length: number;
  /** When each begins, first to last: the first step has the beginning in it, the last one the end. */
  starts: number[];
}

/** Cuts a time into at most 60 steps, which begin at round times of UTC. What lies before 1970 is left out. */
export function stepsBetween(begin: number, to: number): Steps {
  const from = Math.max(0, begin);
  const days = Math.ceil((to - from) / DAY_MS / (MOST - 1));
  const length = LENGTHS.find((each) => (to - from) / each <= MOST - 1) ?? days * DAY_MS;
  const first = Math.floor(from / length) * length;
  const count = Math.max(1, Math.floor((to - first) / length) + 1);
  return { begin: from, length, starts: Array.from({ length: count }, (_, index) => first + index * length) };
}
