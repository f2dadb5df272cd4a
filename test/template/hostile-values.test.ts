import fc from 'fast-check';
import { renderWebhook } from '../../src/webhook/render';
import { RenderFault } from '../../src/template/template';
import { DOTS, EMPTY_SEGMENTS, LEAVERS } from './hostile-corpus';
import { aContext, aWebhook } from './rendering';

/** Text as someone would write it who wants to get out of the place where it stands. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^["'\\{}[\],:;\n\r\t\u0000\u2028\u2029@/?#&=%+ a]{0,20}$/),
  fc.constantFrom(
    '","admin":true,"x":"',
    '"}',
    '\\',
    '\\"',
    '\\u0022',
    '{{now}}',
    '}}{{/if}}',
    '\r\nx-admin: 1',
    '\u0000',
    '\u2028',
    '\ud800',
    '\udc00a',
    '//evil.example',
    '\\\\evil.example',
    '@evil.example',
    '\t//evil.example',
    '#&admin=1',
    '&admin=1',
    '%0d%0a',
    '../..',
    ...DOTS.map(([, value]) => value),
    ...LEAVERS,
    '__proto__',
    'constructor',
    '1e999',
    '-0',
    '9'.repeat(500),
  ),
);

/** What gives a value of the data, or text made of it. None of these fails a rendering. */
const CALLS = [
  'v', 'this.v', 'upper v', 'lower v', 'capitalize v', 'capitalizeFirst v', "cut v 'a'", "replace v 'a' w", 'replace v w v',
  'substring v 1', 'substring v 1 3', 'abbreviate v 5', 'slugify v', 'center v size=30 pad=w', "join list w prefix=v suffix=w",
  'breaklines v', 'defaultIfEmpty v w', 'lookup map v', 'toJson v', 'toJson list', 'toUrlEncodedJson v', 'base64 v', 'hexEncode v',
  'sha256 v', 'hmacSHA1 v', 'urlEncode v', 'eq v w yes=v no=w', 'not v yes=v no=w', 'and v w', 'maxInList list', 'sortBy list',
  "dateFormat '2026-01-02' 'full' v", "numberFormat 1234.5 '#,##0.00' v", 'list', 'map', 'missing',
]; // prettier-ignore

const data = fc
  .record({ v: hostile, w: hostile })
  .map(({ v, w }) => ({ v, w, list: [w, v], map: { [v]: w, n: 1 } }));
const call = fc.constantFrom(...CALLS);

function attempt(webhook: Parameters<typeof aWebhook>[0], profile: Record<string, unknown>) {
  try {
    return renderWebhook(aWebhook(webhook), aContext({ profile }));
  } catch (error) {
    if (error instanceof RenderFault) return error;
    throw error;
  }
}

describe('whatever a value is, through whichever helper (B047, B052)', () => {
  test('a JSON body keeps its other members, and its strings stay strings', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const body = `{"first":1,"text":"a{{${tag}}}b","whole":"{{${tag}}}","value":{{${tag}}},"list":[{{${tag}}},2],"last":{"x":3}}`;
        const request = attempt({ body }, profile);
        if (request instanceof RenderFault) throw request;
        const sent = JSON.parse(request.body!) as Record<string, unknown>;
        expect(Object.keys(sent).filter((name) => name !== 'whole' && name !== 'value')).toEqual([
          'first',
          'text',
          'list',
          'last',
        ]);
        expect(sent).toMatchObject({ first: 1, last: { x: 3 } });
        expect(sent['text']).toMatch(/^a[^]*b$/);
        if ('whole' in sent) expect(typeof sent['whole']).toBe('string');
        expect(sent['list']).toHaveLength(2);
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is assigned, and what blocks make, stays in its string', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const body = `{{#assign "x"}}{{${tag}}}"{{/assign}}{"a":"{{x}}","b":"{{#base64}}{{x}}{{/base64}}","c":"{{#if v}}{{#each list}}{{this}}{{@key}}{{/each}}{{/if}}"}`;
        const request = attempt({ body }, profile);
        if (request instanceof RenderFault) throw request;
        expect(Object.keys(JSON.parse(request.body!) as object)).toEqual(['a', 'b', 'c']);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a header stays one line of one header', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const request = attempt({ method: 'GET', headers: [{ name: 'X', value: `a{{${tag}}}b` }] }, profile);
        if (request instanceof RenderFault) return;
        expect(Object.keys(request.headers)).toEqual(['x']);
        expect(request.headers['x']).toMatch(/^a[\t\x20-\x7e\x80-\xff]*b$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a URL keeps its host, and an encoded value is one parameter', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const plain = attempt(
          { method: 'GET', endpoint: `https://api.example.com:8443/{{${tag}}}` },
          profile,
        );
        if (!(plain instanceof RenderFault)) {
          expect(new URL(plain.url)).toMatchObject({
            origin: 'https://api.example.com:8443',
            username: '',
            hash: '',
          });
        } else expect(plain.reason).toBe('invalid_url');
        const endpoint = `https://api.example.com/x?q={{#urlEncode}}{{${tag}}}{{/urlEncode}}&end=1`;
        const encoded = attempt({ method: 'GET', endpoint }, profile);
        if (encoded instanceof RenderFault) throw encoded;
        const url = new URL(encoded.url);
        expect(url.href).toMatch(/^https:\/\/api\.example\.com\/x\?q=[A-Za-z0-9.*_+%-]*&end=1$/);
        expect([...url.searchParams.keys()]).toEqual(['q', 'end']);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a URL keeps its path before and after a value, and a value of the query is one parameter', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const endpoint = `https://api.example.com/v1/users/{{${tag}}}/mail?q={{${tag}}}&end=1`;
        const request = attempt({ method: 'GET', endpoint }, profile);
        if (request instanceof RenderFault) return expect(request.reason).toBe('invalid_url');
        const url = new URL(request.url);
        expect(url.pathname).toMatch(/^\/v1\/users\/[^?]+\/mail$/);
        expect([...url.searchParams.keys()]).toEqual(['q', 'end']);
        const segments = url.pathname.slice(1).split('/');
        for (const segment of segments) expect(['', '.', '..']).not.toContain(percentDecoded(segment));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a form keeps its fields', () => {
    fc.assert(
      fc.property(data, call, (profile, tag) => {
        const body = [
          { name: 'first', value: '1' },
          { name: 'x', value: `a{{${tag}}}` },
          { name: 'last', value: '2' },
        ];
        const request = attempt({ bodyType: 'form', body }, profile);
        if (request instanceof RenderFault) throw request;
        expect([...new URLSearchParams(request.body).keys()]).toEqual(['first', 'x', 'last']);
      }),
      { numRuns: 1_000 },
    );
  });
});

function percentDecoded(text: string): string {
  const plain = text.replace(/%(?:25)+/g, '%');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

describe('a value in a path never becomes another resource', () => {
  const WAYS: [string, string][] = [
    ['as it is', '{{v}}'],
    ['encoded', '{{#urlEncode}}{{v}}{{/urlEncode}}'],
    ['as a segment', '{{pathSegment v}}'],
    ['through a name', '{{#assign "x"}}{{v}}{{/assign}}{{x}}'],
    ['in a block', '{{#each list}}{{this}}{{/each}}'],
  ];

  describe.each(WAYS)('%s', (_way, tag) => {
    const sent = (v: unknown, rest = '') =>
      attempt({ endpoint: `https://api.example.com/v1/users/${tag}${rest}` }, { v, list: [v] });

    test.each(DOTS)('not by %s', (_claim, v) => {
      for (const rest of ['', '/', '/mail', '?a=1', '#a']) {
        expect(sent(v, rest)).toMatchObject({ reason: 'invalid_url' });
      }
    });
  });

  test.each(EMPTY_SEGMENTS)('nor by %s', (_claim, v) => {
    for (const rest of ['', '/mail', '?a=1', '#a']) {
      const endpoint = `https://api.example.com/v1/users/{{v}}${rest}`;
      expect(attempt({ endpoint }, { v })).toMatchObject({ reason: 'invalid_url' });
    }
  });

  test.each([
    ['dots of the template and of a value', '/.{{v}}', '.'],
    ['dots of two values', '/{{v}}{{v}}', '.'],
    ['an encoded dot of the template', '/%2e{{v}}', '.'],
    ['a dot and a line break of the template', '/.\n{{v}}', '.'],
    ['a percent sign and the digits of a value', '/.%{{v}}', '2e'],
    ['a backslash of the template', '\\{{v}}', '..'],
    ['a path that a block begins', '{{#if v}}/{{v}}{{/if}}', '..'],
  ])('nor by %s', (_claim, path, v) => {
    expect(attempt({ endpoint: `https://api.example.com${path}` }, { v })).toMatchObject({
      reason: 'invalid_url',
    });
  });

  test.each([
    ['...', '...'],
    ['.a', '.a'],
    ['a..b', 'a..b'],
    ['a/b', 'a/b'],
    ['.well-known', '.well-known'],
    ['1.0', '1.0'],
    ['%', '%'],
    ['a;b', 'a;b'],
    ['a b ', 'a%20b%20'],
    ['a?b#c', 'a%3Fb%23c'],
    ['a\\b', 'a%5Cb'],
  ])('%j is a value like any other', (v, path) => {
    expect(attempt({ endpoint: 'https://api.example.com/v1/{{v}}/x' }, { v })).toMatchObject({
      url: `https://api.example.com/v1/${path}/x`,
    });
  });

  test('dots and slashes that the template itself has are left to its author', () => {
    const endpoint = 'https://api.example.com/v1//x/../y/?z={{v}}';
    expect(attempt({ endpoint }, { v: '..' })).toMatchObject({ url: 'https://api.example.com/v1//y/?z=..' });
  });
});

test.each(LEAVERS)('%j stays the value of its parameter in a query, and one segment of a path', (v) => {
  const request = attempt({ endpoint: 'https://api.example.com/a/{{v}}/b?q={{v}}&end=1#{{v}}' }, { v });
  if (request instanceof RenderFault) throw request;
  const { origin, pathname, searchParams, hash } = new URL(request.url);
  expect({ origin, hash }).toEqual({ origin: 'https://api.example.com', hash: '' });
  expect(pathname.split('/')).toEqual(['', 'a', expect.stringMatching(/./), 'b']);
  expect([...searchParams.keys()]).toEqual(['q', 'end']);
});
