/** Smaller numbers are seconds since the epoch, like Iterable's `createdAt`; as milliseconds they end in 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** The moment, in ms since the epoch, of a number that counts seconds or, from 100,000,000,000 on, milliseconds. */
export function readUnixTime(time: number): number {
  return Math.abs(time) < FIRST_MILLISECONDS ? time * 1_000 : time;
}
