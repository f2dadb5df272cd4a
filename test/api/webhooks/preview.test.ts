import { selectFields } from '../../../src/domain/webhooks/live-data';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { type Receiver, startReceiver } from '../../support/receiver';

describe('a preview of a webhook', () => {
  let world: ApiWorld;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    world = await createApiWorld();
  });
  afterAll(async () => {
    expect(receiver.requests).toEqual([]);
    await world.close();
    await receiver.close();
  });

  const aWebhook = (more: object = {}) => ({ name: 'CRM', endpoint: `${receiver.url}/crm`, ...more });
  const preview = (body: object) => world.call('POST', '/api/journeyWebhooks/preview', body);

  it('is the golden request, byte for byte, and sends nothing (B094)', async () => {
    const answer = await preview({
      webhook: aWebhook(),
      profile: { email: 'test.user@example.com' },
      triggerData: { promotionId: 123, color: 'red' },
      workflowId: 12345,
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      request: {
        method: 'POST',
        url: `${receiver.url}/crm`,
        headers: { 'content-type': 'application/json' },
        body: '{"promotionId":123,"color":"red","email":"test.user@example.com","workflowId":12345}',
      },
    });
  });

  it('reads profile, trigger data, live data and the tile’s parameters (B048, B049, B050, B112)', async () => {
    const { body } = await preview({
      webhook: aWebhook({
        method: 'PUT',
        endpoint: 'https://api.example.com/{{userId}}?campaign=none',
        userFields: ['city'],
        body: '{"status":"{{liveData.order.status}}","plan":"{{profile.plan}}"}',
        includeEmailAndWorkflowId: false,
      }),
      profile: { userId: 'u-1', city: 'Lyon', plan: 'free' },
      triggerData: { plan: 'pro' },
      liveData: { order: { status: 'open' } },
      tile: { parameters: { campaign: '{{plan}} & {{city}}' } },
    });
    expect(body.request).toMatchObject({
      method: 'PUT',
      url: 'https://api.example.com/u-1?campaign=pro%20%26%20Lyon',
      body: '{"city":"Lyon","plan":"free","status":"open"}',
    });
  });

  it('reads live data as the documentation writes it (B111)', async () => {
    const response = { order: { lines: [{ sku: 'A-1' }] }, 'dotted.key': 'dotted' };
    const shop = selectFields(response, [
      { path: 'order.lines[0].sku', type: 'string' },
      { path: '["dotted.key"]', type: 'string' },
    ]);
    const list = selectFields([{ name: 'Ada' }], [{ path: '[0].name', type: 'string' }]);
    const named =
      '{{liveData.shop.order.lines.[0].sku}} {{liveData.shop.[dotted.key]}} {{liveData.list.[0].name}}';
    const { body } = await preview({
      webhook: aWebhook({
        includeEmailAndWorkflowId: false,
        body: { named, latest: '{{liveData.order.lines.[0].sku}}' },
      }),
      liveData: { list, shop },
    });
    expect(JSON.parse(body.request.body)).toEqual({ named: 'A-1 dotted Ada', latest: 'A-1' });
  });

  it('works for a saved webhook too, and shows no credential', async () => {
    const authentication = { type: 'apiKey', header: 'X-Door', key: 'stored-secret' };
    const headers = [
      { name: 'X-Auth-Token', value: 'typed' },
      { name: 'X-Tenant', value: '{{tenant}}' },
    ];
    const webhook = aWebhook({ authentication, headers, method: 'GET' });
    const { id } = (await world.call('POST', '/api/journeyWebhooks', webhook)).body;
    const read = (await world.call('GET', `/api/journeyWebhooks/${id}`)).body;
    for (const named of [{ webhookId: id }, { webhook: read }, { webhook }]) {
      const answer = await preview({ ...named, triggerData: { tenant: 'acme' } });
      expect(answer.body.request).toEqual({
        method: 'GET',
        url: `${receiver.url}/crm`,
        headers: { 'x-auth-token': '[redacted]', 'x-tenant': 'acme', 'x-door': '[redacted]' },
      });
    }
  });

  it.each(['basic', 'bearer'])('has an authorization header for %s, without its value', async (type) => {
    const { body } = await preview({ webhook: aWebhook({ authentication: { type, token: 'secret-1' } }) });
    expect(body.request.headers.authorization).toBe('[redacted]');
  });

  it.each([
    [{}, 'webhook', 'one of the two'],
    [{ webhookId: 2_000_000 }, 'webhookId', 'no journey webhook 2000000'],
    [
      { webhookId: 1, webhook: { name: 'a', endpoint: 'https://a.example.com' } },
      'webhook',
      'one of the two',
    ],
    [{ webhook: { name: 'a', endpoint: 'https://{{host}}/' } }, 'webhook.endpoint', 'resolved to nothing'],
    [
      { webhook: { name: 'a', endpoint: 'https://a.example.com/{{id}}' }, profile: { id: '%2e%2e' } },
      'webhook.endpoint',
      'another resource',
    ],
    [{ webhook: { name: 'a', endpoint: 'ftp://a' } }, 'webhook.endpoint', 'https://'],
    [
      {
        webhook: { name: 'a', endpoint: 'https://a.example.com' },
        tile: { parameters: { p: '{{nope a}}' } },
      },
      'tile.parameters.p',
      'no helper',
    ],
    [{ webhookId: 1, profile: { email: 7 } }, 'profile.email', ''],
    [{ webhookId: 1, sample: {} }, 'sample', 'no such field'],
  ])('is refused for %j by its path', async (body, path, message) => {
    const answer = await preview(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(Object.keys(answer.body.params)).toEqual([path]);
    expect(answer.body.params[path]).toContain(message);
  });
});
