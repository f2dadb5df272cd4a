import { type FilePosition, type ImportFormat, LONGEST_ROW, RowSplitter } from '../../src/transfer/rows';

/** All rows of a file, fed in parts of `size` bytes. */
function rowsOf(file: string | Buffer, format: ImportFormat = 'csv', size = Infinity) {
  const bytes = Buffer.from(file as string);
  const splitter = new RowSplitter(format);
  const rows = [];
  for (let from = 0; from < bytes.length; from += size) {
    rows.push(...splitter.push(bytes.subarray(from, from + size)));
  }
  return [...rows, ...splitter.end()];
}

const texts = (file: string, format?: ImportFormat, size?: number) =>
  rowsOf(file, format, size).map(({ line, bytes }) => [line, bytes.toString()]);

describe.each([Infinity, 1, 2, 3])('a file that arrives in parts of %d bytes', (size) => {
  it.each<[string, string, [number, string][]]>([
    ['ends rows at line feeds', 'a,b\nc,d\n', [[1, 'a,b'], [2, 'c,d']]],
    ['takes the carriage return before a line feed for part of the line end', 'a\r\nb\r\n', [[1, 'a'], [2, 'b']]],
    ['needs no line end after the last row', 'a\nb', [[1, 'a'], [2, 'b']]],
    ['skips empty lines and counts them', '\na\n\r\n\nb\n', [[2, 'a'], [5, 'b']]],
    ['keeps the line breaks inside quotes', 'a,"b\nc"\r\nd', [[1, 'a,"b\nc"'], [3, 'd']]],
    ['takes doubled quotes for part of the cell', '"a""\n""b"\nc', [[1, '"a""\n""b"'], [3, 'c']]],
    ['takes a quote inside an unquoted cell for plain text', 'a"b\nc', [[1, 'a"b'], [2, 'c']]],
    ['ends rows at carriage returns alone', 'a\rb\r', [[1, 'a'], [2, 'b']]],
    ['takes two returns before a line feed for one line end', 'a\r\r\nb\r\r\n', [[1, 'a'], [2, 'b']]],
    ['takes line ends of all kinds in one file', 'a\nb\r\nc\rd\r\r\ne', [[1, 'a'], [2, 'b'], [3, 'c'], [4, 'd'], [5, 'e']]],
    ['counts empty lines of any kind', '\r\ra\r\n\r\nb\n\nc\r\r\rd', [[3, 'a'], [5, 'b'], [7, 'c'], [10, 'd']]],
    ['keeps line ends of any kind inside quotes', '"a\rb\r\r\nc\r\nd"\r"e\r"\r', [[1, '"a\rb\r\r\nc\r\nd"'], [4, '"e\r"']]],
    ['ends a row at two returns at the end of the file', 'a\r\r', [[1, 'a']]],
    ['skips a byte order mark', '\ufeffa\nb', [[1, 'a'], [2, 'b']]],
    ['has no rows when it is empty', '', []],
  ])('%s', (_claim, file, rows) => {
    // The mark is only looked for in the first part, which is never that short.
    if (file.startsWith('\ufeff') && size < 3) return;
    expect(texts(file, 'csv', size)).toEqual(rows);
  }); // prettier-ignore
});

it('ends lines of NDJSON at the same line ends', () => {
  expect(texts('\ufeff{}\r{}\r\r\n\r\n{}\n', 'ndjson')).toEqual([
    [1, '{}'],
    [2, '{}'],
    [4, '{}'],
  ]);
});

it('knows no quotes in NDJSON', () => {
  expect(texts('{"a":"\n"}\n', 'ndjson')).toEqual([
    [1, '{"a":"'],
    [2, '"}'],
  ]);
});

describe('a row that cannot be read has a fault, and the next one does not', () => {
  it.each<[string, Buffer, string]>([
    ['not UTF-8', Buffer.from([0x61, 0xff, 0x0a, 0x62]), 'not UTF-8'],
    ['half of a character', Buffer.from([0xc3, 0x0a, 0x62]), 'not UTF-8'],
    ['a NUL character', Buffer.from('a\0\nb'), 'NUL'],
    ['longer than 1 MiB', Buffer.from(`${'x'.repeat(LONGEST_ROW + 1)}\nb`), 'longer than 1 MiB'],
  ])('%s', (_claim, file, fault) => {
    const [bad, good] = rowsOf(file);
    expect(bad).toMatchObject({ line: 1, fault: expect.stringContaining(fault) });
    expect(good).toMatchObject({ line: 2, bytes: Buffer.from('b') });
    expect(good?.fault).toBeUndefined();
  });

  it('a quote that is never closed', () => {
    expect(rowsOf('a\n"b\nc\n')).toMatchObject([
      { line: 1 },
      { line: 2, fault: expect.stringContaining('never closed') },
    ]);
  });

  it('but not a row of just 1 MiB', () => {
    const [row] = rowsOf('x'.repeat(LONGEST_ROW));
    expect(row?.bytes.length).toBe(LONGEST_ROW);
    expect(row?.fault).toBeUndefined();
  });
});

describe('reading can stop and resume', () => {
  const rest = (file: string, from: FilePosition) => {
    const splitter = new RowSplitter('csv', from);
    return [...splitter.push(Buffer.from(file).subarray(from.offset)), ...splitter.end()];
  };

  it('after any row', () => {
    const file = '\ufeffa,"1\n2"\r\n\nb\nc\rd\r\r\n\re';
    const rows = rowsOf(file);
    for (const [index, { after }] of rows.entries()) expect(rest(file, after)).toEqual(rows.slice(index + 1));
  });

  it('inside a row that is too long, even in quotes', () => {
    const long = `"${'x\n'.repeat(LONGEST_ROW)}"`;
    const file = `${long}\nb\n`;
    const splitter = new RowSplitter('csv');
    expect(splitter.push(Buffer.from(file).subarray(0, LONGEST_ROW + 10))).toEqual([]);
    expect(splitter.position.offset).toBe(LONGEST_ROW + 10);
    expect(rest(file, splitter.position)).toMatchObject([
      { line: 1, fault: expect.stringContaining('longer than 1 MiB') },
      { line: LONGEST_ROW + 2, bytes: Buffer.from('b') },
    ]);
  });

  it.each(['\n', '\r\n', '\r', '\r\r\n'])('at the end of a row that is too long, within its %j', (end) => {
    const file = `${'x'.repeat(LONGEST_ROW + 1)}${end}b${end}`;
    for (let size = 0; size <= end.length; size += 1) {
      const splitter = new RowSplitter('csv');
      const rows = splitter.push(Buffer.from(file).subarray(0, LONGEST_ROW + 1 + size));
      expect([...rows, ...rest(file, splitter.position)]).toMatchObject([
        { line: 1, fault: expect.stringContaining('longer than 1 MiB') },
        { line: 2, bytes: Buffer.from('b') },
      ]);
    }
  });
});
