import { RenderFault, TemplateFault, checkTemplate } from '../../../src/template/template';
import { renderText, thrownBy } from '../rendering';

const DATA = {
  three: 3,
  text: '19.99',
  zero: 0,
  big: 1234567.891,
  name: 'secret',
  empty: '',
  negative: -1234.5,
};

describe('math', () => {
  test.each([
    ["{{math three '/' 2}}", '1.5'],
    ["{{math three '+' 2}} {{math three '-' 5}} {{math text '*' 3}} {{math 7 '%' 4}}", '5 -2 59.97 3'],
    ["{{math 0.1 '+' 0.2}} {{math 1.1 '*' 1.1}}", '0.3 1.21'],
    ["{{math 9007199254740991 '-' 1}}", '9007199254740990'],
    ["{{math (math three '+' 1) '*' 2}}", '8'],
    ["<{{math missing '+' 1}}{{math three '+' empty}}>", '<>'],
    ["{{math -7 '%' 4}} {{math '-2' '*' '-2'}}", '-3 4'],
  ])('%s', (template, text) => {
    expect(renderText(template, DATA)).toBe(text);
  });

  test('is a number in a JSON body', () => {
    expect(renderText(`{"x":{{math 3 '/' 2}}}`, {}, 'json')).toBe('{"x": 1.5 }');
  });

  test.each([
    ["{{math name '+' 1}}", 'a value is not a number'],
    ["{{math three '/' zero}}", 'its result is not a number'],
    ["{{math three '%' zero}}", 'its result is not a number'],
    ['{{math three name 1}}', 'its operator is one of'],
    ["{{math true '+' 1}}", 'a value is not a number'],
  ])('%s fails the rendering', (template, message) => {
    const fault = thrownBy(() => renderText(template, DATA)) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.message).toContain(`“math” cannot work: ${message}`);
    expect(fault.message).not.toContain('secret');
  });

  test.each(['^', '**', '', 'constructor'])('the sign “%s” is refused when it is saved', (sign) => {
    expect(() => checkTemplate(`{{math a '${sign}' b}}`, 'parameter')).toThrow('its operator is one of');
  });
});

describe('numberFormat', () => {
  test.each([
    ['big', '1,234,567.891'],
    ['big "integer"', '1,234,568'],
    ['big "currency"', '$1,234,567.89'],
    ['big "currency" "de_DE"', '1.234.567,89 €'],
    ['big "currency" "en_IN"', '₹12,34,567.89'],
    ['big "currency" "pt_BR"', 'R$ 1.234.567,89'],
    ['1234.5 "currency" "en_JP"', '¥1,234'],
    ['negative "currency" "en_GB"', '-£1,234.50'],
    ['0.125 "percent"', '12%'],
    ['0.125 "percent" maximumFractionDigits=1', '12.5%'],
    ['0.5 "percent" "fr_FR"', '50 %'],
    ['big locale="de_DE"', '1.234.567,891'],
    ['1234 locale="es_ES"', '1.234'],
    ['text', '19.99'],
    ['big groupingUsed=false', '1234567.891'],
    ['big maximumFractionDigits=1', '1,234,567.9'],
    ['3 minimumFractionDigits=2', '3.00'],
    ['3.14159 minimumFractionDigits=5', '3.14159'],
    ['big "currency" maximumFractionDigits=0', '$1,234,568'],
    ['zero', '0'],
    ['-0.2 "integer"', '0'],
  ])('%s', (call, text) => {
    expect(renderText(`{{numberFormat ${call}}}`, DATA)!.replace(/[\u00a0\u202f]/g, ' ')).toBe(text);
  });

  test.each([
    ['#,##0.00', 1234567.891, '1,234,567.89'],
    ['#,##0.00', 0.5, '0.50'],
    ['0.###', 2.5, '2.5'],
    ['#.##', 0.5, '0.5'],
    ['#.00', 0.5, '.50'],
    ['.00', 0.5, '.50'],
    ['#', 0, '0'],
    ['#,###', 1234, '1,234'],
    ['00000', 42, '00042'],
    ['#,####0.0', 123456789, '1234,56789.0'],
    ['#,##,##0', 1234567, '1,234,567'],
    ['0.0%', 0.1234, '12.3%'],
    ['¤#,##0.00', 5, '$5.00'],
    ["#,##0.00 'units'", 5, '5.00 units'],
    ["''0''", 5, "'5'"],
    ["'#'0", 5, '#5'],
    ['#,##0.00;(#,##0.00)', -1234.5, '(1,234.50)'],
    ['#,##0.00;(#,##0.00)', 1234.5, '1,234.50'],
    ['#,##0.00', -1234.5, '-1,234.50'],
    ['0', -0.4, '0'],
    ['$0', 1e15, '$1000000000000000'],
  ])('writes the Java pattern %s', (pattern, value, text) => {
    expect(renderText('{{numberFormat value pattern}}', { value, pattern })).toBe(text);
  });

  test('takes signs from the locale, and options over the pattern', () => {
    expect(
      renderText(
        '{{numberFormat big "#,##0.00" "de_DE"}} {{numberFormat big "#,##0.0 ¤" "fr_FR"}}',
        DATA,
      )!.replace(/\u202f/g, ' '),
    ).toBe('1.234.567,89 1 234 567,9 €');
    expect(
      renderText('{{numberFormat big "#,##0.00" groupingUsed=false maximumFractionDigits=1}}', DATA),
    ).toBe('1234567.9');
    expect(renderText('{{numberFormat big "0" groupingUsed=true}}', DATA)).toBe('1,234,568');
  });

  test.each<[string, number[]]>([
    ['half_even', [2, 4, -2, 3, 3]],
    ['half_up', [3, 4, -3, 3, 3]],
    ['half_down', [2, 3, -2, 3, 3]],
    ['up', [3, 4, -3, 3, 3]],
    ['down', [2, 3, -2, 2, 2]],
    ['ceiling', [3, 4, -2, 3, 3]],
    ['floor', [2, 3, -3, 2, 2]],
    ['HALF_UP', [3, 4, -3, 3, 3]],
  ])('rounds 2.5, 3.5, -2.5, 2.51 and 2.9 by %s', (mode, expected) => {
    const values = [2.5, 3.5, -2.5, 2.51, 2.9];
    const template = `{{#each values}}{{numberFormat this "integer" roundingMode="${mode}"}} {{/each}}`;
    expect(renderText(template, { values })).toBe(`${expected.join(' ')} `);
  });

  test('rounds halves to even unless told otherwise', () => {
    expect(
      renderText('{{numberFormat 2.5 "integer"}} {{numberFormat 3.5 "0"}} {{numberFormat 0.125 "#.##"}}'),
    ).toBe('2 4 0.12');
  });

  test('gives nothing where there is nothing', () => {
    expect(renderText('<{{numberFormat missing "0.00"}}{{numberFormat empty}}>', DATA)).toBe('<>');
  });

  test.each([
    ['name', 'its value is not a number'],
    ['big name', 'its format is none of'],
    ['big minimumFractionDigits=name', 'minimumFractionDigits= is a whole number'],
    ['big roundingMode=name', 'roundingMode= is one of'],
    ['big groupingUsed=name', 'groupingUsed= is true or false'],
  ])('%s fails the rendering', (call, message) => {
    const fault = thrownBy(() => renderText(`{{numberFormat ${call}}}`, DATA)) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.message).toContain(`“numberFormat” cannot work: ${message}`);
    expect(fault.message).not.toContain('secret');
  });

  test.each([
    ['big "money"', 'its format is none of'],
    ['big "0E0"', 'its format is none of'],
    ['big "0.0.0"', 'its format is none of'],
    ['big "#0#"', 'its format is none of'],
    [`big "0.${'0'.repeat(21)}"`, 'its format is none of'],
    ['big "currency" "xx_XX"', 'its locale is not known'],
    ['big "currency" "eo"', 'names no country with a currency'],
    ['big maximumFractionDigits=1000000000', 'maximumFractionDigits= is a whole number from 0 to 20'],
    ['big maximumFractionDigits=1.5', 'maximumFractionDigits='],
    ['big roundingMode="nearest"', 'roundingMode= is one of'],
  ])('%s is refused when it is saved', (call, message) => {
    const fault = thrownBy(() => checkTemplate(`{{numberFormat ${call}}}`, 'parameter'));
    expect(fault).toBeInstanceOf(TemplateFault);
    expect((fault as Error).message).toContain(message);
  });
});
