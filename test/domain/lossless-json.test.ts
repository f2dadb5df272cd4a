import { jsonTrapIn, textOfTrap } from '../../src/domain/json';
import { isExactNumber, readJson, writeJson } from '../../src/domain/lossless-json';

const KEPT = [
  '7615917337495251231',
  '-7615917337495251231',
  '9007199254740993',
  '12345678901234567890.5',
  '0.1234567890123456789',
  '1e22',
  '1.7976931348623157e308',
  `${'9'.repeat(300)}`,
];

it.each(KEPT)('keeps %s digit for digit, wherever it stands', (digits) => {
  for (const text of [
    digits,
    `[${digits}]`,
    `[1,${digits},"${digits}",2.5]`,
    `{"a":{"b":[${digits}]},"c":${digits}}`,
  ]) {
    expect(writeJson(readJson(text))).toBe(text);
  }
});

it('reads every other text as JSON.parse does', () => {
  for (const text of [
    '0',
    '-0',
    '1.10',
    '1e5',
    '1E+10',
    '123456789012345',
    '9007199254740991',
    '" 12345678901234567890 \\" 7615917337495251231 "',
    '{"__proto__":12,"2":1,"1":[true,null,{}]}',
    '{"a":1,"a":2}',
  ]) {
    expect(readJson(text)).toEqual(JSON.parse(text));
  }
});

it.each([
  '',
  '{',
  '01234567890123456789',
  '[1 2]',
  '{"a":12345678901234567890',
  '"\u0000"',
  '1234567890123456.',
])('refuses %j as JSON.parse does', (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError);
});

it('keeps the last of two members of one name, a member called __proto__, and the place of each number', () => {
  const text =
    '{"b":11111111111111111111,"a":22222222222222222222,"a":33333333333333333333,"9":44444444444444444444,"__proto__":55555555555555555555,"s":"\\"66666666666666666666"}';
  expect(writeJson(readJson(text))).toBe(
    '{"9":44444444444444444444,"b":11111111111111111111,"a":33333333333333333333,"__proto__":55555555555555555555,"s":"\\"66666666666666666666"}',
  );
});

it('reads data of any depth without a stack overflow', () => {
  const text = `${'['.repeat(100_000)}7615917337495251231${']'.repeat(100_000)}`;
  let value = readJson(text);
  while (Array.isArray(value)) value = value[0] as unknown;
  expect(isExactNumber(value) && value.value).toBe('7615917337495251231');
});

it.each(['1e400', '-1e999', '1e-400', '9'.repeat(401), '1'.padEnd(310, '0')])(
  'a number that no reader of doubles can hold is a trap, and named by its field: %s',
  (digits) => {
    const trap = jsonTrapIn(readJson(`{"order":{"lines":[1,${digits}]}}`))!;
    expect(textOfTrap(trap, 'The body')).toMatch(
      /^The body has a number in “order\.lines\.1” that is beyond 1\.8e308/,
    );
  },
);

it.each([...KEPT, '0e400', '0.0000000000000000000'])('%s is no trap', (digits) => {
  expect(jsonTrapIn(readJson(`{"a":${digits}}`))).toBeUndefined();
});
