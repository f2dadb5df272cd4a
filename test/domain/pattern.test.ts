import fc from 'fast-check';
import { RE2JS, RE2JSException } from 're2js';
import { areTooMany, matchesWhole, patternFault, PatternFault } from '../../src/domain/pattern';
import { patternSize } from '../../src/domain/pattern-size';

const PARTS = [
  'a', '.', '\\d', '\\pL', '\\p{Greek}', '[a-z]', '[^]a]', '[[:alpha:](]', '[](]', '[[:^alpha:]]', '[\\]{5}(]', '\\x{10}',
  '\\Qa{9}(\\E', '\\(', '\\[', '(', ')', '(', ')', '(?:', '(?i)', '(?i:', '(?P<n>', ')(?i){9}', '(?m-s)', '|', '*', '+',
  '?', '*?', '{3}', '{2,5}', '{4,}', '{0,12}', '{0}', '{2}?', '{x', '}', '^', '$', '\\b', '\\z', '[', ']', '\\', '\\Q', '\\E', '😀',
]; // prettier-ignore

function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

test('no pattern compiles to more instructions than were counted before', () => {
  const pattern = fc.array(fc.constantFrom(...PARTS), { maxLength: 14 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, (text) => {
      expect(patternSize(text)).toBeGreaterThanOrEqual(compiled(text)?.programSize() ?? 0);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['^[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,253}\\.[a-z]{2,24}$', 1_100],
  ['\\d{4}-\\d{2}-\\d{2}', 40],
  ['[\\p{L}\\p{M}’ -]{1,100}', 450],
])('%s counts at most %d', (pattern, most) => {
  expect(patternSize(pattern)).toBeLessThanOrEqual(most);
});

test.each(['a{1000}'.repeat(70), '(?:.?){1000}{2}', '(?:(?:(?:a|b|c){9}){9}){99}'])(
  '%s is refused before it is compiled',
  (pattern) => {
    const compile = jest.spyOn(RE2JS, 'compile');
    expect(patternFault(pattern)).toBe(
      'its pattern repeats too much. Lower the numbers in braces, as in {1,100}.',
    );
    expect(compile).not.toHaveBeenCalled();
    compile.mockRestore();
  },
);

test('a pattern is compiled once', () => {
  const compile = jest.spyOn(RE2JS, 'compile');
  const patterns = Array.from({ length: 50 }, (_, n) => `once ${n} a{0,90}`);
  for (let round = 0; round < 3; round += 1)
    for (const pattern of patterns) expect(matchesWhole('x', pattern)).toBe(false);
  expect(compile).toHaveBeenCalledTimes(50);
  compile.mockRestore();
});

test('patterns are too many from 51 on, or when they are large together', () => {
  const small = Array.from({ length: 50 }, (_, n) => `a${n}`);
  expect(areTooMany(small, { instructions: 0 })).toBe(false);
  expect(areTooMany([...small, 'b'], { instructions: 0 })).toBe(true);
  expect(areTooMany(['a{1,1000}'.repeat(2), 'b'], { instructions: 15_000 })).toBe(true);
});

test('a text that is too long for its pattern is not looked at', () => {
  expect(() => matchesWhole('a'.repeat(10_000), 'a{1,1000}')).toThrow(PatternFault);
});
