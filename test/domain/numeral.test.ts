import { readJson } from '../../src/domain/lossless-json';
import { compareNumerals, isWhole, numeralOf } from '../../src/domain/numeral';

const big = readJson('7615917337495251231');

it('compares numbers and numeric texts digit by digit', () => {
  expect(compareNumerals(big, '7615917337495251231')).toBe(0);
  expect(compareNumerals(big, '+007615917337495251231.0')).toBe(0);
  expect(compareNumerals(big, '7615917337495251232')).toBeLessThan(0);
  expect(compareNumerals('7615917337495251232', '7615917337495251231')).toBeGreaterThan(0);
  expect(compareNumerals(big, 7615917337495251)).toBeGreaterThan(0);
  expect(compareNumerals('-7615917337495251232', '-7615917337495251231')).toBeLessThan(0);
  expect(compareNumerals('1.50', 1.5)).toBe(0);
  expect(compareNumerals(0.1, '0.10000000000000001')).toBeLessThan(0);
});

it.each(['', '1e3', '0x1', 'abc', '1.', '.5', '1_000', null, true, {}, '9'.repeat(401), NaN])(
  '%j is no number',
  (value) => {
    expect(numeralOf(value)).toBeUndefined();
    expect(compareNumerals(value, 1)).toBeUndefined();
  },
);

it('knows a whole number from a fraction, however many digits they have', () => {
  const whole = ['5', '7615917337495251231', '7615917337495251231.0', '1e22', '12345678901234567890e-1'];
  expect(whole.map((text) => isWhole(readJson(text) as number))).toEqual(whole.map(() => true));
  const fractions = ['0.5', '7615917337495251231.5', '0.1234567890123456789', '12345678901234567891e-1'];
  expect(fractions.map((text) => isWhole(readJson(text) as number))).toEqual(fractions.map(() => false));
});
