import { JourneyDefinition } from '../../../src/domain/journeys/journey';

const CALL = { id: 'call', type: 'webhook', webhookId: 1 };
const WINDOW = { days: ['mon', 'fri'], from: '09:00', to: '20:00', timeZone: 'Europe/Berlin' };

/** What is wrong with a journey, by path. */
function faultsOf(fields: object, tiles: object[] = [CALL]): Record<string, string> {
  const { error } = JourneyDefinition.safeParse({ name: 'Test', tiles, ...fields });
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]));
}

const delayFaults = (fields: object, journey: object = {}) =>
  faultsOf(journey, [{ id: 'wait', type: 'delay', ...fields }]);

describe('a send window', () => {
  it.each<[string, object]>([
    ['on the journey', { sendWindow: WINDOW }],
    ['across midnight', { sendWindow: { ...WINDOW, from: '22:00', to: '06:00' } }],
    ['on whole days', { sendWindow: { ...WINDOW, from: '00:00', to: '24:00', onClosed: 'skip' } }],
    ['by the user’s clocks', { sendWindow: { ...WINDOW, timeZone: 'user' }, timeZone: 'Asia/Kolkata' }],
    ['on tiles of each kind that calls', {
      tiles: [
        { ...CALL, sendWindow: WINDOW },
        { id: 'fetch', type: 'liveData', webhookId: 1, name: 'fetch', sendWindow: { ...WINDOW, onClosed: 'hold' } },
        { id: 'sync', type: 'userProfile', webhookId: 1, sendWindow: null },
      ],
    }],
  ])('is taken %s', (_where, fields) => {
    expect(faultsOf(fields)).toEqual({});
  }); // prettier-ignore

  it.each<[string, object, string, string]>([
    ['that ends when it begins', { to: '09:00' }, 'sendWindow.to', 'another time than it begins'],
    ['that never opens', { days: [] }, 'sendWindow.days', 'Name at least one'],
    ['without days', { days: undefined }, 'sendWindow.days', 'expected array'],
    ['on a day that is none', { days: ['monday'] }, 'sendWindow.days.0', 'A day is one of: mon, tue'],
    ['on more than seven days', { days: Array(8).fill('mon') }, 'sendWindow.days', '<=7'],
    ['from a time that is none', { from: '9:00' }, 'sendWindow.from', '"09:00"'],
    ['from the end of the day', { from: '24:00' }, 'sendWindow.from', '"00:00" to "23:59"'],
    ['to a time that is none', { to: '24:01' }, 'sendWindow.to', '"00:00" to "24:00"'],
    ['in a zone that nobody knows', { timeZone: 'Mars/Olympus' }, 'sendWindow.timeZone', 'IANA name'],
    ['without a zone', { timeZone: undefined }, 'sendWindow.timeZone', 'expected string'],
    ['in the user’s zone where the journey has none', { timeZone: 'user' }, 'timeZone', 'needs one of its own'],
    ['with another word', { onClosed: 'drop' }, 'sendWindow.onClosed', '"hold"|"skip"'],
    ['with a field that is none', { until: '20:00' }, 'sendWindow', 'until'],
  ])('%s is refused', (_what, fields, path, message) => {
    expect(faultsOf({ sendWindow: { ...WINDOW, ...fields } })).toEqual({ [path]: expect.stringContaining(message) });
  }); // prettier-ignore

  it('of a tile by the user’s clocks needs the journey’s time zone too, and only tiles that call have one', () => {
    const ofUser = { ...WINDOW, timeZone: 'user' };
    expect(Object.keys(faultsOf({}, [{ ...CALL, sendWindow: ofUser }]))).toEqual(['timeZone']);
    expect(faultsOf({ timeZone: 'UTC' }, [{ ...CALL, sendWindow: ofUser }])).toEqual({});
    expect(
      Object.keys(faultsOf({}, [{ id: 'wait', type: 'delay', for: '1 day', sendWindow: WINDOW }])),
    ).toEqual(['tiles.0']);
  });

  it('a journey’s time zone is one', () => {
    expect(faultsOf({ timeZone: 'Berlin' })).toEqual({ timeZone: expect.stringContaining('IANA name') });
    expect(Object.keys(faultsOf({ timeZone: 'user' }))).toEqual(['timeZone']);
  });
});

describe('a delay', () => {
  it.each<[object, object?]>([
    [{ for: '3 days' }],
    [{ for: '3 days', timeOfDay: '09:00' }],
    [{ for: '3 days', days: ['mon'], timeZone: 'Europe/Berlin' }],
    [{ until: { field: 'profile.trialEnd' } }],
    [{ until: { field: 'events.order.at', offset: '+3 hours', onPast: 'exit', onMissing: 'wait' } }],
    [{ until: { field: 'callbacks.sign.at', offset: '-P2D' } }],
    [{ until: { at: '2026-12-24T18:00', timeZone: 'user' } }, { timeZone: 'UTC' }],
    [{ until: { field: 'liveData.a.b[0]', days: ['sat', 'sun'], timeOfDay: '23:59' } }],
  ])('%j is taken', (fields, journey = {}) => {
    expect(delayFaults(fields, journey)).toEqual({});
  });

  it.each<[object, string, string]>([
    [{}, 'for', 'either a duration (for) or a moment (until)'],
    [{ for: '1 day', until: { at: '2026-12-24T18:00' } }, 'for', 'either'],
    [{ for: '1 day', timeZone: 'UTC' }, 'timeZone', 'needs timeOfDay or days'],
    [{ for: '1 day', timeOfDay: '24:00' }, 'timeOfDay', 'from "00:00" to "23:59"'],
    [{ for: '1 day', days: [] }, 'days', 'Name at least one'],
    [{ until: { at: '2026-12-24T18:00' }, timeOfDay: '09:00' }, 'timeOfDay', 'Write timeOfDay within until.'],
    [{ until: {} }, 'until.field', 'give one of the two'],
    [{ until: { field: 'profile.a', at: '2026-12-24T18:00' } }, 'until.field', 'give one of the two'],
    [{ until: { field: 'trialEnd' } }, 'until.field', 'A field here starts with profile.'],
    [{ until: { field: 'event.at' } }, 'until.field', 'A field here starts with profile.'],
    [{ until: { at: '2026-12-24T18:00Z' } }, 'until.at', 'without an offset'],
    [{ until: { at: '2026-02-30T18:00' } }, 'until.at', 'no such date'],
    [{ until: { field: 'profile.a', offset: '2 months' } }, 'until.offset', '"-2 days"'],
    [{ until: { field: 'profile.a', offset: '--1 day' } }, 'until.offset', '"-2 days"'],
    [{ until: { field: 'profile.a', timeZone: 'Mars' } }, 'until.timeZone', 'IANA name'],
    [{ until: { at: '2026-12-24T18:00', onMissing: 'exit' } }, 'until.onMissing', 'leave onMissing out'],
    [{ until: { field: 'profile.a', onPast: 'nowhere' } }, 'until.onPast', 'There is no tile “nowhere”'],
  ])('%j is refused', (fields, path, message) => {
    expect(delayFaults(fields)).toEqual({ [`tiles.0.${path}`]: expect.stringContaining(message) });
  });

  it('by the user’s clocks needs the journey’s time zone too', () => {
    const message = expect.stringContaining('needs one of its own');
    expect(delayFaults({ for: '1 day', timeOfDay: '09:00', timeZone: 'user' })).toEqual({
      timeZone: message,
    });
    expect(delayFaults({ until: { at: '2026-12-24T18:00', timeZone: 'user' } })).toEqual({
      timeZone: message,
    });
  });
});
