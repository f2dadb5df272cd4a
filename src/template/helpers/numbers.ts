import { localeNamed, localeOf } from './locale';
import { formatNumber, isRounding, numberFormatFault, type NumberOptions } from './number-format';
import { MAX_DIGITS } from './number-pattern';
import { unusable, type Constants, type Helper } from './helper';
import { numeralOf } from '../../domain/numeral';
import { isNothing, numberOf, textOf } from '../values';

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const OPTIONS = ['locale', 'minimumFractionDigits', 'maximumFractionDigits', 'groupingUsed', 'roundingMode'];

/** A missing operand gives nothing. An operand or a result that is not a number fails the rendering. */
function math([a, sign, b]: unknown[]): number | undefined {
  if (isEmpty(a) || isEmpty(b)) return undefined;
  const fault = operatorFault(sign);
  const [one, other] = [numberOf(a), numberOf(b)];
  if (fault !== undefined) return unusable('math', fault);
  if (one === undefined || other === undefined) return unusable('math', 'a value is not a number.');
  if (isRounded(one) || isRounded(other)) return unusable('math', `a value ${TOO_LONG}`);
  const result = OPERATORS[textOf(sign)]!(one, other);
  if (!Number.isFinite(result)) return unusable('math', 'its result is not a number.');
  if (isRounded(result)) return unusable('math', `its result ${TOO_LONG}`);
  // 0.1 + 0.2 is 0.3: digits beyond the fifteenth are floating-point noise.
  return Number.isInteger(result) ? result : Number(result.toPrecision(15));
}

/** Whole numbers only: digits after the point are rounded by every calculation. */
function isRounded(number: number): boolean {
  return Number.isInteger(number) && !Number.isSafeInteger(number);
}

const TOO_LONG = 'is above 9007199254740991 and would be rounded.';

function operatorFault(sign: unknown): string | undefined {
  return Object.hasOwn(OPERATORS, textOf(sign))
    ? undefined
    : "its operator must be one of '+', '-', '*', '/' and '%'.";
}

function numberFormat(
  [value, format, locale]: unknown[],
  named: Record<string, unknown>,
): string | undefined {
  if (isEmpty(value)) return undefined;
  const number = numeralOf(value);
  if (number === undefined) return unusable('numberFormat', 'its value is not a number.');
  const fault = optionFault(named);
  if (fault !== undefined) return unusable('numberFormat', fault);
  const tag = localeOf(named['locale'] ?? locale);
  const kind = isEmpty(format) ? undefined : textOf(format);
  return (
    formatNumber(number as Intl.StringNumericLiteral, kind, tag, optionsOf(named)) ??
    unusable('numberFormat', numberFormatFault(kind, tag)!)
  );
}

function optionsOf(named: Record<string, unknown>): NumberOptions {
  const rounding = textOf(named['roundingMode']).toLowerCase();
  const grouping = textOf(named['groupingUsed']);
  return {
    minimumFraction: numberOf(named['minimumFractionDigits']),
    maximumFraction: numberOf(named['maximumFractionDigits']),
    grouping: grouping === '' ? undefined : grouping === 'true',
    rounding: isRounding(rounding) ? rounding : undefined,
  };
}

/** An option that is missing or empty has no effect. */
function optionFault(named: Record<string, unknown>): string | undefined {
  for (const name of ['minimumFractionDigits', 'maximumFractionDigits']) {
    const digits = numberOf(named[name]);
    if (isEmpty(named[name])) continue;
    if (!Number.isInteger(digits) || digits! < 0 || digits! > MAX_DIGITS) {
      return `${name}= must be a whole number from 0 to ${MAX_DIGITS}.`;
    }
  }
  const { groupingUsed, roundingMode } = named;
  if (!isEmpty(groupingUsed) && !/^(?:true|false)$/.test(textOf(groupingUsed)))
    return 'groupingUsed= must be true or false.';
  if (isEmpty(roundingMode) || isRounding(textOf(roundingMode).toLowerCase())) return undefined;
  return 'roundingMode= must be one of half_even, half_up, half_down, up, down, ceiling and floor.';
}

function isEmpty(value: unknown): boolean {
  return isNothing(value) || value === '';
}

function checkFormat({ values: [, format, locale], named }: Constants): string | undefined {
  const given = named['locale'] ?? locale;
  const tag = given === undefined ? localeOf(undefined) : localeNamed(textOf(given));
  if (tag === undefined) return 'its locale is unknown. Use one like de_DE.';
  const fault = isEmpty(format) ? undefined : numberFormatFault(textOf(format), tag);
  return fault ?? optionFault(named);
}

export const NUMBERS: Readonly<Record<string, Helper>> = {
  math: {
    takes: [3, 3],
    check: ({ values: [, sign] }) => (sign === undefined ? undefined : operatorFault(sign)),
    value: math,
  },
  numberFormat: {
    takes: [1, 3],
    named: OPTIONS,
    check: checkFormat,
    value: (values, { named }) => numberFormat(values, named),
  },
};
