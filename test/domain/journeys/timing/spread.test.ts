import { LEAST_SPREAD_MS, MOST_SPREAD_MS, spreadOf } from '../../../../src/domain/journeys/timing/spread';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `ent_01k${index.toString(36)}`);
const placesOf = (count: number, waiting = count, within?: number) =>
  ids(count).map((id) => spreadOf(id, 'wait', waiting, within));

/** How many are in the fullest tenth of the time, as a multiple of their share. */
function unevenness(places: number[], rangeMs: number): number {
  const tenths = Array<number>(10).fill(0);
  for (const place of places) tenths[Math.floor((place / rangeMs) * 10)]! += 1;
  return Math.max(...tenths) / (places.length / 10);
}

describe('users who wait for one moment', () => {
  it.each([
    [10, LEAST_SPREAD_MS],
    [1_000, LEAST_SPREAD_MS],
    [20_000, 400_000],
    [1_000_000, MOST_SPREAD_MS],
  ])('of %i each goes on within %i ms', (waiting, range) => {
    const places = placesOf(10_000, waiting);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThan(range);
    expect(Math.max(...places)).toBeGreaterThan(range * 0.99);
    expect(unevenness(places, range)).toBeLessThan(1.2);
  });

  it('go on in the first half of hours that are short', () => {
    expect(Math.max(...placesOf(1_000, 1_000, 10_000))).toBeLessThan(5_000);
  });

  it('have the same place whenever it is asked for, and others at other tiles', () => {
    expect(placesOf(100)).toEqual(placesOf(100));
    expect(spreadOf('ent_1', 'wait', 1)).not.toBe(spreadOf('ent_1', 'again', 1));
    expect([spreadOf('ent_1', 'wait', 1), spreadOf('ent_2', 'wait', 1)]).toEqual([6_769, 3_487]);
  });
});
