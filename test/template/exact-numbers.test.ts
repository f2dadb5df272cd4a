import { readJson } from '../../src/domain/lossless-json';
import { checkTemplate, RenderFault } from '../../src/template/template';
import { renderText, thrownBy } from './rendering';

/* Numbers that JavaScript would round. */

const BIG = '7615917337495251231';
const NEXT = '7615917337495251232';
const DATA = readJson(
  `{"id":${BIG},"next":${NEXT},"text":"${BIG}","zeros":"00${BIG}.0","rate":0.1234567890123456789,"list":[${NEXT},${BIG},1],"rows":[{"n":${NEXT}},{"n":${BIG}}]}`,
) as object;

test.each([
  ['{{id}} {{rate}} {{list}}', `${BIG} 0.1234567890123456789 [${NEXT},${BIG},1]`],
  ['{{toJson rows}}', `[{"n":${NEXT}},{"n":${BIG}}]`],
  ['{{eq id text}} {{eq id zeros}} {{eq id next}} {{eq text next}}', 'true true false false'],
  [`{{eq id "${BIG}"}} {{eq id "${NEXT}"}}`, 'true false'],
  ['{{lt id next}} {{gte id next}} {{gt next text}} {{lt rate 1}}', 'true false true true'],
  ['{{sortBy list}}', `[1,${BIG},${NEXT}]`],
  ['{{minInList rows "n"}}', `{"n":${BIG}}`],
  ['{{#ifContains list text}}yes{{else}}no{{/ifContains}}', 'yes'],
  ['{{#ifModEq id 10 1}}yes{{else}}no{{/ifModEq}}', 'yes'],
  ['{{#ifModEq id 0 1}}yes{{else}}no{{/ifModEq}}', 'no'],
  [
    '{{numberFormat id}} {{numberFormat id "#,##0.00"}}',
    '7,615,917,337,495,251,231 7,615,917,337,495,251,231.00',
  ],
  ['{{#if id}}yes{{/if}} {{#each id}}x{{else}}none{{/each}} <{{id.value}}>', 'yes none <>'],
  ['{{#groupBy rows "n"}}{{@key}} {{/groupBy}}', `${NEXT} ${BIG} `],
  ['{{abbreviate id 8}} {{urlEncode id}}', `76159... ${BIG}`],
])('%s keeps each digit', (template, text) => {
  expect(renderText(template, DATA)).toBe(text);
});

test('a JSON body keeps each digit, bare and in quotes', () => {
  expect(renderText('{"a":{{id}},"b":"{{id}}"}', DATA, 'json')).toBe(`{"a": ${BIG} ,"b":"${BIG}"}`);
});

test.each([
  ["{{math id '+' 1}}", 'a value is above 9007199254740991'],
  ["{{math 9007199254740991 '+' 1}}", 'its result is above 9007199254740991'],
  ["{{math text '*' 2}}", 'a value is above 9007199254740991'],
])('%s fails the rendering rather than round', (template, message) => {
  const fault = thrownBy(() => renderText(template, DATA)) as RenderFault;
  expect(fault).toBeInstanceOf(RenderFault);
  expect(fault.message).toContain(message);
});

test.each([`{{eq id ${BIG}}}`, `{{#ifGt id -${BIG}}}x{{/ifGt}}`, `{{center "x" size=${BIG}}}`])(
  '%s is refused when it is saved: Handlebars has rounded the number',
  (template) => {
    expect(() => checkTemplate(template, 'parameter')).toThrow('would be rounded. Write it in quotes');
  },
);
