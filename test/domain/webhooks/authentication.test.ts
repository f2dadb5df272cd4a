import { splitSecret, typedScheme, WebhookAuthentication } from '../../../src/domain/webhooks/authentication';

const OAUTH = { type: 'oauth2', clientId: 'a', clientSecret: 's', tokenUrl: 'https://id.example.com/token' };

function faultsOf(authentication: object): string[] {
  const { error } = WebhookAuthentication.safeParse(authentication);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

const split = (authentication: object) => splitSecret(WebhookAuthentication.parse(authentication));

/** Each kind of authentication with its secret, and the field of that. */
const KINDS: [kind: string, field: string, withSecret: (secret: string) => object][] = [
  ['basic', 'token', (token) => ({ type: 'basic', token })],
  ['bearer', 'token', (token) => ({ type: 'bearer', token })],
  ['apiKey', 'key', (key) => ({ type: 'apiKey', header: 'X-Key', key })],
  ['basicUser', 'password', (password) => ({ type: 'basicUser', username: 'u', password })],
  ['oauth2', 'clientSecret', (clientSecret) => ({ ...OAUTH, clientSecret })],
  ['inkit', 'apiToken', (apiToken) => ({ type: 'inkit', apiToken })],
];
const IN_HEADER = ['basic', 'bearer', 'apiKey'];

describe.each(KINDS)('the secret of %s', (kind, field, withSecret) => {
  test.each([
    ['a line end inside', 'abc\r\nx: y', 4],
    ['a NUL', 'abc\0', 4],
    ['a tab inside', 'a\tb', 2],
    ['a control character of Latin-1', 'ab\x85c', 3],
    ['a delete character', 'ab\x7f', 3],
    ['a zero-width space', 'abc\u200b', 4],
    ['a zero-width joiner', '\u200dabc', 1],
    ['a soft hyphen', 'ab\xadc', 3],
    ['a mark of writing direction', 'ab\u202ec', 3],
    ['a line separator inside', 'a\u2028b', 2],
    ['half a character', 'ab\ud83d', 3],
  ])('is refused with %s, by its field', (_kind, secret, at) => {
    const [fault, ...others] = faultsOf(withSecret(secret));
    expect(fault).toMatch(new RegExp(`^${field}: .*character ${at}\\b`, 'i'));
    expect(fault).not.toContain(secret);
    expect(others).toEqual([]);
  });

  test.each(['zażółć', 'ключ', '€', '😀'])(
    'beyond Latin-1, %s, is fit only where it is encoded',
    (secret) => {
      const refused = [expect.stringMatching(`^${field}: No header can carry character \\d+`)];
      expect(faultsOf(withSecret(secret))).toEqual(IN_HEADER.includes(kind) ? refused : []);
    },
  );

  test.each(['a:b', 'pä ss="1"', `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`])('may be %s', (secret) => {
    expect(split(withSecret(secret)).secret).toBe(secret);
  });

  test.each(['abc\n', '\r\n abc\t', '\ufeffabc\xa0'])('loses the white space at its ends: %j', (secret) => {
    expect(split(withSecret(secret)).secret).toBe('abc');
  });

  test.each(['', ' \n'])('may be empty, %j, only as a password', (secret) => {
    const refused = [`${field}: A secret must not be empty.`];
    expect(faultsOf(withSecret(secret))).toEqual(kind === 'basicUser' ? [] : refused);
  });
});

describe('basicUser', () => {
  const withName = (username: string) => ({ type: 'basicUser', username, password: 'p' });

  test.each([
    ['a:b', 'colon'],
    ['a\u200bb', 'Character 2'],
    ['a\nb', 'Character 2'],
  ])('refuses the user name %j', (username, message) => {
    expect(faultsOf(withName(username))).toEqual([expect.stringMatching(`^username: .*${message}`)]);
  });

  test.each([
    ['live_key', 'live_key'],
    ['tést ключ', 'tést ключ'],
    [' ada\n', 'ada'],
    ['', ''],
  ])('takes %j', (username, stored) => {
    expect(split(withName(username)).stored).toEqual({ type: 'basicUser', username: stored });
  });
});

describe('oauth2', () => {
  const withMore = (more: object) => ({ ...OAUTH, ...more });

  test('is stored as it was where none of its options is given', () => {
    const { clientSecret: _secret, ...stored } = OAUTH;
    expect(split(OAUTH).stored).toEqual(stored);
  });

  test.each([
    { scope: 'https://graph.microsoft.com/.default' },
    { scope: 'read write' },
    { parameters: { audience: 'https://api.example.com/', resource: 'urn:é' } },
    { clientAuthentication: 'basic' },
    { refreshOn: [401, 403] },
  ])('takes %j', (more) => {
    const { clientSecret: _secret, ...stored } = OAUTH;
    expect(split(withMore(more)).stored).toEqual({ ...stored, ...more });
  });

  test.each([
    ['scope', { scope: '' }],
    ['scope', { scope: 'read  write' }],
    ['scope', { scope: 'lire é' }],
    ['scope', { scope: 'a"b' }],
    ['parameters.grant_type', { parameters: { grant_type: 'password' } }],
    ['parameters.client_id', { parameters: { client_id: 'b' } }],
    ['parameters.client_secret', { parameters: { client_secret: 'b' } }],
    ['parameters.Scope', { parameters: { Scope: 'b' } }],
    ['parameters.a b', { parameters: { 'a b': 'c' } }],
    ['parameters.a', { parameters: { a: '' } }],
    ['parameters.a', { parameters: { a: 'b\u200b' } }],
    ['parameters.a', { parameters: { a: 1 } }],
    ['parameters', { parameters: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, 'x'])) }],
    ['clientAuthentication', { clientAuthentication: 'jwt' }],
    ['refreshOn', { refreshOn: [] }],
    ['refreshOn', { refreshOn: [403] }],
    ['refreshOn', { refreshOn: [401, 401] }],
    ['refreshOn.1', { refreshOn: [401, 404] }],
  ])('refuses by name: %s in %j', (field, more) => {
    expect(faultsOf(withMore(more))).toEqual([expect.stringMatching(`^${field}: `)]);
  });
});

test('a client id is refused with an invisible character', () => {
  expect(faultsOf({ ...OAUTH, clientId: 'a\u200b' })).toEqual([expect.stringContaining('clientId: ')]);
});

describe('a scheme typed before a token', () => {
  test.each([
    ['bearer', 'Bearer abc', 'abc'],
    ['bearer', 'bearer  abc\n', 'abc'],
    ['bearer', 'Bearer Bearer abc', 'abc'],
    ['basic', 'Basic YTpi', 'YTpi'],
  ] as const)('%s: “%s” is taken off', (type, typed, token) => {
    const authentication = WebhookAuthentication.parse({ type, token: typed });
    expect(splitSecret(authentication).secret).toBe(token);
    expect(typedScheme(authentication)).toBe(type);
  });

  test.each([
    { type: 'bearer', token: 'bearer_abc' },
    { type: 'bearer', token: 'Basic abc' },
    { type: 'basic', token: 'Bearer abc' },
    { type: 'basic', token: 'a:Basic b' },
    { type: 'apiKey', header: 'Authorization', key: 'Bearer abc' },
    { type: 'bearer', token: { set: true } },
  ])('anything else stays: %j', (given) => {
    const authentication = WebhookAuthentication.parse(given);
    expect(splitSecret(authentication).secret).toEqual('key' in given ? given.key : given.token);
    expect(typedScheme(authentication)).toBeUndefined();
  });

  test.each(['bearer', 'basic'])('%s: alone it is no token', (type) => {
    expect(faultsOf({ type, token: `${type} ` })).toEqual(['token: A secret must not be empty.']);
  });
});
