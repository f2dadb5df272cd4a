import { createHmac } from 'node:crypto';
import { parseJsonBody } from '../../../src/template/json-body';
import { checkTemplate } from '../../../src/template/template';
import { HMAC_KEY, renderText } from '../rendering';

const DATA = { text: 'My string', object: { a: [1, 'é'] }, empty: '', name: 'Ünï 😀' };

test.each([
  ['{{toJson text}} {{toJson object}} {{toJson 1.5}}', '"My string" {"a":[1,"é"]} 1.5'],
  ['{{toUrlEncodedJson text}}', '%22My+string%22'],
  ['{{toUrlEncodedJson object}}', '%7B%22a%22%3A%5B1%2C%22%C3%A9%22%5D%7D'],
  [
    '{{base64 text}} {{#base64}}{{text}}!{{/base64}} {{base64 name}}',
    'TXkgc3RyaW5n TXkgc3RyaW5nIQ== w5xuw68g8J+YgA==',
  ],
  ['{{hexEncode "AZ"}} {{#hexEncode}}é{{/hexEncode}}', '415a c3a9'],
  ['{{md5 "abc"}}', '900150983cd24fb0d6963f7d28e17f72'],
  ['{{#md5}}a{{lower "BC"}}{{/md5}}', '900150983cd24fb0d6963f7d28e17f72'],
  ['{{md5 empty}}', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['{{sha1 "abc"}}', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['{{sha256 "abc"}}', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['{{#sha256}}abc{{/sha256}}', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['{{sha256 (lower "ABC")}}', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('B047: %s', (template, text) => {
  expect(renderText(template, DATA)).toBe(text);
});

test.each([
  ['hmacSHA1', 'sha1'],
  ['hmacSHA256', 'sha256'],
])('%s is keyed with the project’s key, inline and as a block', (helper, algorithm) => {
  const digest = createHmac(algorithm, HMAC_KEY).update('Ünï 😀').digest('hex');
  expect(renderText(`{{${helper} name}} {{#${helper}}}{{name}}{{/${helper}}}`, DATA)).toBe(
    `${digest} ${digest}`,
  );
});

test.each([
  'toJson',
  'toUrlEncodedJson',
  'base64',
  'hexEncode',
  'md5',
  'sha1',
  'sha256',
  'hmacSHA1',
  'hmacSHA256',
])('%s gives nothing where there is nothing, and no hash of it', (helper) => {
  expect(renderText(`<{{${helper} missing}}>`, DATA)).toBe('<>');
  expect(renderText(`{"a":{{${helper} missing}}}`, DATA, 'json')).toMatch(/^\{"a": "nothing:/);
});

describe('toJson in a JSON body', () => {
  const VALUES = {
    ...{ object: { a: [1, 'é'] }, list: [{ id: 1 }], text: '"\\', number: 1.5, yes: true, none: null },
    ...{ json: '[1]' },
  };
  const rendered = (body: string) => parseJsonBody(renderText(body, VALUES, 'json')!);

  test.each([
    ['{"a":{{toJson object}}}', { a: { a: [1, 'é'] } }],
    ['{"a": {{{toJson list}}} }', { a: [{ id: 1 }] }],
    ['{"a": {{~ toJson list ~}} }', { a: [{ id: 1 }] }],
    ['{"a": {{toJson text}}}', { a: '"\\' }],
    ['{"a": {{toJson number}}, "b": {{toJson yes}}}', { a: 1.5, b: true }],
    ['{"a": {{toJson json}}}', { a: '[1]' }],
    ['{"a": {{toJson (toJson list)}}}', { a: '[{"id":1}]' }],
    ['{"a": {{toJson (lookup list 0)}}}', { a: { id: 1 } }],
    ['{"a": [{{toJson object}}, {{toJson missing}}, {{toJson none}}]}', { a: [{ a: [1, 'é'] }, null, null] }],
    ['{"a": [{{#each list}}{{toJson this}}{{/each}}]}', { a: [{ id: 1 }] }],
    ['{"a": {{#if missing}}1{{else}}{{toJson list}}{{/if}}}', { a: [{ id: 1 }] }],
    ['{{toJson object}}', { a: [1, 'é'] }],
  ])('is JSON outside quotes: %s', (body, value) => {
    expect(rendered(body)).toEqual(value);
  });

  test('writes null for null outside quotes, and leaves a member out that is missing, as any tag does', () => {
    expect(rendered('{"a":{{toJson none}},"b":{{toJson missing}},"c":{{none}}}')).toEqual({
      a: null,
      c: null,
    });
  });

  test.each([
    ['{"a":"{{toJson object}}"}', { a: '{"a":[1,"é"]}' }],
    ['{"a":"{{{toJson list}}}"}', { a: '[{"id":1}]' }],
    ['{"a":"is {{toJson text}}"}', { a: 'is "\\"\\\\"' }],
    ['{"a":"{{toJson none}}"}', {}],
  ])('is text inside quotes: %s', (body, value) => {
    expect(rendered(body)).toEqual(value);
  });

  test.each([
    ['{"a":{{upper (toJson list)}}}', { a: '[{"ID":1}]' }],
    ['{"a":{{#assign "j"}}{{toJson list}}{{/assign}}{{j}}}', { a: '[{"id":1}]' }],
  ])('is text for another helper, and in a name: %s', (body, value) => {
    expect(rendered(body)).toEqual(value);
  });

  test('cannot stand beside other text outside quotes', () => {
    expect(() => checkTemplate('{"a": 1{{toJson list}}}', 'json')).toThrow('not valid here');
  });
});

test('B005: {{liveData}} alone renders all of it as JSON', () => {
  expect(renderText('{{liveData}} {{toJson liveData}}', { liveData: { score: { value: 7 } } })).toBe(
    '{"score":{"value":7}} {"score":{"value":7}}',
  );
});
