import { namesCredential, redactHeaders, redactSecrets } from '../../../src/domain/webhooks/redact';

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
});
