import { namesCredential, redactHeaders } from '../../src/domain/credentials';

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
