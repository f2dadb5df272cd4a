import type { StoredAuthentication } from '../../src/domain/webhooks/authentication';
import { authorizationHeaders } from '../../src/webhook/authenticate';

const OAUTH: StoredAuthentication = {
  type: 'oauth2',
  clientId: 'client',
  tokenUrl: 'https://id.example.com/token',
};

describe('the authentication setting', () => {
  test.each<[string, StoredAuthentication, string | null, Record<string, string>]>([
    ['B054, B055: none adds no header', { type: 'none' }, null, {}],
    ['B056, B057: a Basic token goes as typed', { type: 'basic' }, 'a:b', { authorization: 'Basic a:b' }],
    [
      'B070, C16: user name and password are encoded',
      { type: 'basicUser', username: 'Aladdin' },
      'open sesame',
      { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' },
    ],
    [
      'B070: user name and password are UTF-8',
      { type: 'basicUser', username: 'tést' },
      'pä€:ss',
      { authorization: `Basic ${Buffer.from('tést:pä€:ss', 'utf8').toString('base64')}` },
    ],
    [
      'B070: an empty user name is one',
      { type: 'basicUser', username: '' },
      'key',
      { authorization: 'Basic OmtleQ==' },
    ],
    [
      'B070: an empty password is one',
      { type: 'basicUser', username: 'live_key' },
      '',
      { authorization: 'Basic bGl2ZV9rZXk6' },
    ],
    ['B070: both may be empty', { type: 'basicUser', username: '' }, '', { authorization: 'Basic Og==' }],
    ['B070: a bearer token', { type: 'bearer' }, 't0ken', { authorization: 'Bearer t0ken' }],
    [
      'B070: an API key goes in its header, named in lower case',
      { type: 'apiKey', header: 'X-Api-Key' },
      'k',
      { 'x-api-key': 'k' },
    ],
  ])('%s', (_claim, authentication, secret, headers) => {
    expect(authorizationHeaders(authentication, secret)).toEqual(headers);
  });

  test('B063: OAuth sends the access token and never the client secret', () => {
    expect(authorizationHeaders(OAUTH, 'client-secret', 'access')).toEqual({
      authorization: 'Bearer access',
    });
  });

  test('G10: wins over a custom header of the same name when spread last', () => {
    const custom = { authorization: 'Custom', 'x-tenant': 'a' };
    expect({ ...custom, ...authorizationHeaders({ type: 'bearer' }, 'token') }).toEqual({
      authorization: 'Bearer token',
      'x-tenant': 'a',
    });
  });

  test.each<[StoredAuthentication]>([[{ type: 'basic' }], [{ type: 'bearer' }], [OAUTH]])(
    'a missing secret is our fault, not an empty header: $type',
    (authentication) => {
      expect(() => authorizationHeaders(authentication, null)).toThrow('is missing');
    },
  );
});
