import { currencyOf } from '../../../src/template/helpers/currencies';

describe('the currency of a locale', () => {
  test.each([
    ['en-US', 'USD'],
    ['en-GB', 'GBP'],
    ['de-CH', 'CHF'],
    ['pt-BR', 'BRL'],
    ['ja-JP', 'JPY'],
    ['fr-SN', 'XOF'],
  ])('of %s is %s', (locale, currency) => {
    expect(currencyOf(locale)).toBe(currency);
  });

  test.each([
    ['nl-CW', 'XCG', '2025'],
    ['nl-SX', 'XCG', '2025'],
    ['hr-HR', 'EUR', '2023'],
    ['bg-BG', 'EUR', '2026'],
  ])('of %s is %s, its currency since %s', (locale, currency) => {
    expect(currencyOf(locale)).toBe(currency);
  });

  test.each([
    ['de', 'EUR'],
    ['en', 'USD'],
    ['hi', 'INR'],
  ])('of %s, which names no country, is that of most speakers: %s', (locale, currency) => {
    expect(currencyOf(locale)).toBe(currency);
  });

  test.each(['en-AQ', 'en-001', 'eo'])('of %s is unknown', (locale) => {
    expect(currencyOf(locale)).toBeUndefined();
  });
});
