import {
  namesCredential,
  redactAnswerHeaders,
  redactHeaders,
  redactSecrets,
} from '../../../src/domain/webhooks/redact';

describe('a header', () => {
  it.each([
    'Authorization', 'Proxy-Authorization', 'X-Auth', 'X-Api-Key', 'api_key', 'Api-Key', 'apikey', 'X-ApiKey', 'Key',
    'X-Access-Token', 'X-Client-Secret', 'X-Password', 'Cookie', 'Set-Cookie', 'X-Session', 'webhook-signature',
    'X-Amz-Credential',
  ])('named %s holds a credential', (name) => {
    expect(namesCredential(name)).toBe(true);
    expect(redactHeaders({ [name]: 'value' })).toEqual({ [name]: '[redacted]' });
  }); // prettier-ignore

  it.each([
    'Content-Type', 'X-Tenant', 'X-Author', 'X-Keyboard', 'X-Monkey', 'Idempotency-Key', 'X-Idempotency-Key', 'Server',
  ])('named %s holds none', (name) => {
    expect(namesCredential(name)).toBe(false);
    expect(redactHeaders({ [name]: 'value' })).toEqual({ [name]: 'value' });
  }); // prettier-ignore
});

describe('a text that repeats a secret', () => {
  it.each([
    ['plain', 'key: to"p&secret!', 'key: [redacted]!'],
    ['in JSON', '{"key":"to\\"p&secret"}', '{"key":"[redacted]"}'],
    ['in a URL', '/?key=to%22p%26secret&a=1', '/?key=[redacted]&a=1'],
    ['twice', 'to"p&secretto"p&secret', '[redacted][redacted]'],
  ])('%s is shown without it', (_how, text, shown) => {
    expect(redactSecrets(text, ['other', 'to"p&secret'])).toBe(shown);
  });

  it('is unchanged if the secret is too short to be distinct', () => {
    expect(redactSecrets('a banana', ['', 'a', 'ana'])).toBe('a banana');
    expect(redactSecrets('half a pair \ud800', ['half\ud800'])).toBe('half a pair \ud800');
  });

  const SECRET = 'käy/<a&b>="c" \'~';
  it.each([
    ['JSON with escaped slashes', JSON.stringify(SECRET).replaceAll('/', '\\/')],
    [
      'JSON in ASCII',
      JSON.stringify(SECRET).replace(/[<>&'=ä]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    ['a URL in lower case', encodeURIComponent(SECRET).replace(/%../g, (byte) => byte.toLowerCase())],
    ['a form', new URLSearchParams({ SECRET }).toString()],
    ['HTML', 'käy/&lt;a&amp;b&gt;=&quot;c&quot; &#39;~'],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['hex', Buffer.from(SECRET).toString('hex')],
  ])('as %s is shown without it', (_form, text) => {
    const shown = redactSecrets(`a ${text} b`, [SECRET]);
    expect(shown).toMatch(/^a .*\[redacted\]=*"? b$/);
    expect(shown.length).toBeLessThan(25);
  });

  it('is shown without the longer of two secrets first', () => {
    expect(redactSecrets('token-1234 token', ['token', 'token-1234'])).toBe('[redacted] [redacted]');
  });

  it('that was cut is shown without the start of a secret at its end', () => {
    expect(redactSecrets('a topsec', ['topsecret'], { cut: true })).toBe('a [redacted]');
    expect(redactSecrets('a tops\uFFFD', ['topsécret'], { cut: true })).toBe('a [redacted]');
    expect(redactSecrets('a top', ['topsecret'], { cut: true })).toBe('a top');
    expect(redactSecrets('a topsec', ['topsecret'])).toBe('a topsec');
  });

  it('in the names and values of headers is shown without it', () => {
    expect(
      redactAnswerHeaders({ 'x-back': 'Bearer top-secret', 'x-top-secret-a': '1' }, ['top-secret']),
    ).toEqual({
      'x-back': 'Bearer [redacted]',
      'x-[redacted]-a': '[redacted]',
    });
  });
});
