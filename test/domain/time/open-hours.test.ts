import { DAYS, type Day } from '../../../src/domain/time/days';
import { openingAfter, openPeriod } from '../../../src/domain/time/open-hours';
import { zoneNamed } from '../../../src/domain/time/time-zones';

const OFFICE: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** `mon,tue 09:00-20:00`, or hours of every day. */
function hoursOf(text: string) {
  const [times, days] = text.split(' ').reverse();
  const [from, to] = times!.split('-');
  const named = days === 'office' ? OFFICE : (days?.split(',') as Day[] | undefined);
  return { days: named ?? DAYS, from: from!, to: to! };
}

const inOrder = ([hours, zone, at]: readonly string[]) =>
  [hoursOf(hours!), zoneNamed(zone!)!, Date.parse(at!)] as const;
const opening = (...row: string[]) => new Date(openingAfter(...inOrder(row))).toISOString().slice(0, 16);

describe('hours are open, or open next, at', () => {
  it.each([
    // Within, at both ends, before and after.
    ['09:00-20:00', 'UTC', '2026-12-01T12:34Z', '2026-12-01T12:34'],
    ['09:00-20:00', 'UTC', '2026-12-01T09:00Z', '2026-12-01T09:00'],
    ['09:00-20:00', 'UTC', '2026-12-01T08:59Z', '2026-12-01T09:00'],
    ['09:00-20:00', 'UTC', '2026-12-01T19:59Z', '2026-12-01T19:59'],
    ['09:00-20:00', 'UTC', '2026-12-01T20:00Z', '2026-12-02T09:00'],
    ['00:00-24:00', 'UTC', '2026-12-01T23:59Z', '2026-12-01T23:59'],
    // Zones: Berlin, New York, and those with half and quarter hours, a fixed offset, both sides of the date line.
    ['09:00-20:00', 'Europe/Berlin', '2026-12-01T07:59Z', '2026-12-01T08:00'],
    ['09:00-20:00', 'America/New_York', '2026-12-01T01:30Z', '2026-12-01T14:00'],
    ['09:00-20:00', 'Asia/Kolkata', '2026-12-01T00:00Z', '2026-12-01T03:30'],
    ['09:00-20:00', 'Asia/Kathmandu', '2026-12-01T00:00Z', '2026-12-01T03:15'],
    ['09:00-20:00', 'Australia/Adelaide', '2026-06-30T20:00Z', '2026-06-30T23:30'],
    ['09:00-20:00', '+02:00', '2026-12-01T00:00Z', '2026-12-01T07:00'],
    ['mon 09:00-20:00', 'Pacific/Kiritimati', '2026-12-06T18:00Z', '2026-12-06T19:00'],
    ['mon 09:00-20:00', 'Pacific/Pago_Pago', '2026-12-07T19:00Z', '2026-12-07T20:00'],
    // Days of the week, by the clocks of the zone.
    ['office 09:00-20:00', 'UTC', '2026-12-04T20:00Z', '2026-12-07T09:00'],
    ['office 09:00-20:00', 'UTC', '2026-12-05T12:00Z', '2026-12-07T09:00'],
    ['sun 09:00-20:00', 'UTC', '2026-12-06T20:00Z', '2026-12-13T09:00'],
    ['office 00:00-24:00', 'UTC', '2026-12-04T23:59Z', '2026-12-04T23:59'],
    ['office 00:00-24:00', 'UTC', '2026-12-05T00:00Z', '2026-12-07T00:00'],
    ['office 00:00-24:00', 'America/Los_Angeles', '2026-12-05T07:59Z', '2026-12-05T07:59'],
    // Across midnight: such hours belong to the day that they begin on.
    ['22:00-06:00', 'UTC', '2026-12-01T23:00Z', '2026-12-01T23:00'],
    ['22:00-06:00', 'UTC', '2026-12-02T05:59Z', '2026-12-02T05:59'],
    ['22:00-06:00', 'UTC', '2026-12-02T06:00Z', '2026-12-02T22:00'],
    ['fri 22:00-06:00', 'UTC', '2026-12-05T03:00Z', '2026-12-05T03:00'],
    ['fri 22:00-06:00', 'UTC', '2026-12-04T03:00Z', '2026-12-04T22:00'],
    ['fri 22:00-06:00', 'UTC', '2026-12-05T22:00Z', '2026-12-11T22:00'],
    ['sun 22:00-00:00', 'UTC', '2026-12-06T23:59Z', '2026-12-06T23:59'],
    ['sun 22:00-00:00', 'UTC', '2026-12-07T00:00Z', '2026-12-13T22:00'],
    // Leap days, and the years without one.
    ['09:00-20:00', 'UTC', '2028-02-28T20:00Z', '2028-02-29T09:00'],
    ['09:00-20:00', 'UTC', '2027-02-28T20:00Z', '2027-03-01T09:00'],
    ['tue 22:00-06:00', 'UTC', '2028-03-01T05:00Z', '2028-03-01T05:00'],
    ['09:00-20:00', 'UTC', '2026-12-31T20:00Z', '2027-01-01T09:00'],
    // A skipped hour: 02:00 is 03:00 in Berlin on 29 March 2026. What begins or ends in it does so at its end.
    ['02:30-06:00', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T01:00'],
    ['02:30-06:00', 'Europe/Berlin', '2026-03-30T00:00Z', '2026-03-30T00:30'],
    ['22:00-02:30', 'Europe/Berlin', '2026-03-29T00:59Z', '2026-03-29T00:59'],
    ['22:00-02:30', 'Europe/Berlin', '2026-03-29T01:00Z', '2026-03-29T20:00'],
    ['02:10-02:50', 'Europe/Berlin', '2026-03-29T00:59Z', '2026-03-30T00:10'],
    ['sun 02:10-02:50', 'Europe/Berlin', '2026-03-29T00:59Z', '2026-04-05T00:10'],
    ['09:00-20:00', 'Europe/Berlin', '2026-03-28T19:00Z', '2026-03-29T07:00'],
    // Half an hour is skipped on Lord Howe Island, and midnight itself in Beirut, and once was in São Paulo.
    ['02:10-06:00', 'Australia/Lord_Howe', '2026-10-03T15:00Z', '2026-10-03T15:30'],
    ['00:00-06:00', 'Asia/Beirut', '2026-03-28T21:00Z', '2026-03-28T22:00'],
    ['00:30-06:00', 'America/Sao_Paulo', '2018-11-04T02:00Z', '2018-11-04T03:00'],
    // An hour that comes twice: 02:00 to 03:00 in Berlin on 25 October 2026. The first counts.
    ['02:30-06:00', 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-25T00:30'],
    ['02:30-06:00', 'Europe/Berlin', '2026-10-25T01:15Z', '2026-10-25T01:15'],
    ['22:00-02:30', 'Europe/Berlin', '2026-10-25T00:29Z', '2026-10-25T00:29'],
    ['22:00-02:30', 'Europe/Berlin', '2026-10-25T01:15Z', '2026-10-25T21:00'],
    ['09:00-20:00', 'Europe/Berlin', '2026-10-24T18:00Z', '2026-10-25T08:00'],
    ['01:30-05:00', 'America/New_York', '2026-11-01T05:00Z', '2026-11-01T05:30'],
    // Samoa had no 30 December 2011, a Friday.
    ['09:00-20:00', 'Pacific/Apia', '2011-12-30T07:00Z', '2011-12-30T19:00'],
    ['fri 09:00-20:00', 'Pacific/Apia', '2011-12-30T07:00Z', '2012-01-05T19:00'],
    ['fri 22:00-06:00', 'Pacific/Apia', '2011-12-30T11:00Z', '2012-01-06T08:00'],
    ['thu 22:00-06:00', 'Pacific/Apia', '2011-12-30T09:59Z', '2011-12-30T09:59'],
    ['thu 22:00-06:00', 'Pacific/Apia', '2011-12-30T10:00Z', '2012-01-05T08:00'],
  ])('%s in %s, from %s on: %s', (hours, zone, at, expected) => {
    expect(opening(hours, zone, at)).toBe(expected);
  });
});

it('a period has its end as well, which a clock change moves', () => {
  const lengthOf = (at: string) => {
    const { opens, closes } = openPeriod(...inOrder(['22:00-06:00', 'Europe/Berlin', at]));
    return (closes - opens) / 3_600_000;
  };
  expect(['2026-03-27', '2026-03-28', '2026-10-24'].map((day) => lengthOf(`${day}T20:00Z`))).toEqual([
    8, 7, 9,
  ]);
});

it('the moment of opening is open, and the millisecond before is not, on every day of a year', () => {
  const hours = hoursOf('office 09:00-20:00');
  for (const name of ['Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
    const zone = zoneNamed(name)!;
    let at = Date.parse('2026-01-01');
    while (at < Date.parse('2026-12-31')) {
      const { opens, closes } = openPeriod(hours, zone, at);
      expect([opens, closes - 1].map((inside) => openingAfter(hours, zone, inside))).toEqual([
        opens,
        closes - 1,
      ]);
      expect(openingAfter(hours, zone, opens - 1)).toBe(opens);
      expect(openingAfter(hours, zone, closes)).toBeGreaterThan(closes);
      at = closes;
    }
  }
});
