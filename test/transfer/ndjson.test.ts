import { ApiError } from '../../src/domain/errors';
import { readLine, typesIn } from '../../src/transfer/ndjson';
import { BEGINNING, type Row } from '../../src/transfer/rows';

const row = (value: unknown, fault?: string): Row => ({
  line: 1,
  bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  after: BEGINNING,
  ...(fault !== undefined && { fault }),
});

it.each<[unknown, object]>([
  [{ email: 'a@b.c' }, { email: 'a@b.c', dataFields: {} }],
  [
    { userId: '42', email: null },
    { userId: '42', dataFields: {} },
  ],
  [
    { email: '', userId: 'x' },
    { userId: 'x', dataFields: {} },
  ],
  [
    { email: 'a@b.c', dataFields: { a: { b: [1] }, c: null }, mergeNestedObjects: true },
    { email: 'a@b.c', dataFields: { a: { b: [1] }, c: null }, mergeNestedObjects: true },
  ],
  [
    { userId: 'x', mergeNestedObjects: false },
    { userId: 'x', dataFields: {}, mergeNestedObjects: false },
  ],
])('reads the line %j', (line, read) => {
  expect(readLine(row(line))).toEqual(read);
});

it.each<[unknown, string]>([
  ['{"email": "a"', 'not a JSON object'],
  ['[]', 'not a JSON object'],
  ['null', 'not a JSON object'],
  ["{'email': 'a'}", 'not a JSON object'],
  [{ email: 'a', plan: 'pro' }, '“plan” is unknown'],
  [{ email: 42 }, 'email and userId must be strings'],
  [{ userId: {} }, 'email and userId must be strings'],
  [{ email: 'a', mergeNestedObjects: 'yes' }, 'mergeNestedObjects must be true or false'],
  [{ email: 'a', dataFields: [] }, 'dataFields must be an object'],
  [{ email: 'a', dataFields: { '': 1 } }, '1 to 256 characters'],
  [{ email: 'a', dataFields: { ['x'.repeat(257)]: 1 } }, '1 to 256 characters'],
  ['{"email": "a", "dataFields": {"__proto__": {}}}', '__proto__'],
])('says why it cannot read the line %j', (line, why) => {
  expect(readLine(row(line))).toEqual(expect.stringContaining(why));
});

it('passes on the fault of a row', () => {
  expect(readLine(row({ email: 'a' }, 'It is broken.'))).toBe('It is broken.');
});

describe('the first line may give the types of fields', () => {
  it('by their names', () => {
    expect(typesIn(row({ fields: { age: 'long', plan: 'string' } }))).toEqual({
      age: 'long',
      plan: 'string',
    });
    expect(typesIn(row({ fields: {} }))).toEqual({});
  });

  it.each([{ email: 'a' }, { fields: { a: 'long' }, email: 'a' }, { fields: [] }, [], 'no JSON'])(
    'which %j does not: it is a line like the others',
    (line) => expect(typesIn(row(line))).toBeUndefined(),
  );

  it.each([{ fields: { age: 'integer' } }, { fields: { '': 'long' } }, { fields: { age: 1 } }])(
    'and is refused if they are wrong: %j',
    (line) => {
      expect(() => typesIn(row(line))).toThrow(ApiError);
    },
  );
});
