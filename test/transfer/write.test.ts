import type { ProfileFieldType } from '../../src/domain/users/profile';
import { type Cell, cellsOf, columnsOf } from '../../src/transfer/csv';
import { readLine, typesIn } from '../../src/transfer/ndjson';
import { RowSplitter } from '../../src/transfer/rows';
import { readCells } from '../../src/transfer/values';
import { createWriter, type ExportedUser } from '../../src/transfer/write';

const TYPES: Record<string, ProfileFieldType> = {
  plan: 'string',
  'a "b", c': 'string',
  'name:long': 'string',
  email: 'string',
  age: 'long',
  score: 'double',
  active: 'boolean',
  born: 'date',
  address: 'object',
  tags: 'array',
};

const USERS: ExportedUser[] = [
  {
    email: 'a@example.com',
    userId: '42',
    dataFields: {
      plan: 'a "b", c\nd',
      'a "b", c': '42',
      'name:long': '',
      email: 'other',
      age: -7,
      score: 1.25,
      active: false,
      born: '2026-11-21',
      address: { city: 'Łódź', lines: ['1, Main "St"'] },
      tags: [1, 'x', null],
    },
  },
  { email: null, userId: '007', dataFields: { plan: 'true' } },
  { email: 'b@example.com', userId: null, dataFields: {} },
];

/** Users as a reader returns them: without the names they do not have. */
const READ = USERS.map(({ email, userId, dataFields }) => ({
  ...(email !== null && { email }),
  ...(userId !== null && { userId }),
  dataFields,
}));

function written(format: 'csv' | 'ndjson'): string {
  const writer = createWriter(format);
  return writer.begin(TYPES) + writer.users(USERS.slice(0, 1)) + writer.users(USERS.slice(1));
}

function rowsIn(file: string, format: 'csv' | 'ndjson') {
  const splitter = new RowSplitter(format);
  return [...splitter.push(Buffer.from(file)), ...splitter.end()];
}

it('an import of written CSV reads the same users', () => {
  const [header, ...rows] = rowsIn(written('csv'), 'csv');
  const columns = columnsOf(header);
  const types = new Map(Object.entries(TYPES));
  expect(cellsOf(rows).map((cells) => readCells(cells as Cell[], columns, types))).toEqual(READ);
});

it('the header of written CSV gives the type of every field that is no text', () => {
  const columns = columnsOf(rowsIn(written('csv'), 'csv')[0]).slice(2);
  const types = columns.map((column) => 'field' in column && [column.field, column.type ?? 'string']);
  expect(Object.fromEntries(types as [string, string][])).toEqual(TYPES);
});

it('an import of written NDJSON reads the same users and types', () => {
  const [first, ...rows] = rowsIn(written('ndjson'), 'ndjson');
  expect(typesIn(first!)).toEqual(TYPES);
  expect(rows.map(readLine)).toEqual(READ);
});

it('writes CSV as RFC 4180 has it, texts in quotes', () => {
  const writer = createWriter('csv');
  expect(writer.begin({ plan: 'string', age: 'long' })).toBe('email,userId,plan,age:long\r\n');
  expect(writer.users([{ email: 'a@b.c', userId: null, dataFields: { plan: 'say "hi"', age: 3 } }])).toBe(
    '"a@b.c",,"say ""hi""",3\r\n',
  );
});

it('writes nothing that only every object has', () => {
  const writer = createWriter('csv');
  writer.begin(JSON.parse('{"constructor":"string"}'));
  expect(writer.users([{ email: 'a', userId: null, dataFields: {} }])).toBe('"a",,\r\n');
});
