import { RenderFault, TemplateFault, checkTemplate, type TemplateKind } from '../../src/template/template';
import { leastCpu, slowness } from '../support/cpu';
import { renderText, thrownBy } from './rendering';

describe('G1: what a tag writes in text', () => {
  test.each<[string, unknown, string]>([
    ['text as it is, nothing escaped', `<a href="x">&'`, `<a href="x">&'`],
    ['a number', 12.5, '12.5'],
    ['zero', 0, '0'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['null as nothing', null, ''],
    ['a missing field as nothing', undefined, ''],
    ['an object as JSON', { a: [1, 'x'] }, '{"a":[1,"x"]}'],
    ['an array as JSON', [1, null], '[1,null]'],
  ])('%s', (_claim, x, text) => {
    expect(renderText('<{{x}}|{{{x}}}|{{&x}}>', { x })).toBe(`<${text}|${text}|${text}>`);
  });
});

const DATA = {
  name: 'Ada',
  empty: '',
  zero: 0,
  no: false,
  none: [],
  nothing: null,
  'First Name': 'Grace',
  lookup: 'a field',
  urlEncode: 'another',
  each: { deep: 'a third' },
  items: [
    { id: 1, tags: ['a', 'b'] },
    { id: 2, tags: [] },
  ],
  map: { x: 1, y: 2 },
  text: 'héllo wörld',
};

describe('paths', () => {
  test.each([
    ['{{name}} {{this.name}} {{./name}} {{@root.name}}', 'Ada Ada Ada Ada'],
    ['{{[First Name]}} {{"First Name"}} {{this.[First Name]}}', 'Grace Grace Grace'],
    ['{{items.[0].id}} {{items.1.id}} {{items.9.id}}', '1 2 '],
    ['{{items.size}} {{items.length}} {{name.length}} {{map.size}}', '2 2 3 '],
    ['{{nothing.at.all}}|{{missing.at.all}}|{{name.at.all}}', '||'],
    ['{{Name}}', ''],
    ['{{#each items}}{{#with tags}}{{../../name}}{{length}} {{/with}}{{/each}}', 'Ada2 '],
    ['{{~ name ~}}  !', 'Ada!'],
    ['{{! a comment }}{{!-- another }} --}}x', 'x'],
    ['\\{{name}}', '{{name}}'],
    ['\\{{"x}}', '{{"x}}'],
    ['{{#if name}}\n x\n{{/if}}\n', ' x\n'],
    ['{{#if name}}{{! c }}\n x{{/if}}', '\n x'],
  ])('%s', (template, text) => {
    expect(renderText(template, DATA)).toBe(text);
  });

  test('a field that shares the name of a helper is read where the helper could not be called', () => {
    expect(renderText('{{lookup}} {{urlEncode}} {{each.deep}} {{urlEncode lookup}}', DATA)).toBe(
      'a field another a third a+field',
    );
  });
});

describe('helpers', () => {
  test.each<readonly [string, string]>([
    ['{{#if name}}yes{{else}}no{{/if}}', 'yes'],
    ...['empty', 'zero', 'no', 'none', 'nothing', 'missing'].map(
      (field) => [`{{#if ${field}}}yes{{else}}no{{/if}}{{#unless ${field}}}!{{/unless}}`, 'no!'] as const,
    ),
    ['{{#if map}}yes{{/if}}{{^if name}}no{{else}}!{{/if}}', 'yes!'],
    ['{{#if empty}}1{{else if zero}}2{{else if name}}3{{else}}4{{/if}}', '3'],
    ['{{#each items}}{{@index}}{{@first}}{{@last}}{{id}} {{/each}}', '0truefalse1 1falsetrue2 '],
    ['{{#each items}}{{#each tags}}{{this}}{{@../index}}{{../id}}{{/each}}{{/each}}', 'a01b01'],
    ['{{#each map}}{{@key}}={{this}}{{#unless @last}},{{/unless}}{{/each}}', 'x=1,y=2'],
    ['{{#each items as |item index|}}{{index}}:{{item.id}} {{/each}}', '0:1 1:2 '],
    ['{{#each none}}x{{else}}none{{/each}}{{#each missing}}x{{/each}}{{#each name}}x{{/each}}', 'none'],
    ['{{#with map}}{{x}}{{/with}}{{#with missing}}x{{else}}-{{/with}}{{#with zero}}{{this}}{{/with}}', '1-0'],
    ['{{#with items.[0] as |first|}}{{first.id}}{{/with}}', '1'],
    ['{{lookup map "y"}} {{lookup items 1}} {{lookup (lookup items 0) "id"}}', '2 {"id":2,"tags":[]} 1'],
    ['{{defaultIfEmpty name "x"}} {{defaultIfEmpty empty "x"}} {{defaultIfEmpty missing name}}', 'Ada x Ada'],
    ['{{defaultIfEmpty zero "x"}} {{defaultIfEmpty no "x"}}', '0 false'],
    ['{{#urlEncode}}{{text}} & more{{/urlEncode}}', 'h%C3%A9llo+w%C3%B6rld+%26+more'],
    [
      '{{urlEncode text}} {{urlEncode (defaultIfEmpty empty "a b")}} {{urlEncode missing}}',
      'h%C3%A9llo+w%C3%B6rld a+b ',
    ],
    ['{{#urlEncode}}{{#if name}}{{name}} B{{/if}}{{/urlEncode}}', 'Ada+B'],
    ['{{#urlEncode}}{{#urlEncode}} {{/urlEncode}}{{/urlEncode}}', '%2B'],
  ])('%s', (template, text) => {
    expect(renderText(template, DATA)).toBe(text);
  });

  test.each<[unknown, unknown, boolean]>([
    ['100', 100, true],
    ['1.50', 1.5, true],
    [true, 'true', true],
    ['a', 'a', true],
    [null, undefined, true],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['007', '7', false],
    ['a', 'A', false],
    ['', null, false],
    [0, null, false],
    [0, '', false],
    [[1], '[1]', false],
  ])('ifEq %j %j is %s', (a, b, equal) => {
    expect(renderText('{{#ifEq a b}}true{{else}}false{{/ifEq}}', { a, b })).toBe(String(equal));
  });
});

describe('braces around a tag', () => {
  test.each([
    ['{{{name}}', null],
    ['{ {{name}}}', '{ Ada}'],
    ['{{name}}}}}', 'Ada}}}'],
    ['{{{name}}}}', 'Ada}'],
    ['{{#if name}}}{{name}}}{{/if}}}', '}Ada}}'],
    ['{{! }}}{{!-- }} --}}}{{name}}}', '}}Ada}'],
    ['{{lookup map "}}}"}}}', '}'],
    ["{{defaultIfEmpty missing '}}\\'x'}}}", "}}'x}"],
    ['{{[}}]}}}', '}'],
    ['\\{{name}}}', '{{name}}}'],
    ['\\\\{{name}}}', '\\Ada}'],
  ])('%s', (template, text) => {
    if (text === null) expect(() => checkTemplate(template, 'parameter')).toThrow('Check its braces');
    else expect(renderText(template, DATA)).toBe(text);
  });

  test('do not shift the place that a fault names', () => {
    expect(() => checkTemplate('{{a}}}{{b}}}\n{{c}}} {{shout d}}', 'parameter')).toThrow('line 2, column 8');
    expect(() => checkTemplate('{{a}}}{{b}}} {{c d=}}', 'parameter')).toThrow('line 1, column 20');
  });
});

describe('templates that are refused when they are saved', () => {
  test.each<[string, number, number, string]>([
    ['{{#if x}}', 1, 10, 'ends inside a block'],
    ['a\n {{#if x}}{{/each}}', 2, 5, "if doesn't match each"],
    ['\n  {{x y=}}', 2, 9, 'not valid Handlebars'],
    ['a {{x', 1, 3, 'malformed'],
    ['{{}}', 1, 1, 'malformed'],
    ['{{{{x}}}}a{{{{/x}}}}', 1, 1, 'malformed'],
    ['{{!-- x }}', 1, 1, 'is never closed'],
    ['{{a/../b}}', 1, 3, 'Invalid path'],
    ['{{> part}}', 1, 1, 'Partials'],
    ['{{#> part}}{{/part}}', 1, 1, 'Partials'],
    ['{{* deco}}', 1, 1, 'decorators'],
    ['{{#* inline "x"}}{{/inline}}', 1, 1, 'decorators'],
    ['a {{shout name}}', 1, 3, 'no helper “shout”'],
    ['{{urlEncode (shout name)}}', 1, 13, 'no helper “shout”'],
    ['{{name.first "x"}}', 1, 1, 'no helper “name.first”'],
    ['{{this.lookup a "b"}}', 1, 1, 'no helper “this.lookup”'],
    ['{{if name}}', 1, 1, 'no helper “if”'],
    ['{{"lookup" a "b"}}', 1, 1, 'no helper “lookup”'],
    ['{{#foo}}x{{/foo}}', 1, 1, 'no block helper “foo”'],
    ['{{^foo}}x{{/foo}}', 1, 1, 'no block helper “foo”'],
    ['{{#lookup a "b"}}x{{/lookup}}', 1, 1, 'no block helper “lookup”'],
    ['{{#if}}x{{/if}}', 1, 1, '“if” takes 1 value here; 0 given'],
    ['{{#ifEq a}}x{{/ifEq}}', 1, 1, '“ifEq” takes 2 values here; 1 given'],
    ['{{urlEncode a b}}', 1, 1, '“urlEncode” takes 1 value here; 2 given'],
    ['{{#urlEncode a}}x{{/urlEncode}}', 1, 1, '“urlEncode” takes 0 values here; 1 given'],
    ['{{#urlEncode}}x{{else}}y{{/urlEncode}}', 1, 1, 'cannot have an {{else}}'],
    ['{{urlEncode a plus=true}}', 1, 15, 'has no option “plus=”'],
    ['{{@partial-block}}', 1, 3, 'no “@partial-block”'],
    ['{{@_parent}}', 1, 3, 'no “@_parent”'],
    ['{{#if a as |b|}}x{{/if}}', 1, 1, 'at most 0 names'],
    ['{{#each a as |if|}}x{{/each}}', 1, 1, 'as |if| cannot be used'],
  ])('%j', (template, line, column, message) => {
    const fault = thrownBy(() => checkTemplate(template, 'parameter'));
    expect(fault).toBeInstanceOf(TemplateFault);
    expect(fault).toMatchObject({ line, column });
    expect((fault as Error).message).toContain(message);
    expect((fault as Error).message).toContain(`(line ${line}, column ${column})`);
  });

  test.each<[string, string]>([
    ['longer than 64 KiB', 'x'.repeat(65_537)],
    ['more than 2,000 tags', '{{x}}'.repeat(2_001)],
    [
      'more than 2,000 calls within one tag',
      `{{urlEncode ${'(urlEncode '.repeat(2_000)}x${')'.repeat(2_000)}}}`,
    ],
    ['blocks nested too deep', `${'{{#if x}}'.repeat(66)}${'{{/if}}'.repeat(66)}`],
    ['blocks with quoted names nested too deep', `${'{{^"if" x}}'.repeat(66)}${'{{/if}}'.repeat(66)}`],
    ['more than 8,000 words in a path', `{{${'a.'.repeat(8_000)}a}}`],
    ['more than 8,000 words in a call', `{{lookup ${'"a"'.repeat(8_000)}}}`],
    ['else-ifs chained too long', `{{#if x}}${'{{else if y}}'.repeat(70)}{{/if}}`],
    ['blocks nested by the thousand', `${'{{#if x}}'.repeat(4_000)}${'{{/if}}'.repeat(4_000)}`],
  ])('%s', (_claim, template) => {
    expect(() => checkTemplate(template, 'parameter')).toThrow(TemplateFault);
  });

  test.each([
    '{{',
    '{{[',
    '{{"',
    "{{'",
    '{{!--',
    '{{!',
    '{{{{',
    '\\{{',
    '{{x}}}',
    '"{{x"',
    '{{(',
    '{{#if x}}}',
  ])('text made of %j is checked without delay', (piece) => {
    const judge = () => {
      try {
        checkTemplate(piece.repeat(65_536 / piece.length), 'parameter');
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateFault);
      }
    };
    expect(leastCpu(judge)).toBeLessThan(1_000 * slowness());
  });

  test('closing tags do not count', () => {
    expect(() => checkTemplate('{{#if x}}{{/if}}'.repeat(1_500), 'parameter')).not.toThrow();
  });

  test('a tree in place of text', () => {
    const tree = { type: 'Program', body: [] } as unknown as string;
    expect(() => checkTemplate(tree, 'parameter')).toThrow(TemplateFault);
  });
});

describe('templates in a place where they cannot work', () => {
  test.each<[TemplateKind, string, string]>([
    ['url', '{{base}}/x', 'starts with https://'],
    ['url', '{{#if eu}}https://eu.example.com{{else}}https://example.com{{/if}}/', 'starts with https://'],
    ['url', 'ftp://example.com', 'starts with https://'],
    ['url', '', 'starts with https://'],
    ['header', 'a\r\nb: {{c}}', 'one line'],
    ['header', 'naïve — {{c}}', 'Latin-1'],
  ])('%s: %j', (kind, template, message) => {
    expect(() => checkTemplate(template, kind)).toThrow(message);
  });
});

describe('the limits of rendering', () => {
  const thousand = Array.from({ length: 1_000 }, (_, index) => index);

  test.each<[string, string, object]>([
    ['a million iterations', '{{#each x}}{{#each @root.x}}{{/each}}{{/each}}', { x: thousand }],
    [
      'text multiplied by loops',
      `{{#each x}}${'x'.repeat(60_000)}{{/each}}`,
      { x: [...Array(10_000).keys()] },
    ],
    [
      'a long value written again and again',
      '{{#each x}}{{@root.y}}{{/each}}',
      { x: thousand, y: 'y'.repeat(100_000) },
    ],
    [
      'a large object compared again and again',
      '{{#each x}}{{#ifEq @root.y @root.z}}{{/ifEq}}{{/each}}',
      {
        x: thousand,
        y: { a: thousand.map((n) => ({ n, m: [n] })) },
        z: { a: thousand.map((n) => ({ n, m: [n] })) },
      },
    ],
  ])('%s end as a render fault', (_claim, template, data) => {
    const render = () => expect(thrownBy(() => renderText(template, data))).toBeInstanceOf(RenderFault);
    expect(leastCpu(render)).toBeLessThan(1_000 * slowness());
  });

  test('a megabyte of output is allowed', () => {
    expect(renderText('{{x}}', { x: 'x'.repeat(1_048_576) })).toHaveLength(1_048_576);
    expect(() => renderText('{{x}}{{x}}', { x: 'x'.repeat(600_000) })).toThrow('more than 1 MiB');
  });

  test('a value nested too deeply for JSON ends as a render fault', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(() => renderText('{{deep}}', { deep })).toThrow(RenderFault);
  });
});
