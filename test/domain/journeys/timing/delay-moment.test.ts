import { momentOfDelay } from '../../../../src/domain/journeys/timing/delay-moment';
import { DelayTile } from '../../../../src/domain/journeys/tiles/delay';

const DAY = 86_400_000;

interface Data {
  profile?: Record<string, unknown>;
  trigger?: Record<string, unknown>;
  liveData?: Record<string, unknown>;
  zoneOfJourney?: string;
}

function arrive(
  fields: object,
  now: string,
  { profile = {}, trigger = {}, liveData, zoneOfJourney }: Data = {},
) {
  const tile = DelayTile.parse({ id: 'wait', type: 'delay', ...fields });
  const roots = { profile, trigger, liveData };
  return momentOfDelay(tile, { now: Date.parse(now), roots, zoneOfJourney });
}

const iso = (ms: number | undefined) => ms && new Date(ms).toISOString().slice(0, 16);
const until = (...parameters: Parameters<typeof arrive>) => iso(arrive(...parameters).until);

const BERLIN = { timeZone: 'Europe/Berlin' };
const OFFICE = ['mon', 'tue', 'wed', 'thu', 'fri'];
const ofTrial = (trialEnd: unknown) => ({ profile: { trialEnd } });
const trial = (more: object = {}) => ({ until: { field: 'profile.trialEnd', ...more } });

describe('a delay holds', () => {
  it.each<[string, object, string, Data, string]>([
    // From a duration forward.
    ['until the next 9:00 after it', { for: '3 days', timeOfDay: '09:00', ...BERLIN }, '2026-12-01T10:00Z', {}, '2026-12-05T08:00'],
    ['until 9:00 of that day', { for: '3 days', timeOfDay: '09:00', ...BERLIN }, '2026-12-01T06:00Z', {}, '2026-12-04T08:00'],
    ['not a day longer where it ends at 9:00', { for: '1 day', timeOfDay: '09:00' }, '2026-12-01T09:00Z', {}, '2026-12-02T09:00'],
    ['over the weekend, to the same time of day', { for: '3 days', days: OFFICE, ...BERLIN }, '2026-12-02T14:30Z', {}, '2026-12-07T14:30'],
    ['no longer on a day that is among them', { for: '3 days', days: OFFICE }, '2026-12-01T14:30Z', {}, '2026-12-04T14:30'],
    ['until a time of day on a day', { for: '1 hour', days: ['mon'], timeOfDay: '09:00' }, '2026-12-07T09:00Z', {}, '2026-12-14T09:00'],
    ['days of the calendar: 9:00 is the next day after a short one', { for: '1 day', timeOfDay: '09:00', ...BERLIN }, '2026-03-28T07:30Z', {}, '2026-03-29T07:00'],
    ['until the first moment after a skipped time of day', { for: '1 hour', timeOfDay: '02:30', ...BERLIN }, '2026-03-28T20:00Z', {}, '2026-03-29T01:00'],
    ['until the first of a time of day that comes twice', { for: '1 hour', timeOfDay: '02:30', ...BERLIN }, '2026-10-24T20:00Z', {}, '2026-10-25T00:30'],
    ['a day longer after the first of both', { for: '1 minute', timeOfDay: '02:30', ...BERLIN }, '2026-10-25T00:45Z', {}, '2026-10-26T01:30'],
    ['by half-hour clocks', { for: '1 hour', timeOfDay: '09:00', timeZone: 'Asia/Kolkata' }, '2026-12-01T00:00Z', {}, '2026-12-01T03:30'],
    ['past the day that Samoa skipped', { for: '1 hour', timeOfDay: '09:00', timeZone: 'Pacific/Apia' }, '2011-12-29T20:00Z', {}, '2011-12-30T19:00'],
    ['not on the day after a Friday that was skipped', { for: '1 hour', timeOfDay: '09:00', days: ['fri'], timeZone: 'Pacific/Apia' }, '2011-12-29T20:00Z', {}, '2012-01-05T19:00'],
    ['until a leap day', { for: '1 day', timeOfDay: '12:00' }, '2028-02-28T10:00Z', {}, '2028-02-29T12:00'],
    ['until after half an hour that Lord Howe skipped', { for: '1 hour', timeOfDay: '02:15', timeZone: 'Australia/Lord_Howe' }, '2026-10-03T12:00Z', {}, '2026-10-03T15:30'],
    ['until the first of half an hour that it had twice', { for: '1 hour', timeOfDay: '01:45', timeZone: 'Australia/Lord_Howe' }, '2026-04-04T10:00Z', {}, '2026-04-04T14:45'],
    ['until one o’clock where midnight is skipped', { for: '1 hour', timeOfDay: '00:00', timeZone: 'Asia/Beirut' }, '2026-03-28T12:00Z', {}, '2026-03-28T22:00'],
    ['until after a skipped time in New York', { for: '1 hour', timeOfDay: '02:30', timeZone: 'America/New_York' }, '2027-03-13T12:00Z', {}, '2027-03-14T07:00'],
    ['until the first of a time that New York has twice', { for: '1 hour', timeOfDay: '01:30', timeZone: 'America/New_York' }, '2026-10-31T12:00Z', {}, '2026-11-01T05:30'],
    ['by quarter-hour clocks', { for: '1 hour', timeOfDay: '09:00', timeZone: 'Asia/Kathmandu' }, '2026-12-01T00:00Z', {}, '2026-12-01T03:15'],
    ['until a Monday where it is first', { for: '1 hour', timeOfDay: '09:00', days: ['mon'], timeZone: 'Pacific/Kiritimati' }, '2026-12-05T00:00Z', {}, '2026-12-06T19:00'],
    ['until a Monday where it is last', { for: '1 hour', timeOfDay: '09:00', days: ['mon'], timeZone: 'Pacific/Pago_Pago' }, '2026-12-05T00:00Z', {}, '2026-12-07T20:00'],
    ['until the midnight after next, for who comes past midnight', { for: '1 hour', timeOfDay: '00:00', ...BERLIN }, '2026-12-01T22:30Z', {}, '2026-12-02T23:00'],
    ['into the next year', { for: '1 minute', timeOfDay: '00:00' }, '2026-12-31T23:30Z', {}, '2027-01-01T00:00'],
    // Whose clocks.
    ['by the user’s clocks', { for: '1 hour', timeOfDay: '09:00' }, '2026-12-01T00:00Z', { profile: { timeZone: 'America/New_York' }, zoneOfJourney: 'Europe/Berlin' }, '2026-12-01T14:00'],
    ['by the journey’s where the user has none', { for: '1 hour', timeOfDay: '09:00' }, '2026-12-01T00:00Z', { zoneOfJourney: 'Europe/Berlin' }, '2026-12-01T08:00'],
    ['by the journey’s where the user’s is none', { for: '1 hour', timeOfDay: '09:00' }, '2026-12-01T00:00Z', { profile: { timeZone: 'Mars/Olympus' }, zoneOfJourney: 'Europe/Berlin' }, '2026-12-01T08:00'],
    ['by UTC where nobody has one', { for: '1 hour', timeOfDay: '09:00' }, '2026-12-01T00:00Z', { profile: { timeZone: 7 } }, '2026-12-01T09:00'],
    ['by the tile’s, whatever the user’s', { for: '1 hour', timeOfDay: '09:00', ...BERLIN }, '2026-12-01T00:00Z', { profile: { timeZone: 'Asia/Tokyo' } }, '2026-12-01T08:00'],
    // Until a date in a field.
    ['until the moment in a field', trial(), '2026-12-01T00:00Z', ofTrial('2026-12-24T18:00:00+01:00'), '2026-12-24T17:00'],
    ['until a moment without an offset, in UTC', trial(BERLIN), '2026-12-01T00:00Z', ofTrial('2026-12-24 18:00:00'), '2026-12-24T18:00'],
    ['until the start of a day where the user is', trial(), '2026-12-01T00:00Z', { profile: { trialEnd: '2026-12-24', timeZone: 'Asia/Tokyo' } }, '2026-12-23T15:00'],
    ['until seconds since the epoch', trial(), '2026-12-01T00:00Z', ofTrial(1_800_000_000), '2027-01-15T08:00'],
    ['until ms since the epoch', trial(), '2026-12-01T00:00Z', ofTrial(1_800_000_000_000), '2027-01-15T08:00'],
    ['until some days before it', trial({ offset: '-2 days' }), '2026-12-01T00:00Z', ofTrial('2026-12-24T18:00Z'), '2026-12-22T18:00'],
    ['until days of the calendar before it', trial({ offset: '-2 days', ...BERLIN }), '2026-03-01T00:00Z', ofTrial('2026-03-30T07:00Z'), '2026-03-28T08:00'],
    ['until hours before it, however long the day', trial({ offset: '-36 hours', ...BERLIN }), '2026-03-01T00:00Z', ofTrial('2026-03-30T07:00Z'), '2026-03-28T19:00'],
    ['until a time of day, days before a day', trial({ offset: '-2 days', timeOfDay: '09:00', ...BERLIN }), '2026-12-01T00:00Z', ofTrial('2026-12-24'), '2026-12-22T08:00'],
    ['until the next working day', trial({ days: OFFICE, timeOfDay: '09:00' }), '2026-12-01T00:00Z', ofTrial('2026-12-26T12:00Z'), '2026-12-28T09:00'],
    ['until 28 February for a day before 1 March', trial({ offset: '-1 day' }), '2027-01-01T00:00Z', ofTrial('2027-03-01'), '2027-02-28T00:00'],
    ['until a leap day for a day before 1 March', trial({ offset: '-1 day' }), '2028-01-01T00:00Z', ofTrial('2028-03-01'), '2028-02-29T00:00'],
    ['until 365 days after a leap day', trial({ offset: '365 days' }), '2028-01-01T00:00Z', ofTrial('2028-02-29T08:00Z'), '2029-02-28T08:00'],
    ['until the same time, the day before the clocks go back', trial({ offset: '-1 day', timeZone: 'America/New_York' }), '2026-10-01T00:00Z', ofTrial('2026-11-02T14:00Z'), '2026-11-01T14:00'],
    ['until the same time, a day of 25 hours after it', trial({ offset: '1 day', ...BERLIN }), '2026-10-01T00:00Z', ofTrial('2026-10-24T12:30Z'), '2026-10-25T13:30'],
    ['until the end of the gap, a day after a time that is skipped then', trial({ offset: '1 day', ...BERLIN }), '2026-03-01T00:00Z', ofTrial('2026-03-28T01:30Z'), '2026-03-29T01:00'],
    ['until a date in the trigger data', { until: { field: 'trigger.slot.begins', offset: '-1 hour' } }, '2026-12-01T00:00Z', { trigger: { slot: { begins: '2026-12-02T10:00Z' } } }, '2026-12-02T09:00'],
    ['until a date in live data', { until: { field: 'liveData.order.items[1].due' } }, '2026-12-01T00:00Z', { liveData: { order: { items: [{}, { due: '2026-12-03' }] } } }, '2026-12-03T00:00'],
    ['until this very moment', trial(), '2026-12-01T00:00Z', ofTrial('2026-12-01'), '2026-12-01T00:00'],
    // Until a time.
    ['until a time on the clocks of a zone', { until: { at: '2026-12-24T18:00', ...BERLIN } }, '2026-12-01T00:00Z', {}, '2026-12-24T17:00'],
    ['until a time on the user’s clocks', { until: { at: '2026-12-24T18:00' } }, '2026-12-01T00:00Z', { profile: { timeZone: 'America/New_York' } }, '2026-12-24T23:00'],
    ['until after a time that is skipped', { until: { at: '2026-03-29T02:30', ...BERLIN } }, '2026-03-01T00:00Z', {}, '2026-03-29T01:00'],
    ['until the first of a time that comes twice', { until: { at: '2026-10-25T02:30', ...BERLIN } }, '2026-03-01T00:00Z', {}, '2026-10-25T00:30'],
    ['until after the day that Samoa skipped', { until: { at: '2011-12-30T09:00', timeZone: 'Pacific/Apia' } }, '2011-12-01T00:00Z', {}, '2011-12-30T10:00'],
  ])('%s', (_what, fields, now, data, expected) => {
    expect(until(fields, now, data)).toBe(expected);
  }); // prettier-ignore

  it('ten years at most, and says so', () => {
    const { until, why } = arrive(trial(), '2026-12-01T00:00Z', ofTrial('2066-01-01'));
    expect((until! - Date.parse('2026-12-01')) / DAY).toBe(3_650);
    expect(why).toBe('profile.trialEnd was “2066-01-01”: until 2066-01-01 00:00 UTC, or ten years at most');
  });
});

describe('a delay lets go on at once', () => {
  it.each<[string, object, Data, string]>([
    ['when the moment has passed', trial(), ofTrial('2026-11-30T23:59:59Z'), 'past'],
    ['when it has passed days before', trial({ offset: '-3 days' }), ofTrial('2026-12-03'), 'past'],
    ['when the time has passed', { until: { at: '2026-11-30T12:00' } }, {}, 'past'],
    ['when the field is not there', trial(), {}, 'missing'],
    ['when it is null', trial(), ofTrial(null), 'missing'],
    ['when it is no date', trial(), ofTrial('soon'), 'missing'],
    ['when it is a day that does not exist', trial(), ofTrial('2027-02-29'), 'missing'],
    ['when it is an object', trial(), ofTrial({}), 'missing'],
    ['when it is on no object', { until: { field: 'profile.constructor.name' } }, {}, 'missing'],
  ])('%s', (_what, fields, data, way) => {
    expect(arrive(fields, '2026-12-01T00:00Z', data)).toEqual({ way, why: expect.any(String) });
  });

  it('but not if a time of day after it is still to come', () => {
    expect(until(trial({ timeOfDay: '09:00' }), '2026-12-01T08:00Z', ofTrial('2026-12-01T01:00Z'))).toBe(
      '2026-12-01T09:00',
    );
  });
});

describe('what a delay says', () => {
  it.each<[object, Data, string]>([
    [{ for: '1 day', timeOfDay: '09:00', ...BERLIN }, {}, 'until 2026-12-02 09:00 Europe/Berlin'],
    [trial(), ofTrial('2026-12-24'), 'profile.trialEnd was “2026-12-24”: until 2026-12-24 00:00 UTC'],
    [
      trial(),
      ofTrial('2026-11-01'),
      'profile.trialEnd was “2026-11-01”: until 2026-11-01 00:00 UTC, which has passed',
    ],
    [trial(), ofTrial(false), 'profile.trialEnd was “false”, which is no date'],
    [trial(), {}, 'profile.trialEnd was not set, which is no date'],
    [
      { for: '1 day', timeOfDay: '09:00' },
      { profile: { timeZone: 'Mars' }, zoneOfJourney: 'Asia/Tokyo' },
      'until 2026-12-02 09:00 Asia/Tokyo; profile.timeZone is no time zone, so Asia/Tokyo counts',
    ],
  ])('%j', (fields, data, why) => {
    expect(arrive(fields, '2026-12-01T00:00Z', data).why).toBe(why);
  });

  it('is short, whatever the field holds', () => {
    const { why } = arrive(trial(), '2026-12-01T00:00Z', ofTrial('😀'.repeat(5_000)));
    expect([...why].length).toBeLessThanOrEqual(200);
    expect(why).toMatch(/^profile\.trialEnd was “😀+…”, which is no date$/u);
  });
});

it('tells which moments other users share: times of day, times, and days', () => {
  const shared = (fields: object, value?: unknown) =>
    arrive(fields, '2026-12-01T00:00Z', ofTrial(value)).isShared;
  expect(shared({ for: '1 day', timeOfDay: '09:00' })).toBe(true);
  expect(shared({ until: { at: '2026-12-24T18:00' } })).toBe(true);
  expect(shared(trial(), '2026-12-24')).toBe(true);
  expect(shared(trial(), '2026-12-24T18:00Z')).toBe(false);
  expect(shared({ for: '1 day', days: OFFICE })).toBe(false);
});
