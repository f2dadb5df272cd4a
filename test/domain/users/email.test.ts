import { foldedEmail, invisibleFault, isEmail } from '../../../src/domain/users/email';

it.each([
  'ada@example.com',
  'Ada.O’Hara+tag@mail.example.co.uk',
  "o'hara@example.com",
  'a..b@docomo.ne.jp',
  'ü@bücher.example',
  '用户@例子.公司',
  'राम@उदाहरण.भारत',
  'a@xn--bcher-kva.example',
  'heart@i❤.ws',
  `${'x'.repeat(242)}@example.com`,
])('%p is an email', (text) => {
  expect(isEmail(text)).toBe(true);
});

it.each([
  '',
  'ada',
  'ada@',
  '@example.com',
  'ada@example',
  'ada@b@example.com',
  'ada@b..com',
  'ada@.com',
  'ada@b.com.',
  'ada@b.',
  "'ada@example.com'",
  '’ada@example.com’',
  'ada@"example.com"',
  'ada@example.com>',
  'ada@-b.com',
  'ada@b-.com',
  'ada@b.com/',
  'ada@b.c!m',
  'ada lovelace@example.com',
  'ada@example.com ',
  `${'x'.repeat(243)}@example.com`,
])('%p is no email', (text) => {
  expect(isEmail(text)).toBe(false);
});

it.each(
  [
    0x00, 0x09, 0x0a, 0x0d, 0x1f, 0x7f, 0x85, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200d,
    0x200e, 0x202e, 0x2028, 0x2060, 0x2069, 0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xfffd, 0xe0001, 0xe000,
  ].map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`),
)('%s is refused anywhere in an email, by name', (name) => {
  const character = String.fromCodePoint(parseInt(name.slice(2), 16));
  for (const text of [
    `${character}a@b.com`,
    `a${character}a@b.com`,
    `a@b${character}b.com`,
    `a@b.com${character}`,
  ]) {
    expect(isEmail(text)).toBe(false);
    expect(invisibleFault(text)).toBe(`It has an invisible character, ${name}. Remove it.`);
  }
});

it('a space is named by no code, as everybody sees it', () => {
  expect(invisibleFault('a b@example.com')).toBeUndefined();
});

it('emails are compared ignoring the case of A to Z alone', () => {
  expect(foldedEmail('ADA@Example.COM')).toBe('ada@example.com');
  // Kelvin, angstrom and ohm signs, dotted I, capital eszett, umlaut.
  for (const letter of ['\u212a', '\u212b', '\u2126', '\u0130', '\u1e9e', 'Ü']) {
    expect(foldedEmail(`${letter}@Example.com`)).toBe(`${letter}@example.com`);
  }
});
