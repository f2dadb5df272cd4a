const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const TIME = String.raw`(?<time>(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60))`;

/** The forms of an HTTP-date (RFC 9110, 5.6.7); a recipient must accept all three. */
const FORMS = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(
    `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`,
  ),
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(
    `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${TIME} GMT$`,
  ),
  // asctime: Sun Nov  6 08:49:37 1994
  new RegExp(
    `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`,
  ),
];

/** The moment of an HTTP-date in ms since the epoch; undefined for any other text. `nowMs` decides a year of two digits. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const { day, month, year, time } = FORMS.map((form) => form.exec(text)?.groups).find(Boolean) ?? {};
  if (time === undefined) return undefined;
  const [hours, minutes, seconds] = time.split(':').map(Number);
  const date = [MONTHS.indexOf(month!), Number(day)] as const;
  const momentIn = (fullYear: number) => Date.UTC(fullYear, ...date, hours, minutes, seconds);
  const fullYear = year!.length === 2 ? fullYearOf(Number(year), momentIn, nowMs) : Number(year);
  // JavaScript reads the 31st of June as the 1st of July.
  const exists = date[0] >= 0 && new Date(Date.UTC(fullYear, ...date)).getUTCDate() === date[1];
  return exists ? momentIn(fullYear) : undefined;
}

/** What two digits mean: the last such year in which the moment is not more than 50 years ahead. */
function fullYearOf(digits: number, momentIn: (year: number) => number, nowMs: number): number {
  const limit = new Date(nowMs);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const year = digits + Math.floor(limit.getUTCFullYear() / 100) * 100;
  return momentIn(year) > limit.getTime() ? year - 100 : year;
}
