import fc from 'fast-check';
import { checkWebhook, renderWebhook, type RenderContext } from '../../src/webhook/render';
import { RenderFault } from '../../src/template/template';
import type { Webhook } from '../../src/domain/webhooks/webhook';
import { aContext, aWebhook, thrownBy } from '../template/rendering';

const render = (webhook: Partial<Webhook>, context: Partial<RenderContext> = {}) =>
  renderWebhook(aWebhook(webhook), aContext(context));

const urlOf = (endpoint: string, profile: Record<string, unknown> = {}) =>
  render({ endpoint }, { profile }).url;

const bodyOf = (webhook: Partial<Webhook>, context: Partial<RenderContext> = {}) =>
  render(webhook, context).body;

const reasonOf = (operation: () => unknown) => {
  const fault = thrownBy(operation);
  expect(fault).toBeInstanceOf(RenderFault);
  return (fault as RenderFault).reason;
};

test('a byte order mark before a body is not sent, nor a fault', () => {
  const body = '\uFEFF{"a": "{{x}}"}';
  expect(checkWebhook(aWebhook({ body }))).toEqual([]);
  expect(bodyOf({ body }, { triggerData: { x: 1 } })).toBe('{"x":1,"a":"1"}');
});

describe('the golden payloads, byte for byte', () => {
  const promotion = { promotionId: 123, color: 'red' };
  const offer = { ...promotion, buttonName: 'Claim offer', buttonUrl: 'https://example.com/spring-sale' };

  test('B093: the custom body beats the profile', () => {
    const webhook = { userFields: ['firstName'], body: '{"firstName":"Custom"}' };
    expect(bodyOf(webhook, { profile: { firstName: 'Profile' } })).toBe('{"firstName":"Custom"}');
  });

  test('B094, B100: a POST has the trigger data at its top level, then email and workflowId', () => {
    expect(bodyOf({ includeEmailAndWorkflowId: true }, { triggerData: promotion })).toBe(
      '{"promotionId":123,"color":"red","email":"test.user@example.com","workflowId":12345}',
    );
  });

  test('B083, B095: a PUT has user fields before trigger data, and no email or workflowId unless asked for', () => {
    const context = {
      profile: { state: 'California', city: 'San Francisco', age: 3 },
      triggerData: promotion,
    };
    expect(bodyOf({ method: 'PUT', userFields: ['city', 'state'] }, context)).toBe(
      '{"city":"San Francisco","state":"California","promotionId":123,"color":"red"}',
    );
  });

  test('B097: without a custom body', () => {
    expect(bodyOf({ includeEmailAndWorkflowId: true }, { triggerData: offer })).toBe(
      '{"promotionId":123,"color":"red","buttonName":"Claim offer","buttonUrl":"https://example.com/spring-sale","email":"test.user@example.com","workflowId":12345}',
    );
  });

  test('B098: with a custom body, its nested object intact', () => {
    const body = `{
      "campaignName": "Spring Launch 2026",
      "journeyStep": "clicked_offer_button",
      "marketingContext": { "channel": "email", "audienceSegment": "high_intent_returning_users" }
    }`;
    expect(bodyOf({ includeEmailAndWorkflowId: true, body }, { triggerData: offer })).toBe(
      '{"promotionId":123,"color":"red","buttonName":"Claim offer","buttonUrl":"https://example.com/spring-sale","email":"test.user@example.com","workflowId":12345,"campaignName":"Spring Launch 2026","journeyStep":"clicked_offer_button","marketingContext":{"channel":"email","audienceSegment":"high_intent_returning_users"}}',
    );
  });
});

describe('the payload', () => {
  test('B081, B092, C7: custom body over email and workflowId over trigger data over user fields', () => {
    const sources = { a: 'profile', b: 'profile', email: 'profile@example.com' };
    const webhook = { userFields: ['a', 'b', 'email'], includeEmailAndWorkflowId: true };
    const context = { profile: sources, triggerData: { b: 'trigger', email: 'trigger', workflowId: 1 } };
    expect(JSON.parse(bodyOf(webhook, context)!)).toEqual({
      a: 'profile',
      b: 'trigger',
      email: 'test.user@example.com',
      workflowId: 12345,
    });
    expect(JSON.parse(bodyOf({ ...webhook, body: '{"email":"custom","b":null}' }, context)!)).toEqual({
      a: 'profile',
      b: null,
      email: 'custom',
      workflowId: 12345,
    });
  });

  test('B082: a user without an email sends the user id', () => {
    const context = { email: null, userId: 'u-1' };
    expect(bodyOf({ includeEmailAndWorkflowId: true }, context)).toBe('{"userId":"u-1","workflowId":12345}');
  });

  test('B085, B086: a user field on neither side is left out, one in the trigger data is its value there', () => {
    const webhook = { userFields: ['missing', 'both', 'constructor', '__proto__', 'nothing', 'userId'] };
    const context = { profile: { both: 1, nothing: null }, triggerData: { both: 2 }, userId: 'u-1' };
    expect(bodyOf(webhook, context)).toBe('{"both":2,"nothing":null,"userId":"u-1"}');
  });

  test('G5: objects of one name are replaced, not merged', () => {
    expect(bodyOf({ body: '{"o":{"b":2}}' }, { triggerData: { o: { a: 1 } } })).toBe('{"o":{"b":2}}');
  });

  test('an omitted custom member leaves the field of its name unchanged', () => {
    expect(bodyOf({ body: '{"o":"{{missing}}"}' }, { triggerData: { o: 1 } })).toBe('{"o":1}');
  });

  test.each(['', ' \n'])('blank text %j is no custom body', (body) => {
    expect(bodyOf({ body }, { triggerData: { a: 1 } })).toBe('{"a":1}');
  });

  test('a field called __proto__ is sent like any other and changes nothing here', () => {
    const triggerData = JSON.parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
    expect(bodyOf({}, { triggerData })).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect(bodyOf({ bodyType: 'form' }, { triggerData })).toBe(
      '__proto__=%7B%22admin%22%3Atrue%7D&constructor=1',
    );
  });

  test('G4: a GET carries none, and no content type', () => {
    expect(render({ method: 'GET', userFields: ['a'] }, { profile: { a: 1 } })).toEqual({
      method: 'GET',
      url: 'https://api.example.com/hook',
      headers: {},
    });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('G4: a %s carries one', (method) => {
    expect(render({ method })).toMatchObject({ method, body: '{}' });
  });
});

describe('B080, B089: a form', () => {
  const form = (
    body: Webhook['body'],
    context: Partial<RenderContext> = {},
    webhook: Partial<Webhook> = {},
  ) => bodyOf({ bodyType: 'form', body, ...webhook }, context);

  test('has the same data as the JSON body, objects and arrays as JSON text (G6)', () => {
    const context = {
      profile: { city: 'São Paulo' },
      triggerData: { n: 1.5, ok: false, list: [1, 'a'], none: null },
    };
    const webhook = { userFields: ['city', 'missing'], includeEmailAndWorkflowId: true };
    expect(form([{ name: 'first', value: 'x {{city}}' }], context, webhook)).toBe(
      'city=S%C3%A3o+Paulo&n=1.5&ok=false&list=%5B1%2C%22a%22%5D&email=test.user%40example.com&workflowId=12345&first=x+S%C3%A3o+Paulo',
    );
  });

  test('G6: keeps the brackets of a name', () => {
    expect(form([{ name: 'recipient[city]', value: '[{{a}}]' }], { profile: { a: '&b=c' } })).toBe(
      'recipient[city]=%5B%26b%3Dc%5D',
    );
  });

  test('G2: leaves out a value that is exactly one tag and resolves to nothing', () => {
    const fields = [
      { name: 'a', value: '{{missing}}' },
      { name: 'b', value: '{{! a comment }}{{nothing}}' },
      { name: 'c', value: '{{empty}}' },
      { name: 'd', value: ' {{missing}}' },
      { name: 'e', value: '' },
      { name: 'f', value: '{{#if missing}}x{{/if}}' },
    ];
    expect(form(fields, { profile: { nothing: null, empty: '' } })).toBe('c=&d=+&e=&f=');
  });

  test('B092: a custom field replaces the other of its name in its place; fields of one name are all sent', () => {
    const fields = ['1', '2'].map((value) => ({ name: 'a', value }));
    expect(form(fields, { triggerData: { a: 0, b: 3 } })).toBe('a=1&a=2&b=3');
  });

  test('without fields is empty', () => {
    expect(form(undefined)).toBe('');
  });

  test('round-trips any data', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true }), text, (triggerData, value) => {
        const body = form([{ name: 'custom&', value: 'a{{profile.value}}' }], {
          triggerData,
          profile: { value },
        });
        expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
          ...triggerData,
          'custom&': `a${value}`,
        });
      }),
    );
  });
});

describe('what templates read', () => {
  const context = {
    profile: { a: 'profile', b: 'profile', email: 'x', profile: 'x' },
    triggerData: {
      b: 'trigger',
      workflowId: 1,
      userId: 'x',
      dataFields: 'x',
      liveData: 'x',
      __proto__: null,
    },
    liveData: { score: { value: 7 } },
    userId: 'u-1',
  };

  test.each([
    ['B085: trigger data over the profile', '{{a}} {{b}}', 'profile trigger'],
    ['either by its name', '{{profile.b}} {{dataFields.b}} {{dataFields.a}}', 'profile trigger '],
    ['B005: live data', '{{liveData.score.value}}', '7'],
    [
      'the user and the journey, which no data can replace',
      '{{email}} {{userId}} {{workflowId}}',
      'test.user@example.com u-1 12345',
    ],
    [
      'the user as fields of the profile',
      '{{profile.email}} {{profile.userId}}',
      'test.user@example.com u-1',
    ],
  ])('%s', (_claim, value, text) => {
    expect(render({ headers: [{ name: 'X', value }] }, context).headers).toMatchObject({ x: text });
  });

  test('a field called __proto__ like any other', () => {
    const triggerData = JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>;
    const headers = [{ name: 'X', value: '<{{__proto__.a}}{{a}}>' }];
    expect(render({ headers }, { triggerData }).headers).toMatchObject({ x: '<1>' });
  });

  test('before any live data, and for a user without an email, there is nothing', () => {
    const context = { email: null, userId: 'u', profile: { email: 'x' } };
    const headers = [{ name: 'X', value: '<{{liveData}}{{liveData.a}}{{email}}>' }];
    const body = '{"a":{{email}},"b":{{liveData}}}';
    expect(render({ headers, body }, context)).toMatchObject({ headers: { x: '<>' }, body: '{}' });
  });
});

describe('B046: the endpoint', () => {
  const DATA = { address: 'test.user+1@example.com', id: '42', region: 'eu', path: 'a/b', port: 8443 };

  test.each([
    [
      'B047: the golden example',
      'https://api.example.com/update?email={{#urlEncode}}{{address}}{{/urlEncode}}',
      'https://api.example.com/update?email=test.user%2B1%40example.com',
    ],
    [
      'values as they are, except for what would end their place',
      'https://api.example.com/{{path}}?e={{address}}',
      'https://api.example.com/a/b?e=test.user+1@example.com',
    ],
    ['a tag in the host', 'https://{{region}}.example.com:{{port}}/', 'https://eu.example.com:8443/'],
    [
      'a block in the host',
      'https://{{#if region}}{{region}}{{else}}us{{/if}}.example.com/{{path}}',
      'https://eu.example.com/a/b',
    ],
    [
      'a block that begins the path',
      'https://example.com{{#if id}}/{{path}}{{/if}}',
      'https://example.com/a/b',
    ],
    ['a path after a backslash', 'https://example.com\\x{{path}}', 'https://example.com/xa/b'],
    ['a fragment is not sent', 'https://example.com/x#{{id}}', 'https://example.com/x'],
    ['a URL without a path', 'http://example.com', 'http://example.com/'],
    ['a missing value', 'https://example.com/x?y={{missing}}', 'https://example.com/x?y='],
    [
      'a query of tags',
      'https://example.com?{{id}}={{address}}',
      'https://example.com/?42=test.user+1@example.com',
    ],
    ['signs that a URL cannot hold', 'https://example.com/x y?é', 'https://example.com/x%20y?%C3%A9'],
    ['a host of any case, and its port', 'HTTPS://EXAMPLE.com:443/{{id}}', 'https://example.com/42'],
  ])('%s', (_claim, endpoint, url) => {
    expect(urlOf(endpoint, DATA)).toBe(url);
  });

  test.each([
    ['a slash in the host', 'https://{{v}}.example.com/', 'evil.com/'],
    ['a user name in the host', 'https://{{v}}.example.com/', 'user@evil'],
    ['a backslash in the host', 'https://{{v}}.example.com/', 'evil.com\\'],
    ['a port in the host', 'https://example.com{{v}}/', ':81'],
    ['a line break in the host', 'https://{{v}}.example.com/', 'evil\n'],
    ['letters beyond ASCII in the host', 'https://{{v}}.example.com/', 'еvil'],
    ['nothing in the host', 'https://{{v}}.example.com/', ''],
    ['a host that is none', 'https://{{v}}/', '1.2.3.4.5'],
    ['a part of the host that ends in a block', 'https://example.com{{#if v}}{{v}}{{/if}}/', '@evil.com'],
    ['a port after a block that may have left the host', 'https://example.com{{#if no}}/{{/if}}{{v}}', ':81'],
    ['an underscore in the host', 'https://{{v}}.example.com/', 'a_b'],
    ['a tag that its backslash makes text of the host', 'https://example.com\\{{v}}/', 'a'],
    ['a port that is none', 'https://example.com:{{v}}/', 'x'],
    ['a line break in the path', 'https://example.com/{{v}}', 'a\nb'],
    ['a tab in the query', 'https://example.com/?x={{v}}', 'a\tb'],
  ])('B026: %s is an invalid URL', (_claim, endpoint, v) => {
    const fault = thrownBy(() => urlOf(endpoint, { v })) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.reason).toBe('invalid_url');
    expect(fault.message).toMatch(/^The endpoint/);
    if (v.length > 3) expect(fault.message).not.toContain(v);
  });

  test('B026: credentials that a block brings in are refused', () => {
    expect(reasonOf(() => urlOf('https://example.com{{#if v}}@evil.com{{/if}}/', { v: 1 }))).toBe(
      'invalid_url',
    );
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[/\\@:?#.%\ta]*$/),
    fc.constantFrom(
      '//evil.com',
      '\\\\evil.com',
      '@evil.com',
      '/../..//evil.com',
      '.evil.com',
      '%2f@evil.com',
      '\ud800',
    ),
  );

  test('leads to its host, whatever stands after it', () => {
    fc.assert(
      fc.property(
        hostile,
        hostile,
        fc.constantFrom(
          '/{{a}}{{b}}',
          '?{{a}}={{b}}',
          '#{{a}}',
          '\\{{a}}',
          '/x/{{a}}?y={{#urlEncode}}{{b}}{{/urlEncode}}',
        ),
        (a, b, rest) => {
          const rendered = attempt(() => urlOf(`https://api.example.com:8443${rest}`, { a, b }));
          if (rendered instanceof RenderFault) expect(rendered.reason).toBe('invalid_url');
          else
            expect(new URL(rendered)).toMatchObject({ host: 'api.example.com:8443', username: '', hash: '' });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a host with a tag keeps what stands around the tag', () => {
    fc.assert(
      fc.property(hostile, (a) => {
        const rendered = attempt(() => urlOf('https://x{{a}}y.example.com/path', { a }));
        if (!(rendered instanceof RenderFault))
          expect(rendered).toMatch(/^https:\/\/x[a-z0-9.-]+y\.example\.com\/path$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a value that is percent-encoded arrives as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (a) => {
        const url = new URL(urlOf('https://example.com/?a={{urlEncode a}}&b=1', { a }));
        expect([...url.searchParams]).toEqual([
          ['a', a],
          ['b', '1'],
        ]);
      }),
    );
  });
});

describe('B072, B073: custom headers', () => {
  test('have names in lower case; of one name the later one is sent', () => {
    const headers = [
      { name: 'X-Tenant', value: '{{tenant}}' },
      { name: 'X-Plain', value: 'plain' },
      { name: 'x-tenant', value: 'late {{tenant}} é' },
      { name: '__proto__', value: 'x' },
    ];
    expect(Object.entries(render({ headers }, { profile: { tenant: 'acme' } }).headers)).toEqual([
      ['content-type', 'application/json'],
      ['x-tenant', 'late acme é'],
      ['x-plain', 'plain'],
      ['__proto__', 'x'],
    ]);
  });

  test('B079, B080: the content type follows the body type, unless a header sets it', () => {
    const headers = [{ name: 'Content-Type', value: 'application/vnd.api+json' }];
    expect(render({}).headers).toEqual({ 'content-type': 'application/json' });
    expect(render({ bodyType: 'form' }).headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(render({ headers }).headers).toEqual({ 'content-type': 'application/vnd.api+json' });
  });

  test.each(['a\r\nx-admin: 1', 'a\nb', 'a\rb', 'a\u0000b', 'a\u007fb', 'a\u001bb', 'π', '“'])(
    'the value %j sends nothing',
    (v) => {
      const fault = thrownBy(() =>
        render({ headers: [{ name: 'X-Tenant', value: 'x{{v}}' }] }, { profile: { v } }),
      );
      expect(fault).toBeInstanceOf(RenderFault);
      expect((fault as RenderFault).reason).toBe('render');
      expect((fault as RenderFault).message).toContain('The header X-Tenant');
      expect((fault as RenderFault).message).not.toContain(v);
    },
  );

  test('are never split, whatever the data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (v) => {
        const rendered = attempt(() =>
          render({ headers: [{ name: 'X', value: 'a{{v}}' }] }, { profile: { v } }),
        );
        if (rendered instanceof RenderFault) return;
        expect(() => new Headers(rendered.headers)).not.toThrow();
        expect(rendered.headers['x']).toBe(`a${v}`);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('when a webhook is saved', () => {
  test('every template that can never work is named by the path of its field', () => {
    const webhook = {
      endpoint: 'https://example.com/{{#if}}',
      headers: [
        { name: 'A', value: 'fine {{a}}' },
        { name: 'B', value: '{{shout b}}' },
      ],
      bodyType: 'form' as const,
      body: [
        { name: 'a', value: '{{a}}' },
        { name: 'b', value: '{{a}}' },
        { name: 'c', value: '{{> c}}' },
      ],
    };
    const faults = checkWebhook(webhook);
    expect(faults.map(({ path }) => path)).toEqual([
      ['endpoint'],
      ['headers', 1, 'value'],
      ['body', 2, 'value'],
    ]);
    expect(faults[1]!.message).toMatch(
      /^There is no helper “shout”\. Helpers that can be called here: .*upper, lower.* \(line 1, column 1\)$/,
    );
    expect(checkWebhook({ ...webhook, bodyType: 'json', body: '{"a":}' })).toContainEqual({
      path: ['body'],
      message: 'The JSON body is not valid here: expected a value. (line 1, column 6)',
    });
  });

  test.each([undefined, '', '{"plan": "{{plan}}", "age": {{age}}}', []])(
    'the body %j has no fault',
    (body) => {
      const webhook = { endpoint: 'https://example.com/{{a}}', headers: [], bodyType: 'json' as const, body };
      expect(checkWebhook(webhook)).toEqual([]);
    },
  );

  test('the templates of a webhook share one limit of tags', () => {
    const headers = ['A', 'B', 'C'].map((name) => ({ name, value: '{{x}}'.repeat(900) }));
    const webhook = { endpoint: 'https://example.com/', headers, bodyType: 'json' as const, body: undefined };
    expect(checkWebhook({ ...webhook, headers: headers.slice(1) })).toEqual([]);
    expect(checkWebhook(webhook)).toEqual([
      {
        path: ['headers', 2, 'value'],
        message: 'Templates can have at most 2000 tags with 8000 words in them. (line 1, column 1001)',
      },
    ]);
  });

  test('a template that was saved and is no longer accepted sends nothing', () => {
    const fault = thrownBy(() => render({ body: '{"a":"{{gone a}}"}' })) as RenderFault;
    expect(fault).toBeInstanceOf(RenderFault);
    expect(fault.message).toContain('The JSON body: There is no helper “gone”');
  });
});

test('a loop over plain values reads the surrounding scope, whatever the values are', () => {
  const profile = { plan: 'pro', tags: ['a', 1, true, null, '[object Object]'] };
  const { headers } = render(
    { headers: [{ name: 'x', value: '{{#each tags}}{{this}}:{{../plan}} {{/each}}|' }] },
    { profile },
  );
  expect(headers.x).toBe('a:pro 1:pro true:pro :pro [object Object]:pro |');
});

test('the templates of one webhook share one rendering budget', () => {
  const loop = '{{#each x}}{{#each @root.x}}{{/each}}{{/each}}';
  const profile = { x: Array.from({ length: 100 }, (_, index) => index) };
  const headers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `x-${index}`, value: loop }));
  expect(Object.keys(render({ headers: headers(1) }, { profile }).headers)).toHaveLength(2);
  expect(reasonOf(() => render({ headers: headers(12) }, { profile }))).toBe('render');
});

function attempt<Result>(operation: () => Result): Result | RenderFault {
  try {
    return operation();
  } catch (error) {
    if (error instanceof RenderFault) return error;
    throw error;
  }
}
