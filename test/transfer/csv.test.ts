import { ApiError } from '../../src/domain/errors';
import { cellsOf, columnsOf, nameInHeader } from '../../src/transfer/csv';
import { BEGINNING, type Row } from '../../src/transfer/rows';

const row = (text: string, fault?: string): Row => ({
  line: 1,
  bytes: Buffer.from(text),
  after: BEGINNING,
  ...(fault !== undefined && { fault }),
});

describe('the cells of a row', () => {
  it.each<[string, string[]]>([
    ['a,b', ['a', 'b']],
    ['a,,', ['a', '', '']],
    [' a , b ', [' a ', ' b ']],
    ['a;b', ['a;b']],
  ])('%p are %p', (text, cells) => {
    expect(cellsOf([row(text)])).toEqual([cells.map((cell) => ({ text: cell, quoted: false }))]);
  });

  it.each([
    ['"a,b"', 'a,b'],
    ['"a ""b"" c"', 'a "b" c'],
    ['"a\nb"', 'a\nb'],
    ['"a\r\nb"', 'a\r\nb'],
    ['""', ''],
    ['" "', ' '],
  ])('%p is one quoted cell', (text, cell) => {
    expect(cellsOf([row(text)])).toEqual([[{ text: cell, quoted: true }]]);
  });

  it.each(['"a" b', '"a"b"', 'a"b', '"a'])('%p has bad quotes, which spoil no other row', (text) => {
    const [before, bad, after] = cellsOf([row('x'), row(text), row('"y"')]);
    expect(before).toEqual([{ text: 'x', quoted: false }]);
    expect(bad).toMatch(/^The quotes in this row are not valid/);
    expect(after).toEqual([{ text: 'y', quoted: true }]);
  });

  it('of a row with a fault are the fault', () => {
    expect(cellsOf([row('a'), row('b', 'It is broken.')])).toEqual([
      [{ text: 'a', quoted: false }],
      'It is broken.',
    ]);
  });
});

describe('the header', () => {
  it('names the columns and may give the types of fields', () => {
    expect(columnsOf(row('email,userId,plan,age:long,"a, b",at:10:date,user:name,email:string'))).toEqual([
      { name: 'email' },
      { name: 'userId' },
      { field: 'plan' },
      { field: 'age', type: 'long' },
      { field: 'a, b' },
      { field: 'at:10', type: 'date' },
      { field: 'user:name' },
      { field: 'email', type: 'string' },
    ]);
  });

  it('has names without the spaces around them', () => {
    expect(columnsOf(row('email , userId,\u00a0tier ," age : long ","a b",plan\t'))).toEqual([
      { name: 'email' },
      { name: 'userId' },
      { field: 'tier' },
      { field: 'age', type: 'long' },
      { field: 'a b' },
      { field: 'plan' },
    ]);
  });

  it.each([
    ' plan',
    'plan ',
    'a\nb',
    '\r\n',
    ' ',
    '"',
    '"a"',
    'a\u0085b',
    '\u2028',
    'a:long',
    ' a:long',
    'email',
    'a"b',
  ])('has the name %j as a JSON string, or in a form that is read the same', (name) => {
    const cell = `${nameInHeader(name)}:string`;
    expect(columnsOf(row(`email,"${cell.replaceAll('"', '""')}"`))).toEqual([
      { name: 'email' },
      { field: name, type: 'string' },
    ]);
  });

  it.each<[string, Row | undefined, string]>([
    ['no header', undefined, 'The file is empty'],
    ['a row that cannot be read', row('email', 'It is broken.'), 'It is broken.'],
    ['bad quotes', row('email,"a" b'), 'The header cannot be read'],
    ['neither email nor userId', row('plan,age'), 'No column is called email or userId'],
    ['semicolons', row('email;plan'), 'separated by commas'],
    ['a column without a name', row('email,,plan'), 'Column 2 has no name'],
    ['a name that is too long', row(`email,${'x'.repeat(257)}`), 'over 256 characters'],
    ['the name __proto__', row('email,__proto__'), '__proto__'],
    ['a field twice', row('email,plan,plan:string'), 'Columns 2 and 3 are both called “plan”'],
    ['a field twice but for spaces', row('email,plan, plan '), 'Columns 2 and 3 are both called “plan”'],
    ['the email twice but for spaces', row('email, email'), 'Columns 1 and 2 are both called “email”'],
    ['a name of spaces', row('email, ,plan'), 'Column 2 has no name'],
    ['a tab in a name', row('email,a\tb'), 'Column 2 has a control character'],
    ['a line end in a name', row('email,"a\nb"'), 'Column 2 has a control character'],
    ['a return in a name', row('email,plan,"a\rb"'), 'Column 3 has a control character'],
    ['half a character in a name', row('email,"""\\ud83d"""'), 'half of a character'],
    ['NUL in a name', row('email,"""a\\u0000"""'), 'NUL'],
    ['__proto__ as a JSON string', row('email,"""__proto__"""'), '__proto__'],
    ['the email twice', row('email,email'), 'Columns 1 and 2 are both called “email”'],
    ['more columns than a user has fields', row(`email,${[...Array(2_000).keys()].join()}`), 'columns of fields'],
  ])('with %s is refused', (_claim, header, message) => {
    expect(() => columnsOf(header)).toThrow(ApiError);
    expect(() => columnsOf(header)).toThrow(message);
  }); // prettier-ignore
});
