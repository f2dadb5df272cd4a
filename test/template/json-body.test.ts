import fc from 'fast-check';
import { renderWebhook } from '../../src/webhook/render';
import { RenderFault, TemplateFault, checkTemplate } from '../../src/template/template';
import { aContext, aWebhook, renderJson, thrownBy } from './rendering';

const PROFILE = {
  name: 'Ada "the\\first"\n',
  age: 36,
  member: true,
  nothing: null,
  empty: '',
  address: { city: 'London', lines: ['a', 'b'] },
  tags: ['x', 'y'],
  key: 'plan',
};

describe('G8: a tag in a JSON body becomes', () => {
  test.each<[string, string, unknown]>([
    ['text inside a string', '{"x":"<{{name}}|{{age}}|{{member}}>"}', { x: `<${PROFILE.name}|36|true>` }],
    ['the number itself outside one', '{"x":{{age}}}', { x: 36 }],
    ['the boolean itself', '{"x": {{member}} }', { x: true }],
    ['a JSON string', '{"x":{{name}}}', { x: PROFILE.name }],
    ['an object', '{"x":{{address}}}', { x: PROFILE.address }],
    ['JSON text, where an object stands in a string', '{"x":"{{tags}}"}', { x: '["x","y"]' }],
    ['an item of an array', '{"x":[{{age}},"{{key}}"]}', { x: [36, 'plan'] }],
    ['a key', '{"{{key}}":1,{{name}}:2}', { plan: 1, [PROFILE.name]: 2 }],
    ['the whole body', '{{address}}', PROFILE.address],
    [
      'the value of a helper',
      '{"x":{{defaultIfEmpty empty age}},"y":"{{urlEncode name}}"}',
      {
        x: 36,
        y: 'Ada+%22the%5Cfirst%22%0A',
      },
    ],
    [
      'the value of a block of text',
      '{"x":{{#urlEncode}}{{key}} b{{/urlEncode}},"y":"{{#urlEncode}}"{{/urlEncode}}"}',
      {
        x: 'plan+b',
        y: '%22',
      },
    ],
    ['text, after an escaped quote', '{"x":"\\"{{name}}\\\\n"}', { x: `"${PROFILE.name}\\n` }],
  ])('%s', (_claim, body, parsed) => {
    expect(renderJson(body, PROFILE)).toEqual(parsed);
  });
});

describe('G2, G8: a member whose whole value is one tag that resolves to nothing', () => {
  test.each<[string, string, unknown]>([
    ['is left out when quoted', '{"x":"{{missing}}","y":1}', { y: 1 }],
    ['is left out when bare', '{"x":{{missing}},"y":1}', { y: 1 }],
    [
      'is left out after a path that leads nowhere',
      '{"x":"{{address.street.name}}","y":{{nothing.at.all}}}',
      {},
    ],
    ['is left out at any depth', '{"o":{"x":"{{missing}}"},"l":[{"x": {{missing}} }]}', { o: {}, l: [{}] }],
    ['is left out with space and comments about', '{"x" : "{{! x }}{{~missing~}}" , "y": 1}', { y: 1 }],
    ['is null when it is an explicit null and bare', '{"x":{{nothing}}}', { x: null }],
    ['is left out when it is an explicit null and quoted', '{"x":"{{nothing}}"}', {}],
    ['stays when it is the empty text', '{"x":"{{empty}}","y":{{empty}}}', { x: '', y: '' }],
    [
      'stays, empty, with other text beside it',
      '{"x":"{{missing}} ","y":"-{{missing}}"}',
      { x: ' ', y: '-' },
    ],
    ['stays, empty, inside a block', '{"x":"{{#if age}}{{missing}}{{/if}}"}', { x: '' }],
    ['keeps its place in an array', '{"x":[{{missing}},"{{missing}}",1]}', { x: [null, '', 1] }],
    ['is empty as a key', '{"{{missing}}":1}', { '': 1 }],
    [
      'keeps its place where a loop leads into an array',
      '{"m":{{#each tags}}{{missing}}{{#unless @last}},"n":[{{/unless}}{{/each}}]}',
      { n: [null] },
    ],
    ['is left out inside a block', '{"x":{{#if age}}{{missing}}{{else}}1{{/if}},"y":2}', { y: 2 }],
  ])('%s', (_claim, body, parsed) => {
    expect(renderJson(body, PROFILE)).toEqual(parsed);
  });
});

describe('G8: blocks', () => {
  test.each<[string, string, unknown]>([
    ['wrap members', '{"a":1{{#if age}},"b":{{age}}{{/if}}{{#if empty}},"c":2{{/if}}}', { a: 1, b: 36 }],
    ['choose a value', '{"a":{{#if empty}}1{{else}}{"b":"{{key}}"}{{/if}}}', { a: { b: 'plan' } }],
    ['choose a part of a string', '{"a":"x{{#if age}} {{name}}{{/if}}"}', { a: `x ${PROFILE.name}` }],
    [
      'build an array',
      '{"a":[{{#each tags}}{{#unless @first}},{{/unless}}{"t":"{{this}}"}{{/each}}]}',
      {
        a: [{ t: 'x' }, { t: 'y' }],
      },
    ],
    ['stand on lines of their own', '{\n  "a": 1\n  {{#if age}}\n  , "b": 2\n  {{/if}}\n}\n', { a: 1, b: 2 }],
  ])('%s', (_claim, body, parsed) => {
    expect(renderJson(body, PROFILE)).toEqual(parsed);
  });
});

describe('bodies that no data can make an object are refused when they are saved', () => {
  test.each<[string, number, number, string]>([
    ['{"a":1,}', 1, 8, 'expected a key in quotes'],
    ['{\n  "a": {{a}}\n  "b": 1\n}', 3, 3, 'expected a comma or }'],
    ['{"a":{{a}}{{b}}}', 1, 11, 'expected a comma or }'],
    ['{"a":1{{a}}}', 1, 7, 'expected a comma or }'],
    ['{"a":x}', 1, 6, 'expected a value'],
    ["{'a':1}", 1, 2, 'expected a key in quotes or }'],
    ['[{{a}}]', 1, 1, 'must be an object'],
    ['"{{a}}"', 1, 1, 'must be an object'],
    ['{"a":"b}', 1, 9, 'not closed'],
    ['{"a":"{{#if b}}x"{{/if}}}', 1, 7, 'opens a string'],
    ['{"a":{{#if b}}"x{{else}}1{{/if}}}', 1, 6, 'opens a string'],
    ['{"a":{{#if b}}"x{{/if}}"}', 1, 6, 'opens a string'],
    ['{"a":{{#each b}}"x{{/each}}}', 1, 6, 'opens a string'],
    ['{"a":"\\\\{{b}}"}', 1, 1, 'backslash'],
    ['{"a":"\\u00{{b}}"}', 1, 1, 'backslash'],
    ['{"a":', 1, 6, 'expected a value'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 1, 105, 'levels of nesting'],
  ])('%j', (body, line, column, message) => {
    const fault = thrownBy(() => checkTemplate(body, 'json')) as TemplateFault;
    expect(fault).toBeInstanceOf(TemplateFault);
    expect(fault.message).toContain(message);
    expect([fault.line, fault.column]).toEqual([line, column]);
  });

  test.each([
    '{}',
    ' {"a":"{{a}}"} ',
    '{{a}}',
    ' {{a}} ',
    '{{{a}}}',
    '{ {{k}}: 1 }',
    '{"a":1{{#if b}},"b":2{{/if}}}',
  ])('%j is not', (body) => expect(() => checkTemplate(body, 'json')).not.toThrow());
});

describe('B149, G8: a body that is no object once rendered sends nothing', () => {
  test.each<[string, string]>([
    ['{"a":{{#if missing}}1{{/if}}}', 'line 1, column 6: expected a value'],
    ['{"a":1,\n{{#if missing}}"b":2{{/if}}}', 'expected a key in quotes'],
    ['{"a":[{{#each tags}}{{this}}{{/each}}]}', 'expected a comma or ]'],
    ['{"a":[{{#each tags}}{{@index}}{{/each}}]}', 'expected a comma or ]'],
    ['{ {{age}}: 1 }', 'expected a key in quotes or }'],
    ['{{tags}}', 'is not an object'],
    ['{{missing}}', 'is not an object'],
    ['{{name}}', 'is not an object'],
  ])('%j', (body, message) => {
    const fault = thrownBy(() => renderJson(body, { ...PROFILE, name: 'A secret' })) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.reason).toBe('render');
    expect(fault.message).toContain(message);
    expect(JSON.stringify([fault.message, String(fault.cause)])).not.toMatch(/secret|plan|"x"/i);
  });
});

test('a fault in a long body is reported without its place, in a deep one with it', () => {
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  const body = '{"a":{{items}},"b":{{#if missing}}1{{/if}}}';
  expect(() => renderJson(body, { items })).toThrow('The rendered JSON body is not valid JSON.');
  const deep = JSON.parse('['.repeat(101) + ']'.repeat(101)) as unknown;
  expect(() => renderJson('{"a":{{deep}}}', { deep })).toThrow('expected no more than 100 levels of nesting');
  expect(renderJson('{"a":{{deep}}}', { deep: '[{'.repeat(200) })).toEqual({ a: '[{'.repeat(200) });
  expect(renderJson('{"a":{{b}},"c":[{"d":"{{b}}"},[{{x}}]]}', { x: { e: null, f: 'g"[' } })).toEqual({
    c: [{}, [{ e: null, f: 'g"[' }]],
  });
});

describe('no value breaks out of its place', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^["\\{}[\],:\n\u2028a{]*$/),
    fc.constantFrom(
      '","admin":true,"x":"',
      '\\',
      '"}',
      '{{age}}',
      '\ud800',
      '{"a":1}',
      '\\u0022',
      '__proto__',
    ),
  );

  test('in strings, members, items and keys', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const body =
          '{"s":"{{a}}","t":"x{{a}}{{b}}y","m":{{a}},"l":["{{a}}",{{b}}],"o":{"k-{{a}}":"{{b}}"},"end":1}';
        const well = (text: string) => JSON.parse(JSON.stringify(text)) as string;
        expect(renderJson(body, { a, b })).toEqual({
          s: well(a),
          t: well(`x${a}${b}y`),
          m: well(a),
          l: [well(a), well(b)],
          o: { [`k-${a}`]: well(b) },
          end: 1,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('in loops, blocks and paths, whatever the data', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: hostile, value: fc.jsonValue({ maxDepth: 3 }) })), (items) => {
        const body =
          '{"items":[{{#each items}}{{#unless @first}},{{/unless}}{"n":"{{name}}!","v":[{{value}}]}{{/each}}],"end":1}';
        const rendered = renderJson(body, JSON.parse(JSON.stringify({ items })) as Record<string, unknown>);
        expect(rendered).toEqual(
          JSON.parse(
            JSON.stringify({
              items: items.map(({ name, value }) => ({ n: `${name}!`, v: [value] })),
              end: 1,
            }),
          ),
        );
      }),
    );
  });

  test('not even a member named __proto__', () => {
    const body = '{"__proto__":{"x":{{age}}},"{{key}}":{"y":1}}';
    const text = renderWebhook(aWebhook({ body }), aContext({ profile: { age: 1, key: '__proto__' } })).body;
    expect(text).toBe('{"__proto__":{"y":1}}');
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });
});
