import fc from 'fast-check';
import { includesText, lengthOfStartAtEnd, splitText } from '../../src/domain/text-search';
import { leastCpu, slowness } from '../support/cpu';

/** Long parts of few letters, which almost occur in many places. */
const text = fc.string({ unit: fc.constantFrom('a', 'a', 'a', 'b'), minLength: 300, maxLength: 900 });

test('a long part is found and split at as JavaScript does', () => {
  fc.assert(
    fc.property(text, fc.nat(300), fc.integer({ min: 251, max: 300 }), text, (one, from, length, other) => {
      for (const part of [one.slice(from, from + length), other.slice(0, 251), 'a'.repeat(260)]) {
        expect(includesText(one, part)).toBe(one.includes(part));
        if (part !== '') expect(splitText(one, part)).toEqual(one.split(part));
      }
    }),
    { numRuns: 500 },
  );
});

test('the beginning of a part at the end of a text is the longest', () => {
  fc.assert(
    fc.property(
      text,
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 }),
      fc.nat(30),
      (long, short, from) => {
        const part = long.slice(-from) + short;
        const lengths = Array.from({ length: part.length }, (_, length) => length);
        expect(lengthOfStartAtEnd(long, part)).toBe(
          lengths.findLast((length) => long.endsWith(part.slice(0, length))) ?? 0,
        );
      },
    ),
  );
  expect(lengthOfStartAtEnd('ab', 'abcd')).toBe(2);
  expect(lengthOfStartAtEnd('', 'abcd')).toBe(0);
});

test('a part that almost occurs everywhere takes a moment', () => {
  const [long, near] = ['a'.repeat(1_000_000), `${'a'.repeat(250_000)}b${'a'.repeat(249_999)}`];
  const ms = leastCpu(() => {
    expect(includesText(long, near)).toBe(false);
    expect(splitText(long, near)).toHaveLength(1);
    expect(lengthOfStartAtEnd(long, near)).toBe(250_000);
  }, 2);
  expect(ms).toBeLessThan(1_000 * slowness());
});
