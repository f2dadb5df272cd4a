import { writeJson } from '../../src/domain/lossless-json';
import type { ProfileFieldType } from '../../src/domain/users/profile';
import type { Cell, Column } from '../../src/transfer/csv';
import { guessType, readCells } from '../../src/transfer/values';

const bare = (text: string): Cell => ({ text, quoted: false });
const quoted = (text: string): Cell => ({ text, quoted: true });

/** What one field of a type becomes: its value, nothing where it is left out, or the fault. */
function read(cell: Cell, type: ProfileFieldType): unknown {
  const row = readCells([cell], [{ field: 'x' }], new Map([['x', type]]));
  return typeof row === 'string' ? row : row.dataFields;
}

it.each<[ProfileFieldType, string, unknown]>([
  ['string', 'a', 'a'],
  ['string', '42', '42'],
  ['string', ' a ', ' a '],
  ['long', '42', 42],
  ['long', '-1', -1],
  ['long', '1e3', 1000],
  ['double', '1.5', 1.5],
  ['double', '3', 3],
  ['boolean', 'true', true],
  ['boolean', 'FALSE', false],
  ['date', '2026-11-21', '2026-11-21'],
  ['date', '2026-11-21T09:30:00Z', '2026-11-21T09:30:00Z'],
  ['object', '{"a":{"b":[1]}}', { a: { b: [1] } }],
  ['array', '[1,"a",null]', [1, 'a', null]],
])('a %s is read from %p', (type, text, value) => {
  expect(read(bare(text), type)).toEqual({ x: value });
});

it.each<[ProfileFieldType, string]>([
  ['long', 'a'],
  ['long', '+1'],
  ['double', '1,5'],
  ['double', 'Infinity'],
  ['double', '0x10'],
  ['boolean', 'yes'],
  ['boolean', '1'],
  ['date', '21.11.2026'],
  ['date', '2026-02-30'],
  ['object', '[1]'],
  ['object', '{a:1}'],
  ['array', '{}'],
])('a %s is not read from %p', (type, text) => {
  expect(read(bare(text), type)).toMatch(`“x” is of type ${type}`);
});

it('a long takes a fraction, which widens it, unless the header says that it is a long', () => {
  const types = new Map([['x', 'long' as const]]);
  expect(readCells([bare('1.5')], [{ field: 'x' }], types)).toEqual({ dataFields: { x: 1.5 } });
  const refused = readCells([bare('1.5')], [{ field: 'x', type: 'long' }], types);
  expect(refused).toMatch('“x” is of type long, but this cell is not a whole number');
});

it('an empty cell leaves the field alone, but an empty text in quotes is a text', () => {
  expect(read(bare(''), 'string')).toEqual({});
  expect(read(bare(''), 'long')).toEqual({});
  expect(read(quoted(''), 'long')).toEqual({});
  expect(read(quoted(''), 'string')).toEqual({ x: '' });
});

it('a value that could change the prototype of an object is refused', () => {
  expect(read(bare('{"__proto__":{"a":1}}'), 'object')).toEqual(expect.stringContaining('“x”'));
});

it('email and userId are read as texts, and left out where they are empty', () => {
  const columns: Column[] = [{ name: 'email' }, { name: 'userId' }, { field: 'plan' }];
  const types = new Map<string, ProfileFieldType>();
  expect(readCells([bare('a@b.c'), bare('42'), bare('pro')], columns, types)).toEqual({
    email: 'a@b.c',
    userId: '42',
    dataFields: { plan: 'pro' },
  });
  expect(readCells([bare(''), bare('42'), bare('')], columns, types)).toEqual({
    userId: '42',
    dataFields: {},
  });
});

it('a row with more or fewer cells than the header is refused', () => {
  const columns: Column[] = [{ name: 'email' }, { field: 'plan' }];
  expect(readCells([bare('a@b.c')], columns, new Map())).toMatch('has 1 cells and the header 2');
  expect(readCells([bare('a'), bare('b'), bare('c')], columns, new Map())).toMatch('has 3 cells');
});

it.each<[string, Cell[], ProfileFieldType | undefined]>([
  ['whole numbers', [bare('1'), bare('-20')], 'double'],
  ['whole numbers and fractions', [bare('1'), bare('1.5')], 'double'],
  ['booleans', [bare('true'), bare('False')], 'boolean'],
  ['dates', [bare('2026-11-21'), bare('2026-11-21 10:00:00')], 'date'],
  ['texts', [bare('a')], 'string'],
  ['numbers and texts', [bare('1'), bare('a')], 'string'],
  ['booleans and numbers', [bare('true'), bare('1')], 'string'],
  [
    'numbers that are written in full',
    [bare('0'), bare('0.1'), bare('-2.5'), bare('9007199254740991')],
    'double',
  ],
  ['an exponent', [bare('12E3')], 'string'],
  ['a short exponent', [bare('1e21')], 'string'],
  ['a zero at the end', [bare('1.10')], 'string'],
  ['a zero in front', [bare('007')], 'string'],
  ['a plus', [bare('+5')], 'string'],
  ['a minus zero', [bare('-0')], 'string'],
  ['underscores', [bare('1_000')], 'string'],
  ['hexadecimal digits', [bare('0x10')], 'string'],
  ['a space in front', [bare(' 5')], 'string'],
  ['a space behind', [bare('5 ')], 'string'],
  ['a point in front', [bare('.5')], 'string'],
  ['a point behind', [bare('5.')], 'string'],
  ['a number and a code', [bare('1.1'), bare('1.10')], 'string'],
  ['a fraction of too many digits', [bare('0.12345678901234567890')], 'string'],
  ['more than any number', [bare('1e999')], 'string'],
  ['numbers in quotes', [quoted('1'), quoted('2')], 'string'],
  ['numbers, one in quotes', [bare('1'), quoted('2')], 'string'],
  ['empty quotes', [quoted('')], 'string'],
  ['numbers and empty cells', [bare(''), bare('1')], 'double'],
  ['empty cells', [bare(''), bare('')], undefined],
  ['no cells', [], undefined],
])('the type guessed for %s', (_claim, cells, type) => {
  expect(guessType(cells)).toBe(type);
});

it('a number that no double holds is refused, and longer ones keep each digit', () => {
  expect(read(bare('1e999'), 'double')).toMatch('“x” has a number that is beyond 1.8e308');
  for (const [type, digits] of [
    ['long', '7615917337495251231'],
    ['double', '0.1234567890123456789'],
  ] as const) {
    expect(writeJson(read(bare(digits), type))).toBe(`{"x":${digits}}`);
  }
  const whole = new Map([['x', 'long' as const]]);
  expect(readCells([bare('7615917337495251231.5')], [{ field: 'x', type: 'long' }], whole)).toMatch(
    'is of type long',
  );
});
