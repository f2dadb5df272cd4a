/**
 * The minutes in a pause of Temporal's, in ms. What the machine itself takes on top is left out, as long as it is less
 * than a minute.
 */
export function wholeMinutes(ms: number): number {
  return Math.floor(ms / 60_000);
}
