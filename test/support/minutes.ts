/** The whole minutes in a pause, given in ms. The machine's own delay is ignored as long as it is under a minute. */
export function wholeMinutes(ms: number): number {
  return Math.floor(ms / 60_000);
}
