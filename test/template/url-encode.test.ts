import fc from 'fast-check';
import { encodeFieldName, urlEncode } from '../../src/template/url-encode';

describe('B047, B052: percent-encoding as java.net.URLEncoder does it', () => {
  test.each([
    ['letters and digits stay', 'azAZ09', 'azAZ09'],
    ['dot, hyphen, asterisk and underscore stay', '.-*_', '.-*_'],
    ['a space becomes a plus', 'a b', 'a+b'],
    ['the marks that browsers keep are encoded', "!'()~", '%21%27%28%29%7E'],
    ['an address', 'test.user+1@example.com', 'test.user%2B1%40example.com'],
    ['signs of a URL', '/?#&=%:;,', '%2F%3F%23%26%3D%25%3A%3B%2C'],
    ['letters beyond ASCII', 'Zoë', 'Zo%C3%AB'],
    ['a pair of surrogates', '😀', '%F0%9F%98%80'],
    ['half a pair becomes a question mark', 'a\ud83db\ude00', 'a%3Fb%3F'],
    ['a line break and a zero', '\r\n\u0000', '%0D%0A%00'],
    ['nothing', '', ''],
  ])('%s', (_claim, text, encoded) => {
    expect(urlEncode(text)).toBe(encoded);
  });

  test('leaves only safe characters, and a form decoder restores the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = urlEncode(text);
        expect(encoded).toMatch(/^(?:[A-Za-z0-9.*_+-]|%[0-9A-F]{2})*$/);
        expect(new URLSearchParams(`x=${encoded}`).get('x')).toBe(text);
      }),
    );
  });
});

test('G6: a form field keeps the brackets of its name, and encodes what could end it', () => {
  expect(encodeFieldName('recipient[city]')).toBe('recipient[city]');
  expect(encodeFieldName('a&b=c+d e%')).toBe('a%26b%3Dc%2Bd+e%25');
});
