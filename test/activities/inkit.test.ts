import { Webhook } from 'standardwebhooks';
import { openRequest } from '../../src/db/deliveries/sealed-request';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { newSigningSecret } from '../../src/webhook/sign';
import { createWorld, type World } from '../support/world';

const TOKEN = 'inkit-token-1';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A journey that calls Inkit, and sends one user there. */
async function post(profile: Record<string, unknown>, more: object = {}) {
  const webhookId = await world.webhook({
    destination: 'inkit',
    authentication: { type: 'inkit', apiToken: TOKEN },
    inkit: { templateId: 'tpl_1' },
    includeEmailAndWorkflowId: false,
    ...more,
  });
  const secret = newSigningSecret();
  await insertSigningSecret(world.db, world.sealer, { webhookId }, secret);
  const before = world.receiver.requests.length;
  const journeyId = await world.journey([{ id: 'card', type: 'webhook', webhookId }]);
  const passage = await world.ended(await world.enter(journeyId, { dataFields: profile }));
  return { passage, secret, requests: world.receiver.requests.slice(before) };
}

describe('an Inkit webhook', () => {
  it('sends the token in the body, and redacts it in the log (B040, B041)', async () => {
    const { passage, requests } = await post({ firstName: 'Ada' });
    expect(requests).toHaveLength(1);
    expect(requests[0]!.headers).not.toHaveProperty('authorization');
    expect(requests[0]!.json()).toEqual({
      api_token: TOKEN,
      firstName: 'Ada',
      template_id: 'tpl_1',
      first_name: 'Ada',
      email: 'test.user@example.com',
      source: 'wayhook',
    });
    const { id, request } = passage.deliveries[0]!;
    const kept = openRequest(world.sealer, id, request!);
    expect(kept.body).toContain('tpl_1');
    expect(JSON.stringify(kept)).not.toContain(TOKEN);
  });

  it('signs the body including the token', async () => {
    const { secret, requests } = await post({ firstName: 'Ada' }, { signing: { enabled: true } });
    const { text, headers } = requests[0]!;
    const judge = new Webhook(secret);
    expect(() => judge.verify(text, headers as Record<string, string>)).not.toThrow();
  });

  it('ends the entry of a user whose data Inkit would refuse', async () => {
    const { passage, requests } = await post({ firstName: 'Ada', state: 'Illinois' });
    expect(requests).toEqual([]);
    expect(passage.entry).toMatchObject({
      status: 'exited',
      reason: 'render',
      detail: expect.stringContaining('address_state'),
    });
    expect(passage.entry.detail).not.toContain('Illinois');
  });
});
