import { stepsBetween } from '../../../src/domain/time/steps';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.parse('2026-01-31T10:17:30Z');

it.each([
  ['a minute', MINUTE, MINUTE],
  ['an hour', 60 * MINUTE, 5 * MINUTE],
  ['a day', DAY, 30 * MINUTE],
  ['a week', 7 * DAY, 180 * MINUTE],
  ['thirty days', 30 * DAY, DAY],
  ['fifty years', 18_000 * DAY, 306 * DAY],
])('cuts %s into at most 60 equal steps, with its beginning and its end', (_name, length, step) => {
  const steps = stepsBetween(NOW - length, NOW);
  expect(steps).toMatchObject({ begin: NOW - length, length: step });
  expect(steps.starts.length).toBeLessThanOrEqual(60);
  expect(steps.starts[0]).toBeLessThanOrEqual(NOW - length);
  expect(steps.starts[0]! + step).toBeGreaterThan(NOW - length);
  expect(steps.starts.at(-1)).toBeLessThanOrEqual(NOW);
  expect(steps.starts.at(-1)! + step).toBeGreaterThan(NOW);
  for (const start of steps.starts) expect(Math.abs(start % step)).toBe(0);
});

it('leaves out what lies before 1970', () => {
  expect(stepsBetween(Date.parse('0001-01-01T00:00:00Z'), NOW).starts[0]).toBe(0);
});

it('has one step where the beginning is later than the end', () => {
  expect(stepsBetween(NOW + DAY, NOW).starts).toHaveLength(1);
});
