import { RenderFault, TemplateFault, checkTemplate } from '../../../src/template/template';
import { renderText, thrownBy } from '../rendering';

const CART = {
  name: 'Ada',
  items: [
    { id: 1, price: 10, kind: 'book', at: { row: 3 } },
    { id: 2, price: 9.5, kind: 'pen', at: { row: 1 } },
    { id: 3, kind: 'book', at: { row: 2 } },
    { id: 4, price: '100' },
  ],
  words: ['pear', 'Apple', 'fig'],
  numbers: ['10', 9, '9.5'],
  none: [],
  map: { b: 2, a: 1 },
};

describe('sortBy', () => {
  test.each([
    ['{{#sortBy items "price"}}{{id}} {{/sortBy}}', '2 1 4 3 '],
    ['{{#sortBy items "price" order="desc"}}{{id}} {{/sortBy}}', '4 1 2 3 '],
    ['{{#sortBy items "price" order="asc"}}{{id}} {{/sortBy}}', '2 1 4 3 '],
    ['{{#sortBy items "kind"}}{{id}} {{/sortBy}}', '1 3 2 4 '],
    ['{{#sortBy items "at.row"}}{{id}} {{/sortBy}}', '2 3 1 4 '],
    ['{{#sortBy words}}{{this}} {{/sortBy}}', 'Apple fig pear '],
    ['{{#sortBy numbers}}{{this}} {{/sortBy}}', '9 9.5 10 '],
    ['{{#each (sortBy words order="desc")}}{{this}} {{/each}}', 'pear fig Apple '],
    [
      '{{#sortBy words as |word index|}}{{index}}{{word}}{{@index}}{{@last}} {{/sortBy}}',
      '0Apple0false 1fig1false 2pear2true ',
    ],
    ['{{#sortBy items "price"}}{{#if @first}}{{../name}}{{/if}}{{/sortBy}}', 'Ada'],
    [
      '{{#sortBy none "x"}}x{{else}}none{{/sortBy}}{{#sortBy missing "x"}}x{{else}}none{{/sortBy}}',
      'nonenone',
    ],
    ['{{#sortBy map "x"}}x{{else}}no list{{/sortBy}}', 'no list'],
    ['{{#sortBy items "constructor"}}{{id}} {{/sortBy}}', '1 2 3 4 '],
  ])('%s', (template, text) => {
    expect(renderText(template, CART)).toBe(text);
  });

  test('leaves the list as it was', () => {
    expect(renderText('{{#sortBy words}}{{/sortBy}}{{join words " "}}', CART)).toBe('pear Apple fig');
  });

  test('takes no other order, and no list that is too long', () => {
    expect(() => checkTemplate('{{sortBy a order="up"}}', 'parameter')).toThrow(
      'order= must be "asc" or "desc"',
    );
    const long = { x: Array.from({ length: 10_001 }, (_, index) => index), way: 'up' };
    expect(thrownBy(() => renderText('{{sortBy x order=way}}', long))).toBeInstanceOf(RenderFault);
    expect(() => renderText('{{sortBy x}}', long)).toThrow(
      '“sortBy” cannot work: it accepts lists of at most 10000 items',
    );
    expect(() => renderText('{{minInList x}}', long)).toThrow('“minInList” cannot work: it accepts');
    expect(() => renderText('{{#groupBy x "y"}}{{/groupBy}}', long)).toThrow(
      '“groupBy” cannot work: it accepts',
    );
  });
});

describe('groupBy', () => {
  test.each([
    ['{{#groupBy items "kind"}}{{@key}}: {{#each this}}{{id}} {{/each}}{{/groupBy}}', 'book: 1 3 pen: 2 '],
    [
      '{{#groupBy items "kind" as |group kind|}}{{kind}}={{group.size}}{{#unless @last}},{{/unless}}{{/groupBy}}',
      'book=2,pen=1',
    ],
    ['{{#groupBy none "kind"}}x{{else}}none{{/groupBy}}', 'none'],
    ['{{#groupBy items "missing"}}x{{else}}none{{/groupBy}}', 'none'],
    ['{{#groupBy items "at"}}{{@key}}{{/groupBy}}', '{"row":3}{"row":1}{"row":2}'],
  ])('%s', (template, text) => {
    expect(renderText(template, CART)).toBe(text);
  });

  test('makes a group called __proto__ like any other', () => {
    const data = {
      x: [
        { k: '__proto__', v: 1 },
        { k: 'b', v: 2 },
      ],
    };
    expect(renderText('{{#groupBy x "k"}}{{@key}}{{#each this}}{{v}}{{/each}}{{/groupBy}}', data)).toBe(
      '__proto__1b2',
    );
  });
});

test.each([
  [
    '{{#minInList items "price"}}{{id}}{{/minInList}} {{#maxInList items "price"}}{{id}}{{/maxInList}}',
    '2 4',
  ],
  ['{{minInList numbers}} {{maxInList numbers}} {{minInList words}}', '9 10 Apple'],
  ['{{#maxInList items "at.row" as |item|}}{{item.id}}{{../name}}{{/maxInList}}', '1Ada'],
  ['{{lookup (minInList items "price") "id"}}', '2'],
  ['<{{minInList none}}{{maxInList missing}}{{minInList items "nothing"}}>', '<>'],
  ['{{#minInList none}}x{{else}}none{{/minInList}}', 'none'],
  ['{{#minInList zeros}}{{this}}{{/minInList}}', '0'],
])('%s', (template, text) => {
  expect(renderText(template, { ...CART, zeros: [1, 0] })).toBe(text);
});

describe('assign', () => {
  test.each([
    ['{{#assign "full"}}{{name}} L.{{/assign}}<{{full}}|{{upper full}}>', '<Ada L.|ADA L.>'],
    ['{{x}}{{#assign "x"}}1{{/assign}}{{x}}{{#assign "x"}}{{x}}2{{/assign}}{{x}}', '112'],
    ['{{#assign "name"}}other{{/assign}}{{name}} {{this.name}}', 'other Ada'],
    ['{{#if name}}{{#assign "x"}}inside{{/assign}}{{/if}}{{x}}', 'inside'],
    ['{{#if missing}}{{#assign "x"}}inside{{/assign}}{{/if}}<{{x}}>', '<>'],
    ['{{#each items}}{{#assign "last"}}{{id}}{{/assign}}{{/each}}{{last}}', '4'],
    ['{{#each words}}{{#assign "all"}}{{all}}{{this}}{{/assign}}{{/each}}{{all}}', 'pearApplefig'],
    ['{{#each words as |x|}}{{#assign "x"}}y{{/assign}}{{x}}{{/each}}', 'pearApplefig'],
    ['{{#assign "x"}}12{{/assign}}{{x.length}}', '2'],
  ])('%s', (template, text) => {
    expect(renderText(template, CART)).toBe(text);
  });

  test('gives no more than text to the place where it is written', () => {
    const body = '{{#assign "x"}}", "admin": "true{{/assign}}{"a":"{{x}}"}';
    expect(JSON.parse(renderText(body, {}, 'json')!)).toEqual({ a: '", "admin": "true' });
    expect(renderText('{{#assign "x"}}{{id}}{{/assign}}https://example.com/{{x}}', { id: 7 }, 'url')).toBe(
      'https://example.com/7',
    );
  });

  test.each([
    '{{#assign name}}x{{/assign}}',
    '{{#assign "a b"}}x{{/assign}}',
    '{{#assign "upper"}}x{{/assign}}',
    '{{#assign "x"}}a{{else}}b{{/assign}}',
    '{{assign "x"}}',
    '{{#assign ":out"}}x{{/assign}}',
    '{{#assign "__proto__"}}x{{/assign}}{{constructor "x"}}',
  ])('%s is refused', (template) => {
    expect(thrownBy(() => checkTemplate(template, 'parameter'))).toBeInstanceOf(TemplateFault);
  });

  test('is forgotten when the template ends', () => {
    expect(renderText('{{#assign "x"}}1{{/assign}}{{x}}')).toBe('1');
    expect(renderText('<{{x}}>')).toBe('<>');
  });
});

test('names within blocks: fields, loops and as |…| each keep to their level', () => {
  const data = { a: [{ b: [1, 2] }, { b: [3] }], n: 'root', x: 'field' };
  const template =
    '{{#each a as |outer i|}}{{#each outer.b as |x j|}}{{i}}{{j}}{{x}}{{this}}{{@../index}}{{../../n}}{{@root.n}}{{this.x}} {{/each}}{{/each}}{{x}}';
  expect(renderText(template, data)).toBe('00110rootroot 01220rootroot 10331rootroot field');
  expect(
    renderText(
      '{{#each a as |x|}}{{#each x.b}}{{#if this}}{{x.b.length}}{{../../n}}{{/if}}{{/each}}{{/each}}',
      data,
    ),
  ).toBe('2root2root1root');
});
