import { formatDate, formatFault } from './date-format';
import { addTerms, parseTerms } from './date-math';
import { parseDate } from '../../domain/time/date-parse';
import { inZone, UTC, zoneNamed, type Zone } from '../../domain/time/time-zones';
import { localeNamed, localeOf } from './locale';
import { unusable, type HelperCall, type Constants, type Helper } from './helper';
import { isNothing, textOf } from '../values';

const OPTIONS = ['format', 'tz', 'locale'];

const NO_ZONE = 'tz= names no time zone. Use one like Europe/Berlin or +02:00.';
const NO_SUM = 'what is added is written like "+1y-2M+3d-4h".';

/** An empty value counts as missing: a time zone may be a field that a user does not have. */
function given(value: unknown): string | undefined {
  return isNothing(value) || value === '' ? undefined : textOf(value);
}

function zoneOf(name: string, { named }: HelperCall): Zone {
  const zone = given(named['tz']);
  if (zone === undefined) return UTC;
  return zoneNamed(zone) ?? unusable(name, NO_ZONE);
}

function written(
  name: string,
  instant: number,
  zone: Zone,
  call: HelperCall,
  [format, locale]: unknown[] = [],
): string {
  const pattern = given(call.named['format']) ?? given(format) ?? 'medium';
  const fault = formatFault(pattern);
  if (fault !== undefined) return unusable(name, fault);
  return formatDate(instant, pattern, localeOf(call.named['locale'] ?? locale), zone);
}

function instantGiven(name: string, date: unknown): number {
  return (
    parseDate(date) ?? unusable(name, 'its date is not written like 2026-01-31 or 2026-01-31T10:00:00Z.')
  );
}

function dateFormat([date, ...format]: unknown[], call: HelperCall): unknown {
  if (given(date) === undefined) return undefined;
  return written('dateFormat', instantGiven('dateFormat', date), zoneOf('dateFormat', call), call, format);
}

function dateMath([date, sum]: unknown[], call: HelperCall): unknown {
  if (given(date) === undefined) return undefined;
  const zone = zoneOf('dateMath', call);
  const terms = parseTerms(textOf(sum)) ?? unusable('dateMath', NO_SUM);
  const result = parseDate(addTerms(startOf(date, zone, call), terms, zone));
  if (result === undefined) return unusable('dateMath', 'its result is not in the years 1 to 9999.');
  return written('dateMath', result, zone, call);
}

function startOf(date: unknown, zone: Zone, { now }: HelperCall): number {
  if (date === 'now') return now;
  if (date !== 'midnight') return instantGiven('dateMath', date);
  return inZone(now, zone).startOfDay().epochMilliseconds;
}

function checkOptions({ named }: Constants, format: unknown, locale?: unknown): string | undefined {
  const [pattern, zone] = [given(named['format']) ?? given(format), given(named['tz'])];
  const localeName = given(named['locale']) ?? given(locale);
  if (zone !== undefined && !zoneNamed(zone)) return NO_ZONE;
  if (localeName !== undefined && !localeNamed(localeName))
    return 'its locale is unknown. Use one like de_DE.';
  return pattern === undefined ? undefined : formatFault(pattern);
}

/** The current time is that of the delivery: a retry renders the same. */
export const DATES: Readonly<Record<string, Helper>> = {
  now: {
    takes: [0, 1],
    named: OPTIONS,
    check: (constants) => checkOptions(constants, constants.values[0]),
    value: (values, call) => written('now', call.now, zoneOf('now', call), call, values),
  },
  timestamp: { takes: [0, 0], value: (_values, { now }) => now },
  dateFormat: {
    takes: [1, 3],
    named: OPTIONS,
    check: (constants) => checkOptions(constants, constants.values[1], constants.values[2]),
    value: dateFormat,
  },
  dateMath: {
    takes: [2, 2],
    named: OPTIONS,
    check: (constants) => checkSum(constants.values[1]) ?? checkOptions(constants, undefined),
    value: dateMath,
  },
};

function checkSum(sum: unknown): string | undefined {
  return sum === undefined || parseTerms(textOf(sum)) ? undefined : NO_SUM;
}
