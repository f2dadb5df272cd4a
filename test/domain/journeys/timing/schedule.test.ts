import { Cron } from '../../../../src/domain/time/cron';
import { EntrySource } from '../../../../src/domain/journeys/entry-source';
import { clockAt, momentOf } from '../../../../src/domain/time/local-time';
import { timeOfRun, timesOf } from '../../../../src/domain/journeys/timing/schedule';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const source = (fields: object) => EntrySource.safeParse({ source: 'schedule', listId: 1, ...fields });
/** The fields at fault. */
const faults = (fields: object) => source(fields).error?.issues.map(({ path }) => path.join('.')) ?? [];
const iso = (ms: number | undefined) => ms && new Date(ms).toISOString();

describe('a cron expression', () => {
  it.each([
    '0 9 * * 1',
    '*/15 9-17 * * mon-fri',
    '5/20 0,12 1,15 * *',
    '0 0 29 2 *',
    '0 0 30 FEB,apr *',
    '59 23 31 12 *',
    '0 9 */2 * SUN',
    '0 9 * * 7',
    '  0   9 * *  5-7/2 ',
  ])('%p is accepted', (cron) => {
    expect(Cron.safeParse(cron).error?.issues).toBeUndefined();
  });

  it.each([
    ['', 'five fields'],
    ['@daily', 'five fields'],
    ['0 9 * *', 'five fields'],
    ['0 0 9 * * 1', 'five fields'],
    ['TZ=UTC 0 9 * * 1', 'five fields'],
    ['60 9 * * *', 'not a valid minute'],
    ['0 24 * * *', 'not a valid hour'],
    ['0 9 0 * *', 'not a valid day of the month'],
    ['0 9 32 * *', 'not a valid day of the month'],
    ['0 9 * 13 *', 'not a valid month'],
    ['0 9 * mon *', 'not a valid month'],
    ['0 9 * * 8', 'not a valid day of the week'],
    ['0 9 * * fri-mon', 'not a valid day of the week'],
    ['0 9 * * 5l', 'not a valid day of the week'],
    ['*/0 9 * * *', 'not a valid minute'],
    ['1,,2 9 * * *', 'not a valid minute'],
    ['-1 9 * * *', 'not a valid minute'],
    ['1-2-3 9 * * *', 'not a valid minute'],
    ['**/2 9 * * *', 'not a valid minute'],
    ['0 9 ? * 1', 'not a valid day of the month'],
    ['0 9 1 * 1', 'Give a day of the month or a day of the week'],
    ['0 9 30 2 *', 'None of these months'],
    ['0 9 31 2,4,jun *', 'None of these months'],
  ])('%p is refused, with the reason', (cron, reason) => {
    expect(Cron.safeParse(cron).error?.issues[0]?.message).toContain(reason);
  });
});

describe('a schedule', () => {
  it('has a cron expression or a time, and a time zone', () => {
    expect(faults({ cron: '0 9 * * *', timeZone: BERLIN })).toEqual([]);
    expect(faults({ at: '2026-12-01T09:00', timeZone: 'UTC' })).toEqual([]);
    expect(faults({ timeZone: BERLIN })).toEqual(['cron']);
    expect(faults({ cron: '0 9 * * *', at: '2026-12-01T09:00', timeZone: BERLIN })).toEqual(['cron']);
    expect(faults({ cron: '0 9 * * *' })).toEqual(['timeZone']);
    expect(faults({ cron: '0 9 * * *', timeZone: BERLIN, listId: 0 })).toEqual(['listId']);
    expect(faults({ cron: '0 9 * * *', timeZone: BERLIN, every: 1 })).toEqual(['']);
  });

  it.each(['Berlin', 'Mars/Base', '+02:00', '', 'Europe/Berlin ', '../etc/passwd', 'x'.repeat(65)])(
    'refuses the time zone %p',
    (timeZone) => expect(faults({ cron: '0 9 * * *', timeZone })).toEqual(['timeZone']),
  );

  it.each([
    '2026-12-01',
    '2026-12-01T09:00Z',
    '2026-12-01T09:00+01:00',
    '2026-02-29T09:00',
    '2026-12-01T24:00',
    '9:00',
  ])('refuses the time %p', (at) => expect(faults({ at, timeZone: BERLIN })).toEqual(['at']));

  it('refuses a time that the clocks of its zone skip', () => {
    expect(faults({ at: '2027-03-28T02:30', timeZone: BERLIN })).toEqual(['at']);
    expect(faults({ at: '2027-03-28T02:30', timeZone: 'UTC' })).toEqual([]);
    expect(faults({ at: '2011-12-30T12:00', timeZone: 'Pacific/Apia' })).toEqual(['at']);
  });
});

describe('a time of a schedule', () => {
  it.each([
    ['2100-12-31T23:59:59', 'UTC'],
    ['2101-01-01T00:59:59', BERLIN],
    ['2100-12-31T18:59:59', NEW_YORK],
  ])('may be up to the end of the year 2100 in UTC: %s in %s', (at, timeZone) => {
    expect(faults({ at, timeZone })).toEqual([]);
  });

  it.each([
    ['2101-01-01T00:00', 'UTC'],
    ['2101-01-01T01:00', BERLIN],
    ['2100-12-31T19:00', NEW_YORK],
    ['2126-12-01T09:00', 'UTC'],
    ['9999-12-31T23:59:59', 'Pacific/Kiritimati'],
    ['9999-12-31T23:59:59', NEW_YORK],
  ])('is refused beyond, because Temporal would refuse it: %s in %s', (at, timeZone) => {
    const [issue, ...others] = source({ at, timeZone }).error!.issues;
    expect(issue).toMatchObject({ path: ['at'], message: expect.stringContaining('2100') });
    expect(others).toEqual([]);
  });
});

describe('what Temporal is given', () => {
  it.each([
    ['2026-12-01T09:00', BERLIN, '2026-12-01T08:00:00.000Z'],
    ['2027-07-01T09:00:30', BERLIN, '2027-07-01T07:00:30.000Z'],
    ['2027-03-28T01:59:59', BERLIN, '2027-03-28T00:59:59.000Z'],
    ['2027-03-28T03:00', BERLIN, '2027-03-28T01:00:00.000Z'],
    ['2027-11-07T00:30', NEW_YORK, '2027-11-07T04:30:00.000Z'],
    ['2027-11-07T02:30', NEW_YORK, '2027-11-07T07:30:00.000Z'],
    ['2026-12-01T09:00', 'Asia/Kolkata', '2026-12-01T03:30:00.000Z'],
    ['2026-12-01T09:00', 'Pacific/Kiritimati', '2026-11-30T19:00:00.000Z'],
    ['2026-12-01T09:00', 'UTC', '2026-12-01T09:00:00.000Z'],
  ])('is the moment of %s in %s', (at, timeZone, moment) => {
    expect(timesOf({ at, timeZone })).toEqual({ moment: Date.parse(moment) });
  });

  it('is the first of a time that the clocks show twice', () => {
    expect(iso(momentOf('2027-10-31T02:30', BERLIN))).toBe('2027-10-31T00:30:00.000Z');
    expect(iso(momentOf('2027-11-07T01:30', NEW_YORK))).toBe('2027-11-07T05:30:00.000Z');
  });

  it('is the cron expression, and the zone by a name that Temporal knows', () => {
    expect(timesOf({ cron: '0 9 * * 1', timeZone: 'europe/berlin' })).toEqual({
      cron: '0 9 * * 1',
      timeZone: BERLIN,
    });
    expect(timesOf({ cron: '0 9 * * 1', timeZone: 'UTC' })).toEqual({ cron: '0 9 * * 1', timeZone: 'UTC' });
  });
});

describe('two runs', () => {
  const first = Date.parse('2027-11-07T05:30:00Z');
  const second = Date.parse('2027-11-07T06:30:00Z');
  const timeOf = (cron: string, at: number) => timeOfRun({ cron, timeZone: NEW_YORK }, at);

  it('at a time of day that the clocks show twice are one', () => {
    expect(clockAt(NEW_YORK, first)).toBe(clockAt(NEW_YORK, second));
    expect(timeOf('30 1 * * *', first)).toBe(timeOf('30 1 * * *', second));
    expect(timeOf('30 0-3 * * *', first)).toBe(timeOf('30 0-3 * * *', second));
    expect(timeOf('30 1 * * *', first)).not.toBe(timeOf('30 1 * * *', first + 86_400_000));
  });

  it('of an hourly expression are two', () => {
    expect(timeOf('30 * * * *', first)).not.toBe(timeOf('30 * * * *', second));
    expect(timeOf('30 */1 * * *', first)).not.toBe(timeOf('30 */1 * * *', second));
  });
});
