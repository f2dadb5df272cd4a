import fc from 'fast-check';
import { findJsonFault } from '../../src/template/json-text';

describe('finding where a text stops being JSON', () => {
  test.each([
    ['{"a": }', 6, 'a value'],
    ['{"a" 1}', 5, 'a colon'],
    ['{"a":1 "b":2}', 7, 'a comma or }'],
    ['{"a":1,}', 7, 'a key in quotes'],
    ['{,}', 1, 'a key in quotes or }'],
    ['[1 2]', 3, 'a comma or ]'],
    ['[,]', 1, 'a value or ]'],
    ['[1,]', 3, 'a value'],
    ['{} x', 3, 'the end'],
    ['{"a":"x\ny"}', 5, 'a value'],
    ['{"a":01}', 5, 'a value'],
    ['{"a":truex}', 5, 'a value'],
    ['{"a":1', 6, 'a comma or }'],
    ['', 0, 'a value'],
    ['{1:2}', 1, 'a key in quotes or }'],
    ['{"a":1]', 6, 'a comma or }'],
  ])('%j is not JSON at %i, where %s is expected', (text, offset, due) => {
    expect(findJsonFault(text)).toEqual({ offset, due });
  });

  test('finds a fault exactly where JSON.parse fails', () => {
    const sign = fc.constantFrom(
      ...'{}[],:"\\ \n01-.eE',
      'true',
      'null',
      '"a"',
      '\\u00e9',
      'x',
      '{"a":',
      '[1,',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 12 }), (signs) => {
        const text = signs.join('');
        expect([text, findJsonFault(text) === undefined]).toEqual([text, parses(text)]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('finds none in what JSON.stringify writes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => findJsonFault(JSON.stringify(value)) === undefined));
  });

  test('refuses nesting that could not be written again', () => {
    expect(findJsonFault('['.repeat(200_000))).toEqual({
      offset: 100,
      due: 'no more than 100 levels of nesting',
    });
  });

  test('reads a long string of escapes', () => {
    expect(findJsonFault(JSON.stringify('\n'.repeat(500_000)))).toBeUndefined();
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
