import { RenderFault, TemplateFault, checkTemplate } from '../../../src/template/template';
import { renderText, thrownBy } from '../rendering';

/** What a block helper decides. */
const decides = (head: string, data: object) =>
  renderText(`{{#${head}}}yes{{else}}no{{/${head.split(' ')[0]!}}}`, data) === 'yes';

describe.each([
  ['Gt', 'gt'],
  ['Gte', 'gte'],
  ['Lt', 'lt'],
  ['Lte', 'lte'],
])('B047: if%s and %s', (long, short) => {
  const holds = (a: number, b: number) =>
    ({ gt: a > b, gte: a >= b, lt: a < b, lte: a <= b })[short as 'gt' | 'gte' | 'lt' | 'lte'];

  test.each<[string, unknown, unknown, [number, number]]>([
    ['numbers', 10, 9, [10, 9]],
    ['numbers that are equal', 1.5, 1.5, [1, 1]],
    ['numbers written as text', '10', '9', [10, 9]],
    ['a number and text like one', 9, '10.0', [9, 10]],
    ['equal numbers written in two ways', '1.50', 1.5, [1, 1]],
    ['numbers below zero', '-2', '-1', [-2, -1]],
    ['texts by their characters', 'apple', 'banana', [0, 1]],
    ['texts of which one is no number, by their characters', '10', '9a', [0, 1]],
    ['upper before lower case', 'a', 'B', [1, 0]],
    ['dates as text', '2026-01-31', '2026-02-01', [0, 1]],
  ])('compare %s', (_claim, a, b, [one, other]) => {
    expect(decides(`if${long} a b`, { a, b })).toBe(holds(one, other));
    expect(decides(`${short} a b`, { a, b })).toBe(holds(one, other));
    expect(renderText(`{{${short} a b}}`, { a, b })).toBe(String(holds(one, other)));
  });

  test('differ where there is nothing to compare: one is false, the other fails the rendering', () => {
    for (const data of [{ a: null, b: 1 }, { a: 1 }, {}]) {
      expect(decides(`if${long} a b`, data)).toBe(false);
      const fault = thrownBy(() => renderText(`{{${short} a b}}`, data)) as RenderFault;
      expect(fault).toBeInstanceOf(RenderFault);
      expect(fault).toMatchObject({ reason: 'render' });
      expect(fault.message).toContain(`“${short}” cannot work: a value to compare is missing`);
      expect(thrownBy(() => decides(`${short} a b`, data))).toBeInstanceOf(RenderFault);
    }
  });
});

describe('eq and neq', () => {
  test.each<[unknown, unknown, boolean]>([
    ['100', 100, true],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [[1, 2], [2, 1], false],
    [null, undefined, true],
    ['', null, false],
  ])('of %j and %j', (a, b, equal) => {
    expect(decides('eq a b', { a, b })).toBe(equal);
    expect(decides('neq a b', { a, b })).toBe(!equal);
    expect(renderText('{{eq a b}} {{neq a b}}', { a, b })).toBe(`${equal} ${!equal}`);
  });

  test('of values nested too deeply fail the rendering', () => {
    const deep = () => JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(thrownBy(() => renderText('{{eq a b}}', { a: deep(), b: deep() }))).toBeInstanceOf(RenderFault);
  });
});

describe('what a condition gives', () => {
  const data = { one: 1, zero: 0, name: 'Ada', empty: '', none: [], list: [0] };

  test.each([
    ['{{eq one 1 yes="same" no="other"}}', 'same'],
    ['{{gt zero one yes="more" no=name}}', 'Ada'],
    ['<{{eq one 2 yes="same"}}>', '<false>'],
    ['<{{eq one 1 yes=missing}}>', '<>'],
    ['{{#if (and one (not zero) (gt one zero))}}yes{{/if}}', 'yes'],
    ['{{and one name list}} {{and one empty name}} {{and one none}}', 'true false false'],
    ['{{or zero empty none missing name}} {{or zero empty none}}', 'true false'],
    ['{{not empty}} {{not name yes="none" no="some"}}', 'true some'],
    ['{{#and one name}}both{{else}}not{{/and}}{{#or zero none}}one{{else}}neither{{/or}}', 'bothneither'],
    ['{{#not zero}}not{{/not}}', 'not'],
    ['{{#eq one 2}}a{{else eq one 1}}b{{else}}c{{/eq}}', 'b'],
  ])('%s', (template, text) => {
    expect(renderText(template, data)).toBe(text);
  });

  test('keeps its type in a JSON body', () => {
    expect(renderText('{"x":{{gt 2 1}}}', {}, 'json')).toBe('{"x": true }');
  });
});

test.each<[string, object, boolean]>([
  ['ifModEq a 3 1', { a: 7 }, true],
  ['ifModEq a "3" 1', { a: '7' }, true],
  ['ifModEq a 3 0', { a: 7 }, false],
  ['ifModEq a 0 0', { a: 7 }, false],
  ['ifModEq a 3 1', { a: 'seven' }, false],
  ['ifModEq a 3 1', {}, false],
  ['ifContainsStr a "b"', { a: 'abc' }, true],
  ['ifContainsStr a "B"', { a: 'abc' }, false],
  ['ifContainsStr a "2"', { a: 123 }, true],
  ['ifContainsStr a missing', { a: 'abc' }, true],
  ['ifMatchesRegexStr a "[a-z]+@example\\.com"', { a: 'ada@example.com' }, true],
  ['ifMatchesRegexStr a "a.c"', { a: 'xabc' }, false],
  ['ifMatchesRegexStr a "a.c"', { a: 'abcx' }, false],
  ['ifMatchesRegexStr a "A.C"', { a: 'abc' }, false],
  ['ifMatchesRegexStr a "a|ab"', { a: 'ab' }, true],
  ['ifMatchesRegexStr a "a.c"', { a: 'a\nc' }, false],
  ['ifMatchesRegexStr a "^\\d{3}-\\d{4}$"', { a: '555-1234' }, true],
  ['ifMatchesRegexStr a "\\p{Lu}\\p{L}*"', { a: 'Élan' }, true],
  ['ifMatchesRegexStr a "\\Q1.5\\E"', { a: '1x5' }, false],
  ['ifMatchesRegexStr a ".*"', {}, true],
  ['ifMatchesRegexStr a b', { a: 'x', b: '[xyz]' }, true],
  ['ifContains a "x"', { a: ['w', 'x'] }, true],
  ['ifContains a "2"', { a: [1, 2] }, true],
  ['ifContains a "x"', { a: 'xyz' }, false],
  ['ifContains a "x"', {}, false],
  [`ifContains a '{"id":2}'`, { a: [{ id: 1 }, { id: 2, more: true }] }, true],
  [`ifContains a '{"id":2,"more":false}'`, { a: [{ id: 2, more: true }] }, false],
  [`ifContains a '{"at":{"x":[1]}}'`, { a: [{ at: { x: [1] } }] }, true],
  [`ifContains a '{no json'`, { a: ['{no json'] }, true],
  ['ifContains a b', { a: [{ id: 1 }], b: { id: 1 } }, true],
  ['ifContains a "constructor"', { a: [{}] }, false],
  [`ifContains a '{"constructor":null}'`, { a: [{ constructor: 1 }] }, false],
])('%s of %j is %s', (head, data, expected) => {
  expect(decides(head, data)).toBe(expected);
});

test.each([{}, { a: null }, { a: '' }])('ifContainsStr fails the rendering of %j', (data) => {
  const fault = thrownBy(() => decides('ifContainsStr a "x"', data)) as RenderFault;
  expect(fault).toBeInstanceOf(RenderFault);
  expect(fault.message).toContain('“ifContainsStr” cannot work: the text to search is missing');
});

describe('a pattern', () => {
  test.each([
    '(',
    '[a',
    'a{2,1}',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    'a{1001}',
    '((a{99}){99}){99}',
    'x'.repeat(501),
  ])(
    '%s that cannot be used is refused when it is saved, and fails the rendering when it comes from data',
    (pattern) => {
      const head = (given: string) => `{{#ifMatchesRegexStr a ${given}}}x{{/ifMatchesRegexStr}}`;
      const refused = thrownBy(() => checkTemplate(`ab ${head(`'${pattern}'`)}`, 'parameter'));
      expect(refused).toBeInstanceOf(TemplateFault);
      expect(refused).toMatchObject({ line: 1, column: 4 });
      const failed = thrownBy(() => renderText(head('b'), { a: 'secret', b: pattern })) as RenderFault;
      expect(failed).toBeInstanceOf(RenderFault);
      expect(failed.message).toContain('“ifMatchesRegexStr” cannot work: its pattern');
      expect(failed.message).not.toContain('secret');
    },
  );

  test('that is large is matched against a text that is small', () => {
    const template = `{{#ifMatchesRegexStr a '(?:[a-z]{1,30}\\.){1,30}com'}}x{{/ifMatchesRegexStr}}`;
    expect(renderText(template, { a: 'www.example.com' })).toBe('x');
    expect(thrownBy(() => renderText(template, { a: 'a'.repeat(100_000) }))).toBeInstanceOf(RenderFault);
  });
});

test('yes= and no= in a block, which has {{else}}, are refused', () => {
  expect(() => checkTemplate('{{#eq a b yes="x"}}y{{/eq}}', 'parameter')).toThrow('a block uses {{else}}');
});
