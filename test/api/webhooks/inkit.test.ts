import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { type Receiver, startReceiver } from '../../support/receiver';

const TOKEN = 'inkit-token-1';
const AUTHENTICATION = { type: 'inkit', apiToken: TOKEN };
const BASE = {
  name: 'Postcard',
  destination: 'inkit',
  authentication: AUTHENTICATION,
  inkit: { templateId: 'tpl_1' },
};

describe('an Inkit webhook', () => {
  let world: ApiWorld;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    world = await createApiWorld();
  });
  afterAll(async () => {
    await world.close();
    await receiver.close();
  });

  const create = (more: object = {}) => world.call('POST', '/api/journeyWebhooks', { ...BASE, ...more });
  const paramsFor = async (more: object): Promise<Record<string, string>> => {
    const { status, body } = await create(more);
    expect(status).toBe(400);
    return body.params;
  };

  it('needs its token and template, and preselects the rest (B040, B041)', async () => {
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      destination: 'inkit',
      method: 'POST',
      bodyType: 'json',
      endpoint: 'https://internal.inkit.io/integrations/webhook',
      authentication: { type: 'inkit', apiToken: { set: true } },
      inkit: { templateId: 'tpl_1', fields: { first_name: '{{firstName}}', address_zip: '{{zip}}' } },
      warnings: [],
    });
    expect(JSON.stringify(body)).not.toContain(TOKEN);
  });

  it('can be edited as it was read, and keeps its token', async () => {
    const { body: created } = await create();
    const read = (await world.call('GET', `/api/journeyWebhooks/${created.id}`)).body;
    const edited = { ...read, inkit: { ...read.inkit, templateId: 'tpl_2' } };
    const saved = await world.call('PUT', `/api/journeyWebhooks/${read.id}`, edited);
    expect(saved).toMatchObject({ status: 200, body: { inkit: edited.inkit } });
    expect(saved.body.authentication).toEqual({ type: 'inkit', apiToken: { set: true } });
    const moved = { ...read, endpoint: 'https://evil.example.net/' };
    expect((await world.call('PUT', `/api/journeyWebhooks/${read.id}`, moved)).status).toBe(400);
  });

  it.each([
    ['method', { method: 'PUT' }],
    ['bodyType', { bodyType: 'form' }],
    ['body', { body: { a: 1 } }],
    ['authentication', { authentication: { type: 'bearer', token: 't' } }],
    ['authentication', { authentication: undefined }],
    ['inkit', { inkit: undefined }],
    ['inkit.templateId', { inkit: { templateId: ' ' } }],
    ['inkit.templateId', { inkit: { templateId: '{{template}}' } }],
    ['inkit.fields.address_state', { inkit: { templateId: 't', fields: { address_state: 'Texas' } } }],
    ['inkit.fields.address_country', { inkit: { templateId: 't', fields: { address_country: 'USA' } } }],
    [
      'inkit.fields.address_line_1',
      { inkit: { templateId: 't', fields: { address_line_1: 'x'.repeat(65) } } },
    ],
    ['inkit.fields', { inkit: { templateId: 't', fields: { company: 'ACME' } } }],
    ['inkit.fields.first_name', { inkit: { templateId: 't', fields: { first_name: '{{#if a}}' } } }],
  ])('accepts no %s that Inkit would not (%j)', async (field, more) => {
    expect(Object.keys(await paramsFor(more))).toContain(field);
  });

  it('has only Inkit’s properties as fields', async () => {
    const params = await paramsFor({ inkit: { templateId: 't', fields: { first_name: 'A', zip: '1' } } });
    expect(JSON.stringify(params)).toContain('zip');
  });

  it('redacts the token in a preview and in a test that sends it (B107)', async () => {
    receiver.respond((request, response) => response.writeHead(200).end(request.text));
    const webhook = { ...BASE, endpoint: receiver.url };
    const sample = { firstName: 'Ada', email: 'ada@example.com' };
    const preview = await world.call('POST', '/api/journeyWebhooks/preview', { webhook, profile: sample });
    const test = await world.call('POST', '/api/journeyWebhooks/test', { webhook, sample });
    expect(test).toMatchObject({ status: 200, body: { ok: true } });
    expect(receiver.requests[0]!.json()).toMatchObject({ api_token: TOKEN, first_name: 'Ada' });
    for (const { body } of [preview, test]) {
      expect(JSON.parse(body.request.body)).toMatchObject({ api_token: '[redacted]', first_name: 'Ada' });
      expect(JSON.stringify(body)).not.toContain(TOKEN);
    }
  });
});

describe('a custom webhook', () => {
  let world: ApiWorld;
  beforeAll(async () => void (world = await createApiWorld()));
  afterAll(() => world.close());

  const custom = { name: 'CRM', destination: 'custom', endpoint: 'https://api.example.com/users' };

  it('has a configurable method, endpoint, authentication and body (B042)', async () => {
    const chosen = { ...custom, method: 'PUT', bodyType: 'form', body: [{ name: 'a', value: '{{a}}' }] };
    const authentication = { type: 'basicUser', username: 'u', password: 'p' };
    const answer = await world.call('POST', '/api/journeyWebhooks', { ...chosen, authentication });
    expect(answer).toMatchObject({ status: 201, body: chosen });
  });

  it.each([
    ['endpoint', { endpoint: undefined }],
    ['inkit', { inkit: { templateId: 't' } }],
    ['authentication', { authentication: AUTHENTICATION }],
  ])('needs an endpoint and nothing of Inkit (%s)', async (field, more) => {
    const { status, body } = await world.call('POST', '/api/journeyWebhooks', { ...custom, ...more });
    expect(status).toBe(400);
    expect(Object.keys(body.params)).toEqual([field]);
  });
});
