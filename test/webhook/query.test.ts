import fc from 'fast-check';
import { DynamicParameters } from '../../src/domain/webhooks/webhook';
import { withIdentity, withParameter } from '../../src/webhook/query';
import { checkParameters, renderWebhook, type RenderContext } from '../../src/webhook/render';
import type { RenderFault } from '../../src/template/template';
import { aContext, aWebhook, thrownBy } from '../template/rendering';

const urlOf = (endpoint: string, parameters: Record<string, string>, context: Partial<RenderContext> = {}) =>
  renderWebhook(aWebhook({ method: 'GET', endpoint }), aContext(context), parameters).url;

describe('dynamic parameters', () => {
  it('give one webhook a value for each tile and user (B049, B050)', () => {
    const parameters = { campaign: 'winback', user: '{{userId}}', plan: '{{plan}}' };
    const context = { userId: 'u-1', profile: { plan: 'free' }, triggerData: { plan: 'pro' } };
    expect(urlOf('https://api.example.com/score', parameters, context)).toBe(
      'https://api.example.com/score?campaign=winback&user=u-1&plan=pro',
    );
  });

  it.each([
    ['https://api.example.com/a?b=1', 'https://api.example.com/a?b=1&p=new'],
    ['https://api.example.com/a?p=old', 'https://api.example.com/a?p=new'],
    ['https://api.example.com/a?p=1&b=x+y%20z&p=2&%70=3', 'https://api.example.com/a?b=x+y%20z&p=new'],
    ['https://api.example.com/a?p', 'https://api.example.com/a?p=new'],
    ['https://api.example.com/a??p=1', 'https://api.example.com/a??p=1&p=new'],
    ['https://api.example.com/a?&', 'https://api.example.com/a?p=new'],
    ['https://api.example.com?pp=1#part', 'https://api.example.com/?pp=1&p=new'],
  ])('replace the parameter of their name and leave the rest as it was: %s', (endpoint, url) => {
    expect(urlOf(endpoint, { p: 'new' })).toBe(url);
  });

  it('are percent-encoded, so that no value leaves its place (G1)', () => {
    const parameters = { 'a b': "{{v}} é/?&=#+*'~" };
    expect(urlOf('https://api.example.com/', parameters, { profile: { v: '&x=1' } })).toBe(
      'https://api.example.com/?a%20b=%26x%3D1%20%C3%A9%2F%3F%26%3D%23%2B%2A%27%7E',
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (name, value) => {
        const url = new URL(withParameter('https://api.example.com/a?b=1', name, value));
        expect(url.searchParams.get(name)).toBe(value);
        expect(url.origin + url.pathname).toBe('https://api.example.com/a');
        expect([...url.searchParams]).toHaveLength(name === 'b' ? 1 : 2);
      }),
    );
  });

  it('are omitted if they are one tag that resolves to nothing, and empty within longer text (G2)', () => {
    expect(urlOf('https://api.example.com/?a=own', { a: '{{missing}}', b: 'x{{missing}}', c: '' })).toBe(
      'https://api.example.com/?a=own&b=x&c=',
    );
  });

  it.each(['api_key', 'ApiKey', 'api-key', 'X-API-Key', ' apikey '])('cannot be called %s (C11)', (name) => {
    const { error } = DynamicParameters.safeParse({ fine: '1', [name]: '{{key}}' });
    expect(error?.issues).toMatchObject([{ path: [name], message: expect.stringContaining('API key') }]);
  });

  it('have a plain name, and are at most 50', () => {
    const parameters = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, '']));
    expect(DynamicParameters.safeParse(parameters(50)).success).toBe(true);
    expect(DynamicParameters.safeParse(parameters(51)).success).toBe(false);
    expect(DynamicParameters.safeParse({ '': 'x' }).success).toBe(false);
    expect(DynamicParameters.safeParse({ '{{name}}': 'x' }).success).toBe(false);
  });

  it('with a template that can never work are named when they are saved', () => {
    expect(checkParameters({ fine: '{{a}}', broken: '{{#if a}}' })).toEqual([
      { path: ['broken'], message: expect.stringContaining('inside a block') },
    ]);
  });

  it('that cannot be rendered are named in the fault', () => {
    const items = Array.from({ length: 400 }, () => 0);
    const loop = '{{#each items}}{{#each @root.items}}{{this}}{{/each}}{{/each}}';
    const fault = thrownBy(() => urlOf('https://api.example.com/', { p: loop }, { profile: { items } }));
    expect(fault).toMatchObject({ reason: 'render', path: ['parameters', 'p'] });
    expect((fault as RenderFault).message).toMatch(/^The parameter p: /);
  });
});

describe('the URL of the User Profile tile', () => {
  const USER = { email: 'user@example.com', userId: 'u 1' };

  it('has the email appended, byte for byte (B096, B101)', () => {
    expect(withIdentity('https://api.example.com/webhook/endpoint', USER)).toBe(
      'https://api.example.com/webhook/endpoint?email=user@example.com',
    );
  });

  it.each([
    ['https://api.example.com/p?a=1', 'https://api.example.com/p?a=1&email=user@example.com'],
    ['https://api.example.com/p?email=other&a=1', 'https://api.example.com/p?a=1&email=user@example.com'],
  ])('joins with ? or & as needed, and has one email: %s (B101)', (url, called) => {
    expect(withIdentity(url, USER)).toBe(called);
  });

  it('has the rest of an email encoded', () => {
    expect(withIdentity('https://api.example.com/', { ...USER, email: 'a+b&c=d#é@example.com' })).toBe(
      'https://api.example.com/?email=a%2Bb%26c%3Dd%23%C3%A9@example.com',
    );
  });

  it('has the userId of a user without an email', () => {
    expect(withIdentity('https://api.example.com/', { email: null, userId: 'u 1@x' })).toBe(
      'https://api.example.com/?userId=u%201%40x',
    );
  });
});
