import { formatOf, pathOf, readOptions } from '../../src/commands/options';
import { ConfigError } from '../../src/config';

describe('the options of a command', () => {
  const { argv } = process;
  afterEach(() => void (process.argv = argv));

  const read = (...args: string[]) => {
    process.argv = ['node', 'main', 'import', ...args];
    return readOptions('npm run import -- <file>', { refused: { type: 'string' } });
  };

  it('are the file, the shared options and those of the command', () => {
    const { values, file } = read('people.csv', '--list', '12', '--refused', 'refused.csv');
    expect([file, { ...values }]).toEqual(['people.csv', { list: '12', refused: 'refused.csv' }]);
  });

  it.each([
    ['an unknown option', ['a.csv', '--lists', '1'], '--lists'],
    ['two files', ['a.csv', 'b.csv'], 'Name one file'],
  ])('are refused with the usage for %s', (_what, args, message) => {
    expect(() => read(...args)).toThrow(ConfigError);
    expect(() => read(...args)).toThrow(message);
    expect(() => read(...args)).toThrow('Usage: npm run import -- <file>');
  });
});

test.each([
  [undefined, '/api/users'],
  ['12', '/api/lists/12'],
])('the list %p is called at %s', (list, path) => expect(pathOf(list)).toBe(path));

test.each(['0', '-1', '1.5', 'readers', '12345678901'])('“%s” is refused as a list', (list) =>
  expect(() => pathOf(list)).toThrow(ConfigError),
);

test.each([
  [undefined, 'people.CSV', 'csv'],
  [undefined, 'people.ndjson', 'ndjson'],
  [undefined, 'people.jsonl', 'ndjson'],
  [undefined, 'people.txt', undefined],
  [undefined, undefined, undefined],
  ['ndjson', 'people.csv', 'ndjson'],
])('the format %p of the file %p is %p', (asked, file, format) => expect(formatOf(asked, file)).toBe(format));

test('an unknown format is refused', () => {
  expect(() => formatOf('xml', 'people.csv')).toThrow(ConfigError);
});
