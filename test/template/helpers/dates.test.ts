import { RenderFault, TemplateFault, checkTemplate } from '../../../src/template/template';
import { NOW, renderText, thrownBy } from '../rendering';

/** Tuesday, 3 February 2026, 15:04:05.067 UTC, and other forms of dates. */
const DATA = {
  at: '2026-02-03T15:04:05.067Z',
  date: '2026-02-03',
  space: '2026-02-03 15:04:05',
  stored: '2026-02-03 15:04:05 +00:00',
  offset: '2026-02-03 15:04:05 -05:30',
  short: '2026-02-03T15:04+0100',
  epoch: Date.UTC(2026, 1, 3, 15, 4, 5, 67),
  old: '0987-06-05',
  leap: '2024-02-29',
  january: '2026-01-31',
  sunday: '2027-01-03',
  zone: 'Europe/Berlin',
  empty: '',
};

const ISO = "yyyy-MM-dd'T'HH:mm:ss.SSSZZZZZ";

describe('dateFormat', () => {
  test.each([
    ['at', '2026-02-03T15:04:05.067+00:00'],
    ['date', '2026-02-03T00:00:00.000+00:00'],
    ['space', '2026-02-03T15:04:05.000+00:00'],
    ['stored', '2026-02-03T15:04:05.000+00:00'],
    ['offset', '2026-02-03T20:34:05.000+00:00'],
    ['short', '2026-02-03T14:04:00.000+00:00'],
    ['epoch', '2026-02-03T15:04:05.067+00:00'],
    ['old', '0987-06-05T00:00:00.000+00:00'],
  ])('reads the form of “%s”', (field, text) => {
    expect(renderText(`{{dateFormat ${field} "${ISO}"}}`, DATA)).toBe(text);
  });

  test.each([
    ['{{dateFormat at}}', 'Feb 3, 2026'],
    ['{{dateFormat at "full"}}', 'Tuesday, February 3, 2026'],
    ['{{dateFormat at "long"}}', 'February 3, 2026'],
    ['{{dateFormat at format="medium"}}', 'Feb 3, 2026'],
    ['{{dateFormat at format="short"}}', '2/3/26'],
    ['{{dateFormat at "full" "de_DE"}}', 'Dienstag, 3. Februar 2026'],
    ['{{dateFormat at "long" locale="fr-FR"}}', '3 février 2026'],
    ['{{dateFormat at "long" "nowhere!"}}', null],
    ['{{dateFormat at "long" name}}', 'February 3, 2026'],
    ['{{dateFormat at "medium" tz="Asia/Tokyo"}}', 'Feb 4, 2026'],
  ])('%s', (template, text) => {
    if (text === null) expect(() => checkTemplate(template, 'parameter')).toThrow('locale is unknown');
    else expect(renderText(template, { ...DATA, name: 'xx' })).toBe(text);
  });

  test.each([
    ['y yy yyy yyyy yyyyy', '2026 26 2026 2026 02026'],
    ['M MM MMM MMMM MMMMM', '2 02 Feb February F'],
    ['d dd D DDD', '3 03 34 034'],
    ['E EEE EEEE EEEEE e ee', 'Tue Tue Tuesday T 2 02'],
    ['h hh H HH k K a', '3 03 15 15 15 3 PM'],
    ['m mm s ss', '4 04 5 05'],
    ['S SS SSS SSSS', '0 06 067 0670'],
    ['z zzzz', 'UTC Coordinated Universal Time'],
    ['Z ZZZZ ZZZZZ', '+0000 GMT+00:00 +00:00'],
    ['w ww', '6 06'],
    ["''yyyy'' 'at' h 'o''clock'", "'2026' at 3 o'clock"],
    ['dd.MM.yyyy, HH:mm', '03.02.2026, 15:04'],
  ])('writes the Java pattern %s', (pattern, text) => {
    expect(renderText('{{dateFormat at pattern}}', { ...DATA, pattern })).toBe(text);
  });

  test.each([
    ['midnight', '2026-02-03T00:30:00Z', 'h hh H HH k kk K KK a', '12 12 0 00 24 24 0 00 AM'],
    ['noon', '2026-02-03T12:30:00Z', 'h H k K a', '12 12 12 0 PM'],
    ['the first week, in the year before', '2025-12-29', 'w e', '1 1'],
    ['the last week, in the year after', '2027-01-03', 'w e D', '53 7 3'],
    ['the last day of a leap year', '2024-12-31', 'D', '366'],
  ])('%s', (_claim, at, pattern, text) => {
    expect(renderText('{{dateFormat at pattern}}', { at, pattern })).toBe(text);
  });

  test.each([
    ['Europe/Berlin', '2026-02-03 16:04 +01:00'],
    ['America/New_York', '2026-02-03 10:04 -05:00'],
    ['Asia/Kolkata', '2026-02-03 20:34 +05:30'],
    ['Pacific/Kiritimati', '2026-02-04 05:04 +14:00'],
    ['+02:00', '2026-02-03 17:04 +02:00'],
    ['GMT-3', '2026-02-03 12:04 -03:00'],
    ['UTC', '2026-02-03 15:04 +00:00'],
    ['', '2026-02-03 15:04 +00:00'],
  ])('shows the clocks of the zone %s, which may be a field', (zone, text) => {
    const template = '{{dateFormat at "yyyy-MM-dd HH:mm ZZZZZ" tz=zone}}';
    expect(renderText(template, { ...DATA, zone })).toBe(text);
    if (zone !== '') expect(renderText(template.replace('tz=zone', `tz="${zone}"`), DATA)).toBe(text);
  });

  test('names a zone, and follows its summer time', () => {
    const template = '{{dateFormat at "HH:mm z, zzzz" tz="America/New_York"}}';
    expect(renderText(template, { at: '2026-01-01T12:00Z' })).toBe('07:00 EST, Eastern Standard Time');
    expect(renderText(template, { at: '2026-07-01T12:00Z' })).toBe('08:00 EDT, Eastern Daylight Time');
    expect(renderText('{{dateFormat at "z" tz="+02:00"}}', DATA)).toBe('GMT+02:00');
  });

  test.each([
    ['de_DE', 'Dienstag, 3. Februar', 'Di Feb.'],
    ['ru_RU', 'вторник, 3. февраля', 'вт февр.'],
    ['ja_JP', '火曜日, 3. 2月', '火 2月'],
    ['es_MX', 'martes, 3. febrero', 'mar feb'],
  ])('writes names in the language of %s', (locale, long, short) => {
    expect(renderText(`{{dateFormat date "EEEE, d. MMMM" "${locale}"}}`, DATA)).toBe(long);
    expect(renderText(`{{dateFormat date "E MMM" locale="${locale}"}}`, DATA)).toBe(short);
  });

  test('digits and years stay plain in every language', () => {
    expect(renderText('{{dateFormat date "long" "ar_EG"}}', DATA)).toContain('2026');
    expect(renderText('{{dateFormat date "yyyy" "th_TH"}} {{dateFormat date "long" "th_TH"}}', DATA)).toMatch(
      /^2026 .*2026$/,
    );
  });
});

describe('dateMath', () => {
  test.each([
    ['date', '+1d', '2026-02-04'],
    ['date', '-3d', '2026-01-31'],
    ['date', '+2w', '2026-02-17'],
    ['january', '+1M', '2026-02-28'],
    ['january', '+1M+1M', '2026-03-28'],
    ['january', '+13M', '2027-02-28'],
    ['january', '-2M', '2025-11-30'],
    ['january', '-13M', '2024-12-31'],
    ['leap', '+1y', '2025-02-28'],
    ['leap', '+4y', '2028-02-29'],
    ['date', '1d', '2026-02-04'],
    ['date', '+1y-1M+1w-1d', '2027-01-09'],
    ['date', '+1y - 1M', '2027-01-03'],
  ])('%s %s is %s', (field, sum, text) => {
    expect(renderText(`{{dateMath ${field} "${sum}" format="yyyy-MM-dd"}}`, DATA)).toBe(text);
  });

  test.each([
    ['+1h-4m+5s', '2026-02-03 16:00:10'],
    ['+1H', '2026-02-03 16:04:05'],
    ['-1d+24h', '2026-02-03 15:04:05'],
  ])('adds time: %s', (sum, text) => {
    expect(renderText(`{{dateMath at "${sum}" format="yyyy-MM-dd HH:mm:ss"}}`, DATA)).toBe(text);
  });

  test.each([
    [
      'a day over the change to summer time keeps the time of day',
      '2026-03-28T12:00:00+01:00',
      '+1d',
      '2026-03-29 12:00 +0200',
    ],
    ['24 hours over it do not', '2026-03-28T12:00:00+01:00', '+24h', '2026-03-29 13:00 +0200'],
    [
      'a time that is skipped is as far behind the gap',
      '2026-03-28T02:30:00+01:00',
      '+1d',
      '2026-03-29 03:30 +0200',
    ],
    ['a time that comes twice is the first', '2026-10-24T02:30:00+02:00', '+1d', '2026-10-25 02:30 +0200'],
    ['a month over the change back', '2026-10-01T12:00:00+02:00', '+1M', '2026-11-01 12:00 +0100'],
  ])('in the zone: %s', (_claim, at, sum, text) => {
    const template = `{{dateMath at "${sum}" tz="Europe/Berlin" format="yyyy-MM-dd HH:mm Z"}}`;
    expect(renderText(template, { at })).toBe(text);
  });

  test('begins now, or at the midnight of a zone, by the clock of the delivery', () => {
    const data = { ...DATA, now: NOW };
    expect(renderText(`{{dateMath "now" "+1d" format="${ISO}"}}`, data)).toBe(
      '2026-01-03T03:04:05.000+00:00',
    );
    expect(renderText(`{{dateMath now "+1d" format="${ISO}"}}`, data)).toBe('2026-01-03T03:04:05.000+00:00');
    expect(renderText(`{{dateMath "midnight" "+0d" format="${ISO}"}}`, data)).toBe(
      '2026-01-02T00:00:00.000+00:00',
    );
    expect(renderText(`{{dateMath "midnight" "+0d" tz="America/New_York" format="${ISO}"}}`, data)).toBe(
      '2026-01-01T00:00:00.000-05:00',
    );
  });

  test('has a style and a locale like dateFormat', () => {
    expect(
      renderText('{{dateMath date "+1M"}} {{dateMath date "+1M" format="long" locale="de_DE"}}', DATA),
    ).toBe('Mar 3, 2026 3. März 2026');
  });
});

test.each([
  ['{{now}}', 'Jan 2, 2026'],
  ['{{now "yyyy-MM-dd HH:mm:ss"}}', '2026-01-02 03:04:05'],
  ['{{now format="HH:mm" tz="Asia/Tokyo"}}', '12:04'],
  ['{{now "long" locale="de_DE"}}', '2. Januar 2026'],
  ['{{timestamp}} {{math (timestamp) "-" 5}}', `${NOW} ${NOW - 5}`],
  ['{{this.timestamp}}', 'a field'],
])('%s, by the clock of the delivery', (template, text) => {
  expect(renderText(template, { timestamp: 'a field' })).toBe(text);
});

test('a missing date gives nothing', () => {
  expect(
    renderText('<{{dateFormat missing}}{{dateFormat empty "yyyy"}}{{dateMath missing "+1d"}}>', DATA),
  ).toBe('<>');
});

describe('what can never work is refused when it is saved', () => {
  test.each([
    ['{{dateFormat at "YYYY"}}', 'has the letter Y'],
    ['{{dateFormat at format="yyyy-MM-ddTHH"}}', 'has the letter T'],
    ['{{dateFormat at "yyyy \'x"}}', 'a quote that is not closed'],
    [`{{dateFormat at "${'-'.repeat(201)}"}}`, 'at most 200 characters'],
    ['{{dateFormat at tz="Mars/Base"}}', 'names no time zone'],
    ['{{now tz="+25:00"}}', 'names no time zone'],
    ['{{now "x"}}', 'has the letter x'],
    ['{{dateMath at "tomorrow"}}', 'is written like'],
    ['{{dateMath at "+1x"}}', 'is written like'],
    ['{{dateMath at ""}}', 'is written like'],
    [`{{dateMath at "${'+1d'.repeat(21)}"}}`, 'is written like'],
  ])('%s', (template, message) => {
    const fault = thrownBy(() => checkTemplate(`a ${template}`, 'parameter')) as TemplateFault;
    expect(fault).toBeInstanceOf(TemplateFault);
    expect(fault).toMatchObject({ line: 1, column: 3 });
    expect(fault.message).toContain(message);
  });
});

describe('what cannot be used fails the rendering and says nothing of the data', () => {
  test.each([
    'secret', '2026-02-30', '2026-13-01', '2026-00-10', '2026-01-01 24:00:00', '03.02.2026', '2026', '0000-01-01',
    '2026-01-01T00:00:00+1', 'x'.repeat(100_000), true, {}, [], 1e300, Infinity, NaN,
  ])('the date %j', (at) => {
    const fault = thrownBy(() => renderText('{{dateFormat at}}', { at })) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.message).toMatch(/“dateFormat” cannot work: its date is not written like/);
    expect(fault.message).not.toContain('secret');
  }); // prettier-ignore

  test.each([
    ['{{dateFormat at tz=bad}}', 'names no time zone'],
    ['{{dateFormat at bad}}', 'the date pattern has the letter'],
    ['{{dateMath at bad}}', 'is written like'],
    ['{{dateMath at "+999999y"}}', 'not in the years 1 to 9999'],
    ['{{dateMath "later" "+1d"}}', 'its date is not written like'],
  ])('%s', (template, message) => {
    const fault = thrownBy(() => renderText(template, { ...DATA, bad: 'secret' })) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.message).toContain(message);
    expect(fault.message).not.toContain('secret');
  });
});
